// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Forms of one number that some phone system takes for it. None can be a number of anybody else: each has a plus, the prefix for
/// abroad, or something that no number has.
enum Disguise {
    static func forms(of digits: String, numbering: NumberingSettings) -> [String] {
        let half = digits.utf8.count / 2
        let (head, tail) = (String(digits.prefix(half)), String(digits.dropFirst(half)))
        let wide = digits.unicodeScalars.map { "%EF%BC%\(String(0x90 + $0.value - 48, radix: 16, uppercase: true))" }
        let arabic = digits.unicodeScalars.map { "%D9%A\($0.value - 48)" }
        let outside = numbering.outsidePrefix.map { "\($0)" } ?? ""
        let usual = numbering.home.flatMap { CountryDialing($0) }?.internationalPrefixes.first
        let abroad = (numbering.internationalPrefix ?? usual).map { "\($0)" } ?? "00"
        return [
            "+\(digits)", "%2B\(digits)", "+\(head)-\(tail)", "+\(head).\(tail)", "(+\(head))\(tail)",
            "+(\(head))\(tail)",
            "\(outside)\(abroad)\(digits)", "\(outside)+\(digits)", "9,\(abroad)\(digits)",
            "\(outside),\(abroad)\(digits)", "1234%23\(digits)",
            "1234%23+\(digits)", "*31*+\(digits)", "*67+\(digits)", "%2331%23+\(digits)", "+\(digits),,,1",
            "+\(digits)ppp1", "+\(digits)w1", "+\(digits)&+\(digits)", "+\(digits)!", "+\(digits)%20", "%20+\(digits)",
            "+\(head)%20\(tail)", "+\(digits)%00", "+\(digits)%0D%0A", "+\(head)SPAM", "+\(digits)%23",
            "+" + wide.joined(),
            "+" + arabic.joined(), "++\(digits)", "+00\(digits)", "+\(digits);phone-context=+1",
            "\(digits);phone-context=+", "+\(digits);ext=1", "+\(digits);postd=pp1", "tel:+\(digits)",
            "tel:\(digits);phone-context=+", "tel:+\(head)-\(tail);isub=1", "+\(digits):secret",
        ]
    }
}
