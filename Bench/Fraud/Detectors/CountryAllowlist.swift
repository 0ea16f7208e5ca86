// SPDX-License-Identifier: Apache-2.0

/// Refuses what the owner has not opened, and looks at nothing else.
struct CountryAllowlist: Detector {
    let business: Business
    let rules: RuleSet
    var alerts: [Alert] = []

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict {
        if rules.has(.premiumNumbers) && !business.classes.contains(attempt.destination.numberClass) {
            return .refuse(.premiumNumbers)
        }
        return !rules.has(.countryDialing) || business.permits(attempt.destination) ? .allow : .refuse(.countryDialing)
    }
}
