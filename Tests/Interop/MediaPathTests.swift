// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(
    "RFC 8827 browsers and phones that agree on keys over the media path",
    .serialized,
    .oneAtATime,
    .enabled(if: Laboratory.isPresent)
)
struct MediaPathTests {
    @Test(
        .timeLimit(.minutes(3)),
        .enabled(if: Laboratory.hasBrowser),
        arguments: [
            "browser-phone", "phone-browser", "browser-browser", "browser-video", "browser-linphone",
            "linphone-browser",
        ]
    )
    func `a browser calls and is called, and both hear each other`(trial: String) throws { try check(trial) }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: ["linphone-phone", "baresip-phone", "phone-linphone"]
    )
    func `a phone with DTLS calls one without and is called by it`(trial: String) throws { try check(trial) }

    private func check(_ trial: String) throws {
        let (status, output) = try Laboratory.run(
            script: "webrtc_check",
            [Laboratory.program.path, Laboratory.sipJS.path, trial]
        )
        #expect(status == 0, "\(output)")
    }
}
