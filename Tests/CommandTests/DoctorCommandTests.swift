// SPDX-License-Identifier: Apache-2.0

import Model
import Testing

@testable import ringfence

@Suite("What doctor says")
struct DoctorCommandTests {
    @Test func `what follows from something else is left out, and counts for nothing`() throws {
        let findings = [
            Finding("certificate", .critical, "The certificate ended", remedy: "Renew it."),
            Finding("signalling-port", .critical, "No phone would trust it", dependsOn: ["certificate"]),
            Finding("clock", .good, "The clock is right"),
        ]
        let output = try DoctorVerb.output(findings)
        #expect(output.fellShort)
        #expect(
            output.text == """
                WRONG    The certificate ended
                         Renew it.
                ok       The clock is right

                1 thing is wrong.
                """
        )
    }
}
