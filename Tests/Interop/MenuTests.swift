// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("Menus and real phones", .serialized, .oneAtATime, .enabled(if: Laboratory.isPresent))
struct MenuTests {
    @Test(.timeLimit(.minutes(3)))
    func `a key rings an extension, and both hear each other`() throws {
        let (status, _) = try Laboratory.run(script: "menu_check", [Laboratory.program.path, "choose"])
        #expect(status == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func `nobody takes the call, nobody has the number, and a mailbox takes a message`() throws {
        let (status, _) = try Laboratory.run(script: "menu_check", [Laboratory.program.path, "nobody"])
        #expect(status == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func `an owner records what callers of a mailbox and a menu hear, and the disk holds none of it as sound`() throws {
        let (status, _) = try Laboratory.run(script: "menu_check", [Laboratory.program.path, "greeting"])
        #expect(status == 0)
    }
}
