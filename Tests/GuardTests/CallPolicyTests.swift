// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("What calls may do once they are placed")
struct CallPolicyTests {
    static let sessions: [(asked: UInt32, floor: UInt32?, decision: SessionRules.Decision)] = [
        (0, nil, .tooShort), (89, 30, .tooShort), (90, nil, .interval(90)), (1_800, 90, .interval(1_800)),
        (1_801, nil, .interval(1_800)), (.max, 1_800, .interval(1_800)), (90, 600, .interval(600)),
        (.max, 1_801, .none), (.max, .max, .none),
    ]

    @Test(arguments: sessions)
    func `S21 a session lives between 90 seconds and half an hour, or without a timer`(
        asked: UInt32,
        floor: UInt32?,
        decision: SessionRules.Decision
    ) {
        #expect(SessionRules.decide(seconds: asked, floor: floor) == decision)
    }

    @Test func `only a phone that rings alone is heard before it is picked up`() {
        #expect(EarlyMediaRules.decide(phones: 1) == .towardsCaller)
        for phones in [0, 2, 20] { #expect(EarlyMediaRules.decide(phones: phones) == .none) }
    }

    @Test func `a group is a short plain word, whatever its case`() {
        #expect(PickupGroup(parsing: "Sales-2")?.text == "sales-2")
        for text in ["", "a b", "a_b", "ä", "a\n", String(repeating: "a", count: 33)] {
            #expect(PickupGroup(parsing: text) == nil, "\(text)")
        }
    }
}

@Suite("Who may take a call from another phone")
struct PickupRulesTests {
    /// 201 and 202 sell, 203 serves, 204 is in no group; 201 and 204 have a phone.
    private struct Office {
        let phone: Device
        let loner: Device
        let snapshot: Snapshot

        init(isEnabled: Bool = true) throws {
            (phone, loner) = (try .enrolled(at: "201"), try .enrolled(at: "204"))
            snapshot = try Snapshot.office(
                [
                    try .numbered("201", group: "sales", isEnabled: isEnabled), try .numbered("202", group: "sales"),
                    try .numbered("203", group: "service"), try .numbered("204"), try .numbered("205"),
                ],
                devices: [phone, loner]
            )
        }

        func ringing(_ device: Device, _ text: String, isSecure: Bool = true) throws -> CallRefusal? {
            refusal(
                of: PickupRules.decide(
                    device,
                    ringingAt: try .parsed(text),
                    signallingIsSecure: isSecure,
                    in: snapshot
                )
            )
        }

        func talking(_ device: Device, _ text: String) throws -> CallRefusal? {
            refusal(
                of: PickupRules.decide(device, talkingAt: try .parsed(text), signallingIsSecure: true, in: snapshot)
            )
        }

        private func refusal(of verdict: Verdict<PickupPermit>) -> CallRefusal? {
            switch verdict {
            case .allowed: nil
            case .refused(let refusal): refusal
            }
        }
    }

    @Test func `what rings at one's own extension or in one's group`() throws {
        let office = try Office()
        #expect(try office.ringing(office.phone, "201") == nil)
        #expect(try office.ringing(office.phone, "202") == nil)
        for number in ["203", "204", "205", "999"] { #expect(try office.ringing(office.phone, number)?.status == 403) }
        // Two that are in no group are not in one.
        #expect(try office.ringing(office.loner, "205")?.status == 403)
    }

    @Test func `a permit stands while both are in the group, and not any longer`() throws {
        let office = try Office()
        let verdict = PickupRules.decide(
            office.phone,
            ringingAt: try .parsed("202"),
            signallingIsSecure: true,
            in: office.snapshot
        )
        guard case .allowed(let permit) = verdict else {
            Issue.record("refused")
            return
        }
        #expect(permit.refusal(in: office.snapshot) == nil)
        let parted = try Snapshot.office(
            [try .numbered("201", group: "sales"), try .numbered("202")],
            devices: [office.phone]
        )
        #expect(permit.refusal(in: parted)?.status == 403)
    }

    @Test func `what stands only at one's own`() throws {
        let office = try Office()
        #expect(try office.talking(office.phone, "201") == nil)
        #expect(try office.talking(office.phone, "202")?.status == 403)
    }

    @Test func `nobody without TLS, without an enrolment, or disabled`() throws {
        let office = try Office()
        #expect(try office.ringing(office.phone, "202", isSecure: false)?.control == .signallingEncryption)
        let stranger = try Office().phone
        #expect(try office.ringing(stranger, "202")?.control == .sipPasswords)
        let closed = try Office(isEnabled: false)
        #expect(try closed.ringing(closed.phone, "202")?.status == 403)
    }
}
