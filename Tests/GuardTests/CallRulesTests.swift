// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Who may call whom, and how")
struct CallRulesTests {
    private let plan = DialPlan(DialingSettings())

    /// 201 and 202 are there, 203 is disabled; 201 and 203 have a phone.
    private struct Office {
        let phone: Device
        let disabledPhone: Device
        let snapshot: Snapshot

        init() throws {
            (phone, disabledPhone) = (try .enrolled(at: "201"), try .enrolled(at: "203"))
            snapshot = try Snapshot.office(
                [try .numbered("201"), try .numbered("202"), try .numbered("203", isEnabled: false)],
                devices: [phone, disabledPhone]
            )
        }

        func decide(
            _ dialled: String,
            from caller: Device? = nil,
            isSecure: Bool = true,
            media: CallAttempt.Media = .encrypted
        ) -> Verdict<Placement> {
            let attempt = CallAttempt(
                caller: caller ?? phone,
                dialled: dialled,
                signallingIsSecure: isSecure,
                media: media
            )
            return CallRules.decide(attempt, in: snapshot)
        }

        func decide(
            to service: CallService,
            from caller: Device? = nil,
            isSecure: Bool = true,
            media: CallAttempt.Media = .encrypted
        ) -> Verdict<Placement> {
            let attempt = CallAttempt(
                caller: caller ?? phone,
                dialled: service.code,
                signallingIsSecure: isSecure,
                media: media
            )
            return CallRules.decide(attempt, to: service, in: snapshot)
        }

        /// Status and control of the refusal; `nil` when the call was allowed.
        func refusal(of verdict: Verdict<Placement>) -> (status: Int, control: Control?)? {
            switch verdict {
            case .allowed: nil
            case .refused(let refusal): (refusal.status, refusal.control)
            }
        }
    }

    @Test func `a call between two extensions over TLS and SRTP is allowed`() throws {
        let office = try Office()
        guard case .allowed(let proof) = office.decide("202") else {
            Issue.record("refused")
            return
        }
        #expect(
            (proof.payer.number?.text, proof.target.text, proof.payer.device?.id) == ("201", "202", office.phone.id)
        )
        #expect(proof.protection == .encrypted)
    }

    @Test func `a late offer is allowed, because ours will demand SRTP`() throws {
        let office = try Office()
        #expect(office.refusal(of: office.decide("202", media: .lateOffer)) == nil)
    }

    @Test func `Control media-encryption: audio without SRTP gets 488 and a sentence that says what to do`() throws {
        let office = try Office()
        guard case .refused(let refusal) = office.decide("202", media: .plain) else {
            Issue.record("allowed")
            return
        }
        #expect((refusal.status, refusal.control) == (488, .mediaEncryption))
        #expect(refusal.reason.contains("SRTP"))
    }

    @Test(arguments: [
        (CallAttempt.Media.optional, "mandatory"), (.dtls, "SDES"), (.noKey, "SDES"),
        (.otherSuites, "AES_CM_128_HMAC_SHA1_80"), (.otherParameters, "MKI"),
    ])
    func `Control media-encryption: what is no SRTP of ours is refused with what to set`(
        media: CallAttempt.Media,
        setting: String
    ) throws {
        let office = try Office()
        for verdict in [office.decide("202", media: media), office.decide(to: .echo, media: media)] {
            guard case .refused(let refusal) = verdict else {
                Issue.record("allowed")
                return
            }
            #expect((refusal.status, refusal.control) == (488, .mediaEncryption))
            #expect(refusal.reason.contains(setting) && !refusal.reason.contains("without SRTP"))
        }
    }

    @Test func `a call outside is judged again by the plan that is given, which is made once for all calls`() throws {
        let (phone, now) = (try Device.enrolled(at: "201"), WallTime(milliseconds: 0))
        var dialing = DialingSettings()
        dialing.numbering.home = Region(parsing: "DE")
        let trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            registers: false,
            createdAt: now
        )
        let snapshot = try Snapshot.office([try .numbered("201")], devices: [phone]).applying([
            .outside(.putTrunk(TrunkAccess(trunk, secret: nil))), .outside(.dial(dialing)),
        ])
        let attempt = CallAttempt(caller: phone, dialled: "040555123", signallingIsSecure: true, media: .encrypted)
        guard case .allowed(let placement) = CallRules.decide(attempt, in: snapshot, at: now) else {
            Issue.record("refused")
            return
        }
        #expect(placement.refusal(in: snapshot, by: DialPlan(dialing), at: now) == nil)
        var other = dialing
        other.numbering.home = Region(parsing: "AT")
        #expect(placement.refusal(in: snapshot, by: DialPlan(other), at: now) != nil)
    }

    @Test func `whoever may call may have the server answer, under the same conditions, and nobody else`() throws {
        let office = try Office()
        guard case .allowed(let proof) = office.decide(to: .echo) else {
            Issue.record("refused")
            return
        }
        #expect(proof.target == .service(.echo) && proof.payer.device?.id == office.phone.id)
        #expect(proof.refusal(in: office.snapshot, by: plan, at: WallTime(milliseconds: 0)) == nil)
        let gone = try Snapshot.office([try .numbered("201")], devices: [])
        #expect(
            proof.refusal(in: gone, by: plan, at: WallTime(milliseconds: 0))?.status == 403,
            "judged again, it falls with the phone"
        )
        #expect(office.refusal(of: office.decide(to: .echo, media: .plain))?.status == 488)
        #expect(office.refusal(of: office.decide(to: .echo, isSecure: false))?.control == .signallingEncryption)
        #expect(office.refusal(of: office.decide(to: .echo, from: office.disabledPhone))?.status == 403)
        #expect(
            office.refusal(of: office.decide("*43"))?.status == 404,
            "what is transferred or forwarded goes to people"
        )
    }

    @Test func `Control signalling-encryption: SRTP keys do not travel over a connection without TLS`() throws {
        let office = try Office()
        for media in [CallAttempt.Media.encrypted, .lateOffer, .plain] {
            let refusal = try #require(office.refusal(of: office.decide("202", isSecure: false, media: media)))
            #expect(refusal == (403, .signallingEncryption))
        }
    }

    @Test(arguments: ["798", "", "20", "2o2", "202;phone-context=x", "+4930123456", "00", "٢٠٢"])
    func `what is no extension does not exist`(dialled: String) throws {
        let office = try Office()
        let refusal = try #require(office.refusal(of: office.decide(dialled)))
        #expect(refusal == (404, nil))
    }

    @Test func `a disabled extension is not called`() throws {
        let office = try Office()
        let refusal = try #require(office.refusal(of: office.decide("203")))
        #expect(refusal == (480, nil))
    }

    @Test func `a disabled extension does not call`() throws {
        let office = try Office()
        let refusal = try #require(office.refusal(of: office.decide("202", from: office.disabledPhone)))
        #expect(refusal == (403, nil))
    }

    @Test func `an extension does not call itself`() throws {
        let office = try Office()
        let refusal = try #require(office.refusal(of: office.decide("201")))
        #expect(refusal == (403, nil))
    }

    @Test func `a phone that was revoked while its connection was up does not call`() throws {
        let office = try Office()
        let later = office.snapshot.applying([.revoke(office.phone.id)])
        let attempt = CallAttempt(caller: office.phone, dialled: "202", signallingIsSecure: true, media: .encrypted)
        #expect(office.refusal(of: CallRules.decide(attempt, in: later))?.status == 403)
    }

    @Test func `a placement stands while its settings do, and says why it does not any more`() throws {
        let office = try Office()
        guard case .allowed(let placement) = office.decide("202") else {
            Issue.record("refused")
            return
        }
        #expect(placement.refusal(in: office.snapshot, by: plan, at: WallTime(milliseconds: 0)) == nil)
        let revoked = office.snapshot.applying([.revoke(office.phone.id)])
        #expect(placement.refusal(in: revoked, by: plan, at: WallTime(milliseconds: 0))?.control == .sipPasswords)
        let closed = try Snapshot.office(
            [try .numbered("201"), try .numbered("202", isEnabled: false)],
            devices: [office.phone]
        )
        #expect(
            placement.refusal(in: closed, by: plan, at: WallTime(milliseconds: 0))?.reason
                == "extension 202 is disabled"
        )
    }

    @Test func `reasons can stand in a SIP header`() throws {
        let office = try Office()
        let verdicts = [
            office.decide("202", media: .plain), office.decide("202", isSecure: false), office.decide("798"),
            office.decide("203"), office.decide("201"), office.decide("202", from: office.disabledPhone),
        ]
        for verdict in verdicts {
            guard case .refused(let refusal) = verdict else {
                Issue.record("allowed")
                continue
            }
            #expect(refusal.reason.utf8.allSatisfy { (32..<127).contains($0) && $0 != UInt8(ascii: "\"") })
            #expect(refusal.reason.utf8.count <= 120)
        }
    }
}
