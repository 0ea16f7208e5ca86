// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// With PORTAL_PICTURES in the environment, a picture of each page is left in that folder.
@Suite("An office manager with a browser", .oneAtATime, .enabled(if: Laboratory.hasPortal && Laboratory.hasProvider))
struct PortalTests {
    @Test(.timeLimit(.minutes(15)))
    func `comes in by a link, enrols phones, opens a country, watches an audit and exports the journal`() throws {
        let pictures = ProcessInfo.processInfo.environment["PORTAL_PICTURES"].map { [$0] } ?? []
        let (status, output) = try Laboratory.run(script: "portal_check", [Laboratory.program.path] + pictures)
        #expect(status == 0, "\(output)")
    }
}
