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
    ///   - perform: Carries out a command at the server.
    /// - Returns: Those that could not be lifted.
    @discardableResult
    public static func lift(
        of wire: NetworkWire,
        since began: WallTime,
        _ perform: (Command) async throws -> Answer
    ) async -> [Ban] {
        let sources = Set(wire.sources.map(\.accountable))
        guard case .bans(let bans)? = try? await perform(.ban(.list)) else { return [] }
        var left: [Ban] = []
        for ban in bans where ban.since >= began && ban.reason != .decision && sources.contains(ban.source.address) {
            do { _ = try await perform(.ban(.remove(source: ban.source.description))) } catch { left.append(ban) }
        }
        return left
    }
}
