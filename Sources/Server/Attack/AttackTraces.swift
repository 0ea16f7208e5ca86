// SPDX-License-Identifier: Apache-2.0

public import Admin
import Guard
public import Model
public import Primitives

/// What attacks of our own left behind in the server, taken back by what made them.
///
/// What nobody can take back ends by itself: the debt of an address within a minute, and an account that was guarded with
/// the account.
public enum AttackTraces {
    /// Lifts the bans that the server imposed on addresses which a wire spoke from.
    ///
    /// - Parameters:
    ///   - began: Bans of before are somebody else's.
    ///   - bans: Every ban of the server.
    ///   - lift: Lets a source in again.
    /// - Returns: Those that could not be lifted.
    @discardableResult
    public static func lift(
        of wire: NetworkWire,
        since began: WallTime,
        among bans: () async throws -> [Ban],
        _ lift: (RemoveBan) async throws -> Ban
    ) async -> [Ban] {
        let sources = Set(wire.sources.map(\.accountable))
        guard let bans = try? await bans() else { return [] }
        var left: [Ban] = []
        for ban in bans where ban.since >= began && ban.reason != .decision && sources.contains(ban.source.address) {
            do { _ = try await lift(RemoveBan(source: ban.source.description)) } catch { left.append(ban) }
        }
        return left
    }
}
