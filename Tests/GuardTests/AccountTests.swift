// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("RFC 6665 §6.1: what a phone may watch")
struct SubscriptionRulesTests {
    private static func number(_ text: String) throws -> ExtensionNumber {
        try #require(ExtensionNumber(parsing: text))
    }

    private static func device(_ digit: Int, of text: String) throws -> Device {
        Device(
            id: try #require(DeviceID(parsing: String(repeating: String(digit), count: 16))),
            extension: try number(text),
            username: "phone-\(digit)",
            hashes: DigestHashes(md5: Redacted("1"), sha256: Redacted("2"), sha512256: Redacted("3")),
            label: "desk",
            createdAt: WallTime(milliseconds: 0)
        )
    }

    private static func business() throws -> Snapshot {
        let extensions = try ["101", "102", "103"].map {
            Extension(
                number: try number($0),
                name: $0,
                isEnabled: $0 != "103",
                createdAt: WallTime(milliseconds: 0)
            )
        }
        return Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "office.example")),
            extensions: extensions,
            devices: [try device(1, of: "101"), try device(3, of: "103")]
        )
    }

    @Test(arguments: WatchedState.allCases)
    func `its own extension, all of it`(state: WatchedState) throws {
        let (business, own) = (try Self.business(), try Self.number("101"))
        let permission = SubscriptionRules.decide(
            try Self.device(1, of: "101"),
            asksFor: state,
            of: .extension(own),
            in: business
        )
        #expect(permission?.place == .extension(own))
        #expect(permission?.state == state)
    }

    @Test func `lamps and presence of others, not their mailboxes and registrations`() throws {
        let (business, other) = (try Self.business(), try Self.number("102"))
        let allowed = try WatchedState.allCases.filter {
            SubscriptionRules.decide(try Self.device(1, of: "101"), asksFor: $0, of: .extension(other), in: business)
                != nil
        }
        #expect(allowed == [.calls, .presence])
    }

    @Test func `nothing that is unknown or disabled, and nothing for a phone that is not enrolled or disabled`() throws
    {
        let business = try Self.business()
        let phone = try Self.device(1, of: "101")
        let target = try Self.number("102")
        for number in [nil, try Self.number("999"), try Self.number("103")] {
            let place = number.map { WatchedPlace.extension($0) }
            #expect(SubscriptionRules.decide(phone, asksFor: .calls, of: place, in: business) == nil)
        }
        for stranger in [try Self.device(2, of: "101"), try Self.device(3, of: "103")] {
            #expect(SubscriptionRules.decide(stranger, asksFor: .calls, of: .extension(target), in: business) == nil)
        }
    }

    @Test func `places where calls are parked, as many as there are, and what codes set at its own extension`() throws {
        let business = try Self.business()
        let phone = try Self.device(1, of: "101")
        let own = try Self.number("101")
        for (dialled, isSeen) in [("*681", true), ("*689", true), ("*6810", false), ("*28", true), ("*78", true)] {
            let place = try #require(WatchedPlace(dialled: dialled, by: own))
            #expect(place.text == dialled)
            let permission = SubscriptionRules.decide(phone, asksFor: .calls, of: place, in: business)
            #expect((permission != nil) == isSeen, "\(dialled)")
            for state in [WatchedState.presence, .mailbox, .registration] {
                #expect(SubscriptionRules.decide(phone, asksFor: state, of: place, in: business) == nil)
            }
        }
        let others = WatchedPlace.feature(.quiet(true), at: try Self.number("102"))
        #expect(SubscriptionRules.decide(phone, asksFor: .calls, of: others, in: business) == nil)
        for dialled in ["*43", "*68", "*680", "*99", "x"] {
            #expect(WatchedPlace(dialled: dialled, by: own) == nil, "\(dialled)")
        }
    }
}

@Suite("ATTACKS D15 and S18: how much one phone may ask for")
struct AccountGateTests {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private static func phone(_ digit: Int) throws -> DeviceID {
        try #require(DeviceID(parsing: String(repeating: String(digit), count: 16)))
    }

    @Test(arguments: [(AccountGate.Use.subscription, Limits.subscriptionRate), (.message, Limits.messageRate)])
    func `a burst, then the rate`(use: AccountGate.Use, rate: Rate) throws {
        var gate = AccountGate()
        let phone = try Self.phone(1)
        let burst = (0..<rate.burst + 5).filter { _ in gate.admits(use, of: phone, at: Self.start) }
        #expect(burst.count == Int(rate.burst))
        let later = Self.start + .seconds(1)
        let second = (0..<rate.burst).filter { _ in gate.admits(use, of: phone, at: later) }
        #expect(second.count == Int(rate.perSecond))
    }

    @Test func `one phone's haste costs no other phone and no other use`() throws {
        var gate = AccountGate()
        let (hasty, calm) = (try Self.phone(1), try Self.phone(2))
        while gate.admits(.message, of: hasty, at: Self.start) {}
        let others = [
            gate.admits(.message, of: calm, at: Self.start), gate.admits(.subscription, of: hasty, at: Self.start),
        ]
        #expect(others == [true, true])
    }

    @Test func `a phone that is enrolled no longer is forgotten`() throws {
        var gate = AccountGate()
        let phone = try Self.phone(1)
        while gate.admits(.message, of: phone, at: Self.start) {}
        gate.keep { $0 == phone }
        let kept = gate.admits(.message, of: phone, at: Self.start)
        gate.keep { _ in false }
        let forgotten = gate.admits(.message, of: phone, at: Self.start)
        #expect((kept, forgotten) == (false, true))
    }
}
