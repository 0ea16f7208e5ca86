// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("An owner who is told", .oneAtATime, .enabled(if: Laboratory.hasSinks))
struct AlertTests {
    @Test(.timeLimit(.minutes(15)))
    func
        `P10 by mail and by webhook within five seconds, nothing missing and nothing twice after both were away and the server was killed`()
        throws
    {
        let (status, output) = try Laboratory.run(script: "alert_check", [Laboratory.program.path])
        #expect(status == 0, "\(output)")
    }
}
