// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control disa: who may ask for what over a trunk")
struct DialInTests {
    @Test(arguments: DialInRules.Asked.allCases)
    func `T05 whatever is asked for beside a call is refused`(asked: DialInRules.Asked) {
        let refusal = DialInRules.refusal(of: asked)
        #expect(refusal.status == 403 && refusal.control == .disa)
        #expect(refusal.reason.hasPrefix("nobody outside may ask for "))
    }

    @Test func `T05 a placement for a caller from outside never leaves, and one of a phone may`() throws {
        let number = try #require(ExtensionNumber(parsing: "101"))
        let (now, owned) = (WallTime(milliseconds: 0), try #require(PhoneNumber(parsing: "+49301234567")))
        let trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: "sip.provider.example")),
            createdAt: now
        )
        let snapshot = Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "office.example")),
            extensions: [Extension(number: number, name: "x", createdAt: now)],
            devices: [],
            outside: OutsideSettings(
                trunks: [TrunkAccess(trunk, secret: nil)],
                numbers: [OwnedNumber(number: owned, destination: .extension(number), createdAt: now)]
            )
        )
        let attempt = InboundAttempt(
            trunk: trunk.name,
            called: owned,
            caller: nil,
            claimsExtension: false,
            signallingIsSecure: true,
            media: .encrypted
        )
        guard case .allowed(let placement) = InboundRules.decide(attempt, in: snapshot, at: now) else {
            Issue.record("a number of the business does not ring")
            return
        }
        #expect(DialInRules.refusal(of: placement)?.control == .disa)
        #expect(placement.outside == nil && placement.payer.number == nil)
    }
}
