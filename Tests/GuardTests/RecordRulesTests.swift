// SPDX-License-Identifier: Apache-2.0

import Guard
import Testing

@Suite("Calls whose record cannot be written")
struct RecordRulesTests {
    @Test(arguments: [RecordRules.Reach.inside, .emergency])
    func `inside and for help people are connected`(reach: RecordRules.Reach) {
        #expect(RecordRules.refusal(ofUnrecorded: reach) == nil)
    }

    @Test func `a call that costs money and leaves no trace is refused`() {
        let refusal = RecordRules.refusal(ofUnrecorded: .outside)
        #expect(refusal?.status == 503 && refusal?.reason == "its record could not be written to disk")
    }
}
