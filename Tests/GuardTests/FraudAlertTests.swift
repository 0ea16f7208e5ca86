// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("What people are told of fraud")
struct FraudAlertTests {
    private func event(_ kind: SecurityEventKind, _ subject: EventSubject?) -> SecurityEvent {
        let time = WallTime(milliseconds: 0)
        return SecurityEvent(at: time, kind: kind, source: .machine, subject: subject, detail: "a call to +4990012345")
    }

    @Test func `what was done, and the command that cuts off whoever did it`() throws {
        let number = try ExtensionNumber.parsed("204")
        let alert = try #require(FraudAlertRules.alert(of: event(.premiumRefused, .extension(number))))
        #expect(alert.severity == .warning && alert.code.group == .fraud)
        #expect(
            alert.evidence == "From this machine, about 204: a call to +4990012345. What the system did: The call was "
                + "refused, and cost nothing."
        )
        #expect(alert.remedy == "If nobody of yours does that, cut the extension off: ringfence extension disable 204")
        let trunk = try #require(TrunkName(parsing: "main"))
        #expect(FraudAlertRules.alert(of: event(.budgetUsed, .trunk(trunk)))?.remedy.hasSuffix("disable main") == true)
        #expect(FraudAlertRules.alert(of: event(.budgetUsed, nil))?.remedy.hasSuffix("ringfence call list") == true)
    }

    @Test func `every kind that is told of says what was done, and no other kind is fraud`() {
        for kind in SecurityEventKind.allCases {
            let alert = FraudAlertRules.alert(of: event(kind, nil))
            #expect((alert != nil) == (kind.group == .fraud && kind.traits.alarm != nil), "\(kind)")
            if let alert { #expect(alert.evidence.contains("What the system did: "), "\(kind)") }
        }
    }
}
