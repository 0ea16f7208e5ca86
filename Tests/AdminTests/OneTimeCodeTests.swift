// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives
import Testing

@testable import Admin

@Suite("RFC 6238: codes of the time")
struct OneTimeCodeTests {
    private let secret = Redacted(Array("12345678901234567890".utf8))

    @Test(
        "the examples of appendix B",
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)]
    )
    func examples(second: Int64, code: String) {
        let step = SecondFactorRules.step(at: WallTime(milliseconds: second * 1_000))
        #expect(OneTimeCode.code(of: secret, step: step, digits: 8) == code)
        #expect(OneTimeCode.code(of: secret, step: step) == code.suffix(6))
    }

    @Test func `a code is taken one step before and after its own, and no further`() {
        let now = WallTime(milliseconds: 1_800_000_015_000)
        let present = SecondFactorRules.step(at: now)
        for step in present - 3...present + 3 {
            let typed = OneTimeCode.code(of: secret, step: step)
            let found = SecondFactorRules.step(of: typed, at: now) { OneTimeCode.code(of: secret, step: $0) }
            #expect(found == (abs(step - present) <= 1 ? step : nil))
        }
    }

    @Test func `a code may be typed with a space`() {
        let now = WallTime(milliseconds: 59_000)
        let code = OneTimeCode.code(of: secret, step: 1)
        let typed = "\(code.prefix(3)) \(code.suffix(3))"
        #expect(SecondFactorRules.step(of: typed, at: now) { OneTimeCode.code(of: secret, step: $0) } == 1)
        #expect(SecondFactorRules.step(of: "", at: now) { OneTimeCode.code(of: secret, step: $0) } == nil)
    }

    @Test func `what an app scans names the business and the person, whatever is in their names`() {
        let address = OneTimeCode.address(of: secret, for: "anna&x@example.com", business: "Ringfence acme")
        #expect(
            address.reveal { copy $0 }
                == "otpauth://totp/Ringfence%20acme:anna%26x%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Ringfence%20acme&algorithm=SHA1&digits=6&period=30"
        )
    }

    @Test func `a recovery code is the same however it is typed`() {
        let code = OneTimeCode.recoveryCode(using: Entropy { 0x0123_4567_89AB_CDEF })
        #expect(code.split(separator: "-").map(\.count) == [4, 4, 4, 4])
        let typed = " " + code.uppercased().filter { $0 != "-" } + " "
        #expect(OneTimeCode.hash(recoveryCode: typed) == OneTimeCode.hash(recoveryCode: code))
        #expect(OneTimeCode.hash(recoveryCode: String(code.dropLast())) != OneTimeCode.hash(recoveryCode: code))
    }
}
