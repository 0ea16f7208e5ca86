// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Who may forward a call, and where to")
struct ForwardRulesTests {
    /// 201 may forward and 202 may not; 203 is cut off. 201 and 202 have a phone, 204 and others have none.
    private struct Office {
        let phone: Device
        let other: Device
        let snapshot: Snapshot

        init() throws {
            (phone, other) = (try .enrolled(at: "201"), try .enrolled(at: "202"))
            var allowed = try Extension.numbered("201")
            allowed.forwarding = .colleagues
            let rest = try ["202", "204", "205", "206", "207", "208", "209"].map { try Extension.numbered($0) }
            let closed = try Extension.numbered("203", isEnabled: false)
            snapshot = try Snapshot.office([allowed, closed] + rest, devices: [phone, other])
        }

        func decide(
            _ phone: Device,
            _ target: ForwardAttempt.Target,
            from caller: String = "209",
            places: [String] = ["201"],
            isSecure: Bool = true
        ) throws -> Verdict<Placement> {
            let attempt = ForwardAttempt(
                phone: phone,
                target: target,
                signallingIsSecure: isSecure,
                caller: try .parsed(caller),
                places: try places.map { try .parsed($0) }
            )
            return ForwardRules.decide(attempt, in: snapshot)
        }

        func refusal(
            _ phone: Device,
            _ target: ForwardAttempt.Target,
            places: [String] = ["201"],
            isSecure: Bool = true
        ) throws -> CallRefusal? {
            guard case .refused(let refusal) = try decide(phone, target, places: places, isSecure: isSecure) else {
                return nil
            }
            return refusal
        }
    }

    @Test func `to a colleague, with proof of from where and to whom`() throws {
        let office = try Office()
        guard case .allowed(let forward) = try office.decide(office.phone, .user("204")) else {
            Issue.record("refused")
            return
        }
        #expect((forward.payer.number?.text, forward.target.text) == ("201", "204"))
    }

    @Test func `an extension is not let forward unless somebody says so`() throws {
        #expect(try Extension.numbered("201").forwarding == .nobody)
        let office = try Office()
        let refusal = try #require(try office.refusal(office.other, .user("204"), places: ["202"]))
        #expect(refusal.reason == "extension 202 may not forward its calls, and its phone sent this one to 204")
        #expect(refusal.control == .forwardingRules)
    }

    @Test(arguments: ["+9601234567", "798", "*8", "**204", "204;phone-context=x", " 204", "２０４", ""])
    func `T07 never outside of the company, whoever may forward`(user: String) throws {
        let office = try Office()
        for phone in [office.phone, office.other] {
            let refusal = try #require(try office.refusal(phone, .user(user), places: [phone.number.text]))
            #expect(refusal.control == .forwardingRules)
            #expect(refusal.reason.hasSuffix(", which is outside of the company"))
        }
        #expect(try office.refusal(office.phone, .unusable)?.control == .forwardingRules)
    }

    @Test func `what a phone names is repeated short and plain`() throws {
        let office = try Office()
        let named = "\u{202E}a\"b" + String(repeating: "9", count: 100)
        let reason = try #require(try office.refusal(office.phone, .user(named))?.reason)
        #expect(reason.contains("sent the call to ·a·b" + String(repeating: "9", count: 20) + ", which"))
    }

    @Test func `not to oneself, the caller, where it has been, or to who is cut off`() throws {
        let office = try Office()
        #expect(try office.refusal(office.phone, .user("201"))?.status == 403)
        #expect(try office.refusal(office.phone, .user("209"))?.status == 482)
        #expect(try office.refusal(office.phone, .user("204"), places: ["205", "204", "201"])?.status == 482)
        #expect(try office.refusal(office.phone, .user("203"))?.status == 480)
    }

    @Test func `S20 five times in one call, and not once more`() throws {
        let office = try Office()
        let places = ["202", "204", "205", "206", "201"]
        #expect(try office.refusal(office.phone, .user("207"), places: places) == nil)
        #expect(try office.refusal(office.phone, .user("208"), places: places + ["207"])?.status == 482)
    }

    @Test func `only a phone that is enrolled and speaks TLS`() throws {
        let office = try Office()
        let stranger = try Device.enrolled(at: "201")
        #expect(try office.refusal(stranger, .user("204"))?.control == .sipPasswords)
        #expect(try office.refusal(office.phone, .user("204"), isSecure: false)?.control == .signallingEncryption)
    }
}
