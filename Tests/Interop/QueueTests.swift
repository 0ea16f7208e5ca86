// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Queues and real phones", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct QueueTests {
    @Test(.timeLimit(.minutes(3)))
    func `two wait, and each agent who comes gets the one who has waited for longest`() throws {
        let (status, _) = try Laboratory.run(script: "queue_check", [Laboratory.program.path, "turns"])
        #expect(status == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `nobody comes, and after its time the call leaves a message`() throws {
        let (status, _) = try Laboratory.run(script: "queue_check", [Laboratory.program.path, "overflow"])
        #expect(status == 0)
    }
}
