// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Says what would become of calls to the outside without placing them.
public struct RehearseCalls: Command {
    public static let name = "pattern.rehearse"
    public static let rights: [Right] = [.seePatterns]

    public let rehearsal: CallRehearsal?

    /// - Parameter rehearsal: `nil` for one that there cannot be.
    public init(_ rehearsal: CallRehearsal?) { self.rehearsal = rehearsal }

    public static func harmless(_: ExtensionNumber) -> Self { Self(nil) }

    public func run(
        in administrator: isolated Administrator,
        for _: Caller
    ) async throws(Refusal) -> [RehearsedCall] {
        guard let rehearsal else { throw .noRehearsal }
        for caller in Set(rehearsal.calls.map(\.caller)) { _ = try administrator.find(caller.text) }
        guard let seen = await administrator.engine.rehearse(rehearsal) else { throw .nobodyDecides }
        return seen
    }
}

extension Refusal {
    fileprivate static let noRehearsal = Self(
        problem: "Nothing was rehearsed.",
        reason: "there are 1 to \(Guard.Limits.rehearsedCalls) calls within two days, one after the other",
        remedy: "ask for fewer: ringfence pattern rehearse 204 +33140100000 --calls 30"
    )

    fileprivate static let nobodyDecides = Self(
        problem: "Nothing was rehearsed.",
        reason: "what decides about calls is not running, or no price can be that high",
        remedy: "start it: ringfence serve"
    )
}
