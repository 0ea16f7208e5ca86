// SPDX-License-Identifier: Apache-2.0

import Model

/// The thresholds of all rules for a business of a size, ready to be compared with.
struct PatternLimits: Sendable {
    struct Limit: Sendable {
        var warn: Int
        var block: Int
        /// How long calls are stopped.
        var seconds: UInt32

        /// Half as much again as usual, and two and a half times: but at most eight times what the settings say.
        func widened(by usual: Int) -> Self {
            Self(
                warn: max(warn, min(usual * 3 / 2, warn * Limits.habitWidening)),
                block: max(block, min(usual * 5 / 2, block * Limits.habitWidening)),
                seconds: seconds
            )
        }
    }

    private let limits: [Limit]

    init(_ settings: PatternSettings, extensions: Int) {
        let seats = min(max(extensions, 0), Model.Limits.patternThreshold)
        limits = PatternRule.allCases.map { rule in
            let (threshold, percent) = (settings[rule], 100 + rule.growth * seats)
            return Limit(
                warn: threshold.warn * percent / 100,
                block: threshold.block * percent / 100,
                seconds: UInt32(clamping: threshold.minutes * 60)
            )
        }
    }

    subscript(rule: PatternRule) -> Limit { limits[Int(rule.rawValue)] }
}
