// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Lets a trunk that is there go without encryption for a while, or for longer.
public struct ExcuseTrunk: Command {
    public static let name = "trunk.except"
    public static let rights: [Right] = [.excuseTrunks]

    /// As typed.
    public let trunk: String
    public let plain: NewTrunk.Plain

    public init(trunk: String, plain: NewTrunk.Plain) { (self.trunk, self.plain) = (trunk, plain) }

    public static func harmless(_: ExtensionNumber) -> Self {
        Self(trunk: "-", plain: NewTrunk.Plain(reason: "-", until: "-"))
    }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TrunkReport {
        let old = try administrator.trunk(trunk)
        var new = old
        let exception = try administrator.exception(plain, by: caller)
        new.trunk.exception = exception
        let outside = administrator.store.snapshot.outside
        if let refusal = TrunkSettingRules.refusal(of: new, in: outside, at: administrator.now()) { throw refusal }
        let words = "may go WITHOUT ENCRYPTION until \(exception.until)"
        try await administrator.put(new, instead: old, Self.name, words, by: caller)
        return await administrator.report(new)
    }
}

/// Takes that leave back before its time. A trunk that is not encrypted is not used from then on.
public struct WithdrawTrunk: TrunkCommand {
    public static let name = "trunk.withdraw"
    public static let rights: [Right] = [.cutOffTrunks]

    /// As typed.
    public let trunk: String

    public init(trunk: String) { self.trunk = trunk }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TrunkReport {
        let old = try administrator.trunk(trunk)
        guard old.trunk.exception != nil else { throw .notExcused(old.trunk.name) }
        var new = old
        new.trunk.exception = nil
        try await administrator.put(new, instead: old, Self.name, "goes with encryption only", by: caller)
        return await administrator.report(new)
    }
}

extension Administrator {
    func exception(_ asked: NewTrunk.Plain, by caller: Caller) throws(Refusal) -> Trunk.PlainException {
        Trunk.PlainException(reason: asked.reason, grantedBy: caller.name, until: try end(asked.until))
    }

    // MARK: What trunk commands have in common

    /// The trunk that somebody typed the name of.
    func trunk(_ text: String) throws(Refusal) -> TrunkAccess {
        let name = try TrunkName(typed: text)
        guard let access = store.snapshot.outside.trunks[name] else { throw .noTrunk(name) }
        return access
    }

    func report(_ access: TrunkAccess) async -> TrunkReport {
        let states = await engine.live(.trunks).trunks
        return report(access, states.first { $0.name == access.trunk.name })
    }

    func report(_ access: TrunkAccess, _ state: TrunkCondition?) -> TrunkReport {
        TrunkReport(
            trunk: access.trunk,
            hasPassword: access.secret != nil,
            isPlain: access.trunk.mayBePlain(at: now()),
            state: state
        )
    }

    func enable(
        _ text: String,
        _ isEnabled: Bool,
        _ action: String,
        by caller: Caller
    ) async throws(Refusal) -> TrunkReport {
        let old = try trunk(text)
        guard old.trunk.isEnabled != isEnabled else { throw .trunkIsSo(old.trunk.name, isEnabled: isEnabled) }
        var new = old
        new.trunk.isEnabled = isEnabled
        try await put(new, instead: old, action, isEnabled ? "enabled" : "disabled", by: caller)
        return await report(new)
    }

    func put(
        _ new: TrunkAccess,
        instead old: TrunkAccess?,
        _ action: String,
        _ words: String,
        by caller: Caller
    ) async throws(Refusal) {
        let trunk = new.trunk
        try await change(
            [.outside(.putTrunk(new))],
            [caller.draft(action, trunk.name.text, JournalDetail.of(old?.trunk, became: trunk))],
            notice: "Trunk \(trunk.name) to \(trunk.domain) \(words) by \(caller.name)"
        )
    }
}

extension Refusal {
    static func trunkExists(_ name: TrunkName) -> Self {
        Self(
            problem: "Trunk \(name) cannot be added.",
            reason: "there is one of that name already",
            remedy: "choose another name, or remove that one first: ringfence trunk remove \(name)"
        )
    }

    static func noTrunk(_ name: TrunkName) -> Self {
        Self(
            problem: "Trunk \(name) does not exist.",
            reason: "nobody has added it, or it was removed",
            remedy: "see which ones there are: ringfence trunk list"
        )
    }

    fileprivate static func trunkIsSo(_ name: TrunkName, isEnabled: Bool) -> Self {
        Self(
            problem: "Trunk \(name) is \(isEnabled ? "enabled" : "disabled") already.",
            reason: "there is nothing to change",
            remedy: "look at it: ringfence trunk show \(name)"
        )
    }

    fileprivate static func notExcused(_ name: TrunkName) -> Self {
        Self(
            problem: "There is no exception of trunk \(name) to take back.",
            reason: "nobody let it go without encryption",
            remedy: "look at it: ringfence trunk show \(name)"
        )
    }
}
