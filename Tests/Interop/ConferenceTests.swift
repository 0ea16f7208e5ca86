// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Conference rooms and real phones", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct ConferenceTests {
    @Test(.timeLimit(.minutes(3)))
    func `each of three hears both others and never themselves, and hears who comes and goes`() throws {
        let (status, _) = try Laboratory.run(script: "conference_check", [Laboratory.program.path, "three"])
        #expect(status == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a wrong PIN lets nobody in, and nobody talks before the moderator is there`() throws {
        let (status, _) = try Laboratory.run(script: "conference_check", [Laboratory.program.path, "door"])
        #expect(status == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `who is on hold hears music, is not told, and hears the other phone again afterwards`() throws {
        let (status, _) = try Laboratory.run(script: "music_check", [Laboratory.program.path])
        #expect(status == 0)
    }
}
