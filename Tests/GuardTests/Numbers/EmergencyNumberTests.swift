// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Testing

@Suite("Calls for help: numbers")
struct EmergencyNumberTests {
    @Test(arguments: ["112", "911", "999"], ["DE", "US", "CU", "TK"])
    func `112, 911 and 999 work everywhere, with outside prefix and without`(text: String, home: String) throws {
        for prefix in ["0", "9", "00"] {
            let plan = DialPlan(NumberingSettings(home: try region(home), outsidePrefix: try digits(prefix)))
            for dialled in [text, prefix + text, "+" + text] {
                #expect(plan.read(dialled) == .emergency(try digits(text)))
            }
        }
    }

    @Test(arguments: [
        ("DE", "110"), ("AU", "000"), ("GB", "999"), ("FR", "15"), ("CH", "144"), ("JP", "119"), ("RU", "01"),
        ("BR", "190"),
    ])
    func `so do the numbers of the country`(home: String, text: String) throws {
        #expect(DialPlan(NumberingSettings(home: try region(home))).read(text) == .emergency(try digits(text)))
    }

    @Test func `a phone abroad has the numbers of where it stands`() throws {
        let numbering = NumberingSettings(home: try region("DE"))
        #expect(DialPlan(numbering, site: try region("FR")).read("15") == .emergency(try digits("15")))
        #expect(DialPlan(numbering).read("15") == .refused(.noAreaCode))
    }

    @Test func `a longer number that begins like one is no call for help`() throws {
        let plan = DialPlan(NumberingSettings(home: try region("DE"), areaCode: try digits("30")))
        for text in ["1120", "11212345", "1101234", "0112", "00112"] {
            if case .emergency = plan.read(text) { #expect(Bool(false), "\(text)") }
        }
    }

    @Test func `nobody may own one`() throws {
        let numbers = EmergencyNumbers(in: try region("DE"), outsidePrefix: try digits("0"))
        for text in ["112", "110", "911", "999", "0112"] {
            #expect(numbers.reserves(try #require(ExtensionNumber(parsing: text))))
        }
        for text in ["113", "1120", "201", "11"] {
            #expect(!numbers.reserves(try #require(ExtensionNumber(parsing: text))))
        }
    }
}
