// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("What is signalled, and other people's tools", .enabled(if: Laboratory.isPresent))
struct TraceTests {
    @Test(.timeLimit(.minutes(2)))
    func `a call is noted without secrets, sngrep gets it as HEP3, and tcpdump reads the file`() throws {
        let (status, _) = try Laboratory.run(script: "trace_check", [Laboratory.program.path])
        #expect(status == 0)
    }
}
