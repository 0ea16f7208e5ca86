// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Testing

@Suite("Refusals")
struct RefusalTests {
    @Test func `a refusal says what will not happen, why, and what to do`() {
        let refusal = Refusal(
            .openPorts,
            problem: "Port 5060 stays closed.",
            reason: "everybody tries it",
            remedy: "use TLS: ringfence serve"
        )
        #expect(
            refusal.description == """
                Port 5060 stays closed.
                  Why: everybody tries it [open-ports]
                  Fix: use TLS: ringfence serve
                """
        )
    }

    @Test func `a plain mistake names no control`() {
        let refusal = Refusal(problem: "Extension 999 does not exist.", reason: "nobody added it", remedy: "add it")
        #expect(
            refusal.description == """
                Extension 999 does not exist.
                  Why: nobody added it
                  Fix: add it
                """
        )
    }
}
