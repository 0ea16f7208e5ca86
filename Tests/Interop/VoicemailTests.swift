// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Mailboxes and a real phone", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct VoicemailTests {
    @Test(.timeLimit(.minutes(3)))
    func `a message is left, the lamp goes on, it is heard with the PIN and deleted, and the disk holds noise`() throws
    {
        let (status, _) = try Laboratory.run(script: "voicemail_check", [Laboratory.program.path, "message"])
        #expect(status == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func `W01 wrong PINs end the call and then make the mailbox wait, and a new PIN opens it`() throws {
        let (status, _) = try Laboratory.run(script: "voicemail_check", [Laboratory.program.path, "wrong"])
        #expect(status == 0)
    }
}
