// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Where each phone stands and how those who help call back, who is told, and how each trunk was tried.
public struct ShowEmergency: Command {
    public static let name = "emergency.show"
    public static let rights: [Right] = [.seePhones, .seeNumbers, .seeTrunks]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> EmergencyReport {
        EmergencyReport(administrator.store.snapshot)
    }
}

/// Says where a phone stands, or where all stand that have no place of their own.
public struct SetEmergencyPlace: Command {
    public static let name = "emergency.place"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed; `nil` for all without a place of their own.
    public let phone: String?
    /// `DE`, as typed.
    public let country: String
    /// By the names of RFC 5139: `A3`, `RD`, …; none to forget the place.
    public let parts: [String: String]

    public init(phone: String?, country: String, parts: [String: String]) {
        (self.phone, self.country, self.parts) = (phone, country, parts)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(phone: "-", country: "-", parts: [:]) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> EmergencyReport {
        let address = parts.isEmpty ? nil : try parsed()
        return try await administrator.place(phone, Self.name, by: caller) { place throws(Refusal) in
            place.address = address
            return address.map { "is at \($0)" } ?? "is nowhere in particular"
        }
    }

    private func parsed() throws(Refusal) -> CivicAddress {
        let region = try Region(typed: country)
        var known: [CivicAddress.Part: String] = [:]
        for (key, text) in parts {
            guard let part = CivicAddress.Part(rawValue: key) else { throw .noAddress }
            known[part] = text
        }
        guard let address = CivicAddress(country: region, known) else { throw .noAddress }
        return address
    }
}

/// Says under which number those who help reach a phone, or all that have none of their own.
public struct SetEmergencyCallback: Command {
    public static let name = "emergency.callback"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so is the other; `nil` for none.
    public let number: String?
    /// `nil` for all without one of their own.
    public let phone: String?

    public init(number: String?, phone: String?) { (self.number, self.phone) = (number, phone) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", phone: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> EmergencyReport {
        var callback: PhoneNumber?
        if let number {
            let parsed = try PhoneNumber(typed: number)
            guard let owned = administrator.store.snapshot.outside.numbers[parsed], owned.destination != nil else {
                throw .noCallback(parsed)
            }
            callback = parsed
        }
        return try await administrator.place(phone, Self.name, by: caller) { place throws(Refusal) in
            place.callback = callback
            return callback.map { "is called back at \($0)" } ?? "has no call-back number of its own"
        }
    }
}

/// Says which extensions are told at once that somebody calls for help.
public struct SetEmergencyNotice: Command {
    public static let name = "emergency.notice"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed.
    public let extensions: [String]

    public init(extensions: [String]) { self.extensions = extensions }

    public static func harmless(_: ExtensionNumber) -> Self { Self(extensions: ["-"]) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> EmergencyReport {
        var numbers: [ExtensionNumber] = []
        for text in extensions { numbers.append(try administrator.find(text).number) }
        var new = administrator.store.snapshot.outside.emergency
        guard new.tell(numbers) else { throw .tooManyTold }
        let who = numbers.isEmpty ? "nobody" : numbers.map(\.text).joined(separator: ", ")
        let old = administrator.store.snapshot.outside.emergency.told
        return try await administrator.keep(
            new,
            caller.draft(Self.name, "told", JournalDetail.ofTold(old, became: new.told)),
            "calls for help are told to \(who)",
            by: caller
        )
    }
}

/// Says what a provider takes with a call for help, and which number of it may be tried.
public struct SetEmergencyTrunk: Command {
    public static let name = "emergency.trunk"
    public static let rights: [Right] = [.changeTrunks]

    /// As typed.
    public let trunk: String
    /// Whether the location goes with the call; `nil` to leave it as it is, and so is the other.
    public let takesLocation: Bool?
    /// As typed; empty for none.
    public let testNumber: String?

    /// A try costs what the number costs, and no budget sees it: who chooses it opens where calls may go.
    public var needed: [Right] { testNumber?.isEmpty == false ? Self.rights + [.openDialling] : Self.rights }

    public init(trunk: String, takesLocation: Bool? = nil, testNumber: String? = nil) {
        (self.trunk, self.takesLocation, self.testNumber) = (trunk, takesLocation, testNumber)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(trunk: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> EmergencyReport {
        let name = try administrator.trunk(trunk).trunk.name
        let snapshot = administrator.store.snapshot
        var new = snapshot.outside.emergency
        let old = new.way(over: name)
        var way = old
        if let takesLocation { way.takesLocation = takesLocation }
        if let testNumber {
            way.testNumber = nil
            if !testNumber.isEmpty {
                guard let digits = DigitString(parsing: testNumber.drop { $0 == "+" }) else {
                    throw .noDigits(testNumber)
                }
                if let refusal = HelpTestRules.refusal(of: digits, in: snapshot.outside.dialing) { throw refusal }
                way.testNumber = digits
            }
            way.lastTest = nil
        }
        new.put(way, over: name)
        let location = way.takesLocation ? "gets the location" : "gets no location"
        let test = way.testNumber.map { "is tried by \($0)" } ?? "is not tried"
        return try await administrator.keep(
            new,
            caller.draft(Self.name, name.text, JournalDetail.of(old, became: way)),
            "trunk \(name) \(location) and \(test)",
            by: caller
        )
    }
}

/// Tries the way to help over a trunk by the provider's test number, and keeps what came of it. Half a minute at most.
public struct TestEmergency: Command {
    public static let name = "emergency.test"
    public static let rights: [Right] = [.changeTrunks, .diagnose]

    /// As typed.
    public let trunk: String

    public init(trunk: String) { self.trunk = trunk }

    public static func harmless(_: ExtensionNumber) -> Self { Self(trunk: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> HelpTest {
        let name = try administrator.trunk(trunk).trunk.name
        let outside = administrator.store.snapshot.outside
        guard let number = outside.emergency.way(over: name).testNumber else { throw .noTestNumber(name) }
        if let refusal = HelpTestRules.refusal(of: number, in: outside.dialing) { throw refusal }
        let test = try await administrator.engine.tryHelp(over: name)
        var new = administrator.store.snapshot.outside.emergency
        let old = new.way(over: name)
        var way = old
        way.lastTest = test
        new.put(way, over: name)
        _ = try await administrator.keep(
            new,
            caller.draft(Self.name, name.text, JournalDetail.of(old, became: way)),
            "the way to help over trunk \(name) was tried and \(test.passed ? "stands" : "DOES NOT STAND")",
            by: caller
        )
        return test
    }
}

extension Administrator {
    fileprivate func place(
        _ phone: String?,
        _ action: String,
        by caller: Caller,
        _ change: (inout EmergencySettings.Place) throws(Refusal) -> String
    ) async throws(Refusal) -> EmergencyReport {
        var new = store.snapshot.outside.emergency
        guard let phone else {
            let old = new.usual
            let words = try change(&new.usual)
            let draft = caller.draft(action, "all phones", JournalDetail.of(old, became: new.usual))
            return try await keep(new, draft, "whoever calls for help \(words)", by: caller)
        }
        guard let id = DeviceID(parsing: phone), let device = store.snapshot.device(id) else { throw .noPhone(phone) }
        let old = new.ownPlace(of: id)
        var own = old
        let words = try change(&own)
        new.put(own, of: id)
        let draft = caller.draft(action, id.text, JournalDetail.of(old, became: own))
        return try await keep(new, draft, "phone \(id) of extension \(device.number) \(words)", by: caller)
    }

    /// - Parameter words: What is so from now on.
    func keep(
        _ new: EmergencySettings,
        _ draft: JournalDraft,
        _ words: String,
        by caller: Caller
    ) async throws(Refusal) -> EmergencyReport {
        let snapshot = store.snapshot
        let kept = new.keeping(
            phones: { snapshot.device($0) != nil },
            trunks: { snapshot.outside.trunks[$0] != nil },
            extensions: { snapshot.extensions[$0] != nil }
        )
        let notice = "Emergency calls: \(words), by \(caller.name)"
        try await change([.outside(.help(kept))], [draft], notice: notice)
        return EmergencyReport(store.snapshot)
    }
}

extension Refusal {
    fileprivate static let noAddress = Self(
        problem: "That is no address that somebody can be found at.",
        reason:
            "it needs a country, a city and a street, each of at most \(Model.Limits.addressBytes) bytes that can be shown",
        remedy: "give one like this: ringfence emergency location set --country DE --city Berlin --street Weg --house 1"
    )

    fileprivate static func noCallback(_ number: PhoneNumber) -> Self {
        Self(
            problem: "\(number) cannot be the number to call back.",
            reason:
                "those who help must reach somebody there, and it is no number of the business that leads to anybody",
            remedy: "add it and say who answers: ringfence number add \(number) --to extension 101"
        )
    }

    fileprivate static func noTestNumber(_ name: TrunkName) -> Self {
        Self(
            problem: "The way to help over trunk \(name) was not tried.",
            reason: "nobody has said by which number, and a real one is never called to try it",
            remedy: "ask your provider for one, and say it: ringfence emergency trunk \(name) --test NUMBER"
        )
    }

    fileprivate static let tooManyTold = Self(
        problem: "Nothing was changed.",
        reason: "at most \(Model.Limits.toldOfHelp) extensions are told, so that each is told at once",
        remedy: "name the front desk and a few others: ringfence emergency notice 101 102"
    )
}
