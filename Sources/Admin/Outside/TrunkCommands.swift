// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// The trunks, first choice first, each as it is at this moment.
public struct ListTrunks: Command {
    public static let name = "trunk.list"
    public static let rights: [Right] = [.seeTrunks]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [TrunkReport] {
        let states = await administrator.engine.live(.trunks).trunks
        return administrator.store.snapshot.outside.trunks.values.sorted {
            ($0.trunk.priority, $0.trunk.name) < ($1.trunk.priority, $1.trunk.name)
        }.map { access in administrator.report(access, states.first { $0.name == access.trunk.name }) }
    }
}

/// A command that is told one trunk and nothing else.
public protocol TrunkCommand: Command {
    /// Its name, as typed.
    var trunk: String { get }

    init(trunk: String)
}

extension TrunkCommand {
    public static func harmless(_: ExtensionNumber) -> Self { Self(trunk: "-") }
}

/// One trunk.
public struct ShowTrunk: TrunkCommand {
    public static let name = "trunk.show"
    public static let rights: [Right] = [.seeTrunks]

    /// Its name, as typed.
    public let trunk: String

    public init(trunk: String) { self.trunk = trunk }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> TrunkReport {
        let access = try administrator.trunk(trunk)
        return await administrator.report(access)
    }
}

/// Calls the provider, and says in plain words what is wrong and what to ask it for. Half a minute at most.
public struct TestTrunk: TrunkCommand {
    public static let name = "trunk.test"
    public static let rights: [Right] = [.seeTrunks, .diagnose]

    /// Its name, as typed.
    public let trunk: String

    public init(trunk: String) { self.trunk = trunk }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> DoctorReport {
        let name = try administrator.trunk(trunk).trunk.name
        guard let findings = await administrator.engine.tryTrunk(name) else { throw .noTrunk(name) }
        return DoctorReport(facts: findings)
    }
}

/// Adds a provider's way to the outside world. Where it is not encrypted, only by leave and for a while.
public struct AddTrunk: Command {
    public static let name = "trunk.add"
    public static let rights: [Right] = [.changeTrunks]

    public let trunk: NewTrunk
    /// What it logs in with. Its JSON holds it in clear: whoever encodes it is delivering it to the server.
    public let password: DeliveredSecret?

    public var needed: [Right] { trunk.plain == nil ? Self.rights : Self.rights + [.excuseTrunks] }

    public init(_ trunk: NewTrunk, password: Redacted<String>?) {
        (self.trunk, self.password) = (trunk, password.map(DeliveredSecret.init))
    }

    public static func harmless(_: ExtensionNumber) -> Self {
        Self(NewTrunk(name: "-", domain: "-"), password: nil)
    }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TrunkReport {
        let now = administrator.now()
        let exception = try trunk.plain.map { asked throws(Refusal) in
            try administrator.exception(asked, by: caller)
        }
        let new = TrunkAccess(try trunk.trunk(exception: exception, at: now), secret: password?.secret)
        let outside = administrator.store.snapshot.outside
        guard outside.trunks[new.trunk.name] == nil else { throw .trunkExists(new.trunk.name) }
        if let refusal = TrunkSettingRules.refusal(of: new, in: outside, at: now) { throw refusal }
        if let authority = new.trunk.authority { try await administrator.engine.check(clientAuthority: authority) }
        let plain = exception.map { " WITHOUT ENCRYPTION until \($0.until)" } ?? ""
        try await administrator.put(new, instead: nil, Self.name, "added\(plain)", by: caller)
        return await administrator.report(new)
    }
}

/// Gives a trunk another password.
public struct SetTrunkPassword: Command {
    public static let name = "trunk.password"
    public static let rights: [Right] = [.changeTrunks]

    /// As typed.
    public let trunk: String
    public let password: DeliveredSecret

    public init(trunk: String, password: Redacted<String>) {
        (self.trunk, self.password) = (trunk, DeliveredSecret(password))
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(trunk: "-", password: Redacted("-")) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TrunkReport {
        let old = try administrator.trunk(trunk)
        let new = TrunkAccess(old.trunk, secret: password.secret)
        let outside = administrator.store.snapshot.outside
        if let refusal = TrunkSettingRules.refusal(of: new, in: outside, at: administrator.now()) { throw refusal }
        try await administrator.put(new, instead: old, Self.name, "was given another password", by: caller)
        return await administrator.report(new)
    }
}

/// Takes a trunk out of use: its calls end, and nothing leaves by it or comes in.
public struct DisableTrunk: TrunkCommand {
    public static let name = "trunk.disable"
    public static let rights: [Right] = [.cutOffTrunks]

    /// As typed.
    public let trunk: String

    public init(trunk: String) { self.trunk = trunk }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TrunkReport {
        try await administrator.enable(trunk, false, Self.name, by: caller)
    }
}

/// Brings a trunk back into use.
public struct EnableTrunk: TrunkCommand {
    public static let name = "trunk.enable"
    public static let rights: [Right] = [.changeTrunks]

    /// As typed.
    public let trunk: String

    public init(trunk: String) { self.trunk = trunk }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TrunkReport {
        try await administrator.enable(trunk, true, Self.name, by: caller)
    }
}

/// Forgets a trunk, its password, its limits and its price list. Numbers that belonged to it belong to none.
public struct RemoveTrunk: TrunkCommand {
    /// What is gone with it.
    public struct Reply: Codable, Hashable, Sendable {
        public let trunk: Trunk
        /// Its budget, and how many calls it might carry, where those were its own.
        public let hadLimits: Bool
        public let hadRates: Bool

        public init(_ trunk: Trunk, hadLimits: Bool, hadRates: Bool) {
            (self.trunk, self.hadLimits, self.hadRates) = (trunk, hadLimits, hadRates)
        }
    }

    public static let name = "trunk.remove"
    public static let rights: [Right] = [.changeTrunks]

    /// As typed.
    public let trunk: String

    public init(trunk: String) { self.trunk = trunk }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        let old = try administrator.trunk(trunk).trunk
        let traces = try administrator.trunkTraces(of: old.name, by: caller)
        try await administrator.change(
            [.outside(.removeTrunk(old.name))] + traces.map(\.change),
            [caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: nil))] + traces.map(\.draft),
            notice: "Trunk \(old.name) to \(old.domain) removed by \(caller.name)"
        )
        let actions = Set(traces.map(\.draft.action))
        return Reply(
            old,
            hadLimits: !actions.isDisjoint(with: [SetSpendLimits.name, SetCallLimit.name]),
            hadRates: actions.contains(RemoveRates.name)
        )
    }
}
