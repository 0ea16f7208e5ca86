// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Says how a provider wants its calls: how numbers are written, what it is told of callers and forwards, and how many there may be
/// at once. What is left out stays; calls that are up go on.
public struct SetTrunkProfile: Command {
    public static let name = "trunk.set"
    public static let rights: [Right] = [.changeTrunks]

    /// As typed.
    public let trunk: String
    public var numbers: Trunk.NumberFormat?
    public var callerField: Trunk.CallerField?
    public var forwardField: Trunk.ForwardField?
    public var keepsWithheld: Bool?
    public var registersNumbers: Bool?
    public var calls: Int?
    public var priority: Int?

    public init(trunk: String) { self.trunk = trunk }

    public static func harmless(_: ExtensionNumber) -> Self { Self(trunk: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TrunkReport {
        let old = try administrator.trunk(trunk)
        var new = old
        if let numbers { new.trunk.numbers = numbers }
        if let callerField { new.trunk.callerField = callerField }
        if let forwardField { new.trunk.forwardField = forwardField }
        if let keepsWithheld { new.trunk.keepsWithheld = keepsWithheld }
        if let registersNumbers { new.trunk.registersNumbers = registersNumbers }
        if let calls { new.trunk.calls = calls }
        if let priority { new.trunk.priority = priority }
        guard new.trunk != old.trunk else { throw .trunkIsAsAsked(old.trunk.name) }
        let outside = administrator.store.snapshot.outside
        if let refusal = TrunkSettingRules.refusal(of: new, in: outside, at: administrator.now()) { throw refusal }
        try await administrator.put(new, instead: old, Self.name, "was changed", by: caller)
        return await administrator.report(new)
    }
}

extension Refusal {
    fileprivate static func trunkIsAsAsked(_ name: TrunkName) -> Self {
        Self(
            problem: "Trunk \(name) is as you want it already.",
            reason: "there is nothing to change",
            remedy: "look at it: ringfence trunk show \(name)"
        )
    }
}
