// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import TestKit
import Testing

@Suite("Dial plan: one canonical form")
struct DialPlanTests {
    @Test(arguments: [
        "+49 30 1234567", "+4930１２３４５６７", "٠٠٤٩٣٠١٢٣٤٥٦٧", "004930123456a", "0800FLOWERS",
        "+4930123456;phone-context=+49",
        "030123456&030999999", "030123456!", "030123456,ppp", "030123456p1", "9,0030123456", "1234#030123456",
        "*31#030123456",
        "*67", "030/123456", "+49+30123456", "030+123456", "0%2B49", "tel:+4930123456", "sip:030", "030\n123456",
        "030\0123456",
        "+４９30123456", "¹²³", "030 123456", " 030123456", "030123456 ", "０30123456", "030:123456", "\u{202E}0301234567",
        "0301234567\r",
        "0301234567?x", "0301234567@a", "030;1234567",
    ])
    func `a disguise of a number is refused (row T08)`(text: String) throws {
        guard case .refused(let fault) = try berlin().read(text) else { return #expect(Bool(false), "\(text)") }
        #expect(fault == .foreignCharacter && fault.refusal.status == 484 && fault.refusal.reason.isPlain)
    }

    @Test(arguments: [
        ("030123456789", "+4930123456789"), ("+4930123456789", "+4930123456789"), ("004930123456789", "+4930123456789"),
        ("+49(30)123-456.789", "+4930123456789"), ("12345678", "+493012345678"), ("00441481256789", "+441481256789"),
        ("0015052345678", "+15052345678"), ("08001234567", "+498001234567"), ("0018765550123", "+18765550123"),
        ("00979123456789", "+979123456789"), ("008821612345678", "+8821612345678"), ("000011", nil), ("00", nil),
        ("0", nil), ("+", nil),
        ("", nil), ("---", nil), ("()", nil), ("0049030123456", nil), ("+0049301234567", nil),
        ("0000493012345678", nil),
        ("00999123456", nil), ("01033004930123456", nil), ("010330301234567", nil), ("11833", "+493011833"),
        ("12345678901234567890", nil), ("0301234567890123456", nil), (String(repeating: "1", count: 4_000), nil),
    ])
    func `in Berlin`(text: String, expected: String?) throws {
        #expect(try berlin().read(text).text == expected)
    }

    @Test(arguments: [
        ("912125550123", "+12125550123"), ("92125550123", "+12125550123"), ("95550123", "+12125550123"),
        ("9011493012345678", "+493012345678"), ("+493012345678", "+493012345678"), ("918765550123", "+18765550123"),
        ("98765550123", "+18765550123"), ("12125550123", nil), ("9", nil), ("91010288" + "12125550123", nil),
        ("90112", nil),
        ("99", nil), ("919002345678", "+19002345678"),
    ])
    func `in New York, with 9 for an outside line`(text: String, expected: String?) throws {
        let plan = DialPlan(
            NumberingSettings(home: try region("US"), outsidePrefix: try digits("9"), areaCode: try digits("212"))
        )
        #expect(plan.read(text).text == expected)
    }

    @Test func `an outside prefix is not taken for the national one`() throws {
        let plan = DialPlan(NumberingSettings(home: try region("DE"), outsidePrefix: try digits("0")))
        #expect(plan.read("0030123456789").text == "+4930123456789")
        #expect(plan.read("000441481256789").text == "+441481256789")
        #expect(plan.read("030123456789") == .refused(.noAreaCode), "30123456789 is no national number without its 0")
        #expect(plan.read("30123456789") == .refused(.noOutsidePrefix(try digits("0"))))
    }

    @Test func `numbers that are dialled bare need no national prefix`() throws {
        let sydney = DialPlan(NumberingSettings(home: try region("AU")))
        #expect(sydney.read("1300123456").text == "+611300123456" && sydney.read("0291234567").text == "+61291234567")
        #expect(sydney.read("00116491234567").text == sydney.read("+6491234567").text)
        #expect(sydney.read("18310291234567") == .refused(.carrierPrefix))
        let rome = DialPlan(NumberingSettings(home: try region("IT")))
        #expect(rome.read("0612345678").text == "+390612345678" && rome.read("3123456789").text == "+393123456789")
    }

    @Test func `without a home only help and full numbers are dialled`() throws {
        let plan = DialPlan(NumberingSettings())
        #expect(try plan.read("030123456") == .refused(.noHome) && plan.read("112") == .emergency(digits("112")))
        #expect(plan.read("+493012345678").text == "+493012345678")
    }

    @Test func `any text is refused, or gives a number that it spells`() throws {
        var generator = SplitMix(71)
        let letters = Array("0123456789000111+-.()*#,;pw% ٠１a&!".utf8)
        let plans = [try berlin(), DialPlan(NumberingSettings(home: try region("US"), outsidePrefix: try digits("9")))]
        var numbers = 0
        for _ in 0..<60_000 {
            let span = generator.next() % 3 == 0 ? letters.count : 16
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                letters[Int.random(in: 0..<span, using: &generator)]
            }
            for plan in plans {
                guard case .outside(let facts) = plan.read(ascii: bytes.span) else { continue }
                numbers += 1
                let spelled = bytes.filter { 0x30...0x39 ~= $0 }
                // What was dialled ends with the number less its country and area code, and holds nothing but its characters.
                let tail = Array(facts.number.digits.utf8).suffix(min(spelled.count, 4))
                #expect(
                    spelled.suffix(tail.count) == tail[...],
                    "\(String(decoding: bytes, as: UTF8.self)): \(facts.number)"
                )
                #expect(bytes.allSatisfy { "0123456789+-.()".utf8.contains($0) })
                #expect(plan.read(facts.number.text) == .outside(facts), "the canonical form is its own")
            }
        }
        #expect(numbers > 200)
    }

    private func berlin() throws -> DialPlan {
        DialPlan(NumberingSettings(home: try region("DE"), areaCode: try digits("30")))
    }
}

extension DialledNumber {
    var text: String? {
        switch self {
        case .outside(let facts): facts.number.text
        case .emergency, .refused: nil
        }
    }
}

extension String {
    /// Fit for a header and the display of a phone.
    var isPlain: Bool { !isEmpty && utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\"") } }
}
