// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// With PORTAL_PICTURES in the environment, a picture of each page is left in that folder.
@Suite("An office manager with a browser", .oneAtATime, .enabled(if: Laboratory.hasPortal))
struct PortalTests {
    @Test(.timeLimit(.minutes(10)))
    func `comes in by the link of init, enrols a phone, sees its call live and hangs it up`() throws {
        let pictures = ProcessInfo.processInfo.environment["PORTAL_PICTURES"].map { [$0] } ?? []
        let (status, output) = try Laboratory.run(script: "portal_check", [Laboratory.program.path] + pictures)
        #expect(status == 0, "\(output)")
    }
}
