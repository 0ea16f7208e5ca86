// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Model
import Primitives

extension Finding {
    /// Whether phones are being sent away because too many came at once, and when the last of them is back (row D19).
    init(_ figures: SheddingFigures, at now: WallTime) {
        guard let until = figures.until, let recovery = figures.recovery?.components.seconds else {
            self.init(
                "registrations",
                of: "registrations",
                isWell: true,
                finding: "no phone was ever told to come back later"
            )
            return
        }
        let left = (until - now).components.seconds
        guard left > 0 else {
            self.init(
                "registrations",
                of: "registrations",
                isWell: true,
                finding: "the last rush of phones was over after \(recovery) s, at \(until)"
            )
            return
        }
        self.init(
            "registrations",
            of: "registrations",
            isWell: false,
            finding: "too many phones came at once: they were told to wait, the last is back in \(left) s",
            remedy: "wait: phones that were here before are let in first"
        )
    }
}
