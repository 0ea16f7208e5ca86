// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control emergency-calls: numbers that nobody else may have")
struct HelpRulesTests {
    private func plan(_ home: String?, _ prefix: String? = nil) -> DialPlan {
        DialPlan(
            NumberingSettings(
                home: home.flatMap { Region(parsing: $0) },
                outsidePrefix: prefix.flatMap { DigitString(parsing: $0) }
            )
        )
    }

    @Test(arguments: [("112", nil), ("110", nil), ("0110", "0"), ("91110", "91"), ("9911", "9")])
    func `no extension may have one, also behind the outside prefix`(number: String, prefix: String?) throws {
        let number = try ExtensionNumber.parsed(number)
        #expect(HelpRules.refusal(ofOwning: number, by: plan("DE", prefix))?.reason.contains("help") == true)
    }

    @Test func `any other number is free`() throws {
        for text in ["111", "1100", "201", "0112"] {
            #expect(HelpRules.refusal(ofOwning: try .parsed(text), by: plan("DE")) == nil)
        }
    }

    @Test func `a country that takes a number from an extension is named with the extension`() throws {
        let snapshot = try Snapshot.office([try .numbered("15"), try .numbered("201")], devices: [])
        let france = NumberingSettings(home: Region(parsing: "FR"))
        #expect(HelpRules.lost(by: france, in: snapshot).map(\.text) == ["15"])
        #expect(HelpRules.lost(by: NumberingSettings(home: Region(parsing: "DE")), in: snapshot).isEmpty)
    }

    @Test func `an extension with such a number that is there all the same does not stand in the way`() throws {
        let phone = try Device.enrolled(at: "201")
        let snapshot = try Snapshot.office([try .numbered("112"), try .numbered("201")], devices: [phone])
        let attempt = CallAttempt(caller: phone, dialled: "112", signallingIsSecure: true, media: .encrypted)
        guard case .refused(let refusal) = CallRules.decide(attempt, in: snapshot) else {
            Issue.record("the extension was called")
            return
        }
        #expect(refusal.status == 503, "there is no trunk")
    }
}
