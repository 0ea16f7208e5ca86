// SPDX-License-Identifier: Apache-2.0

/// Lets every call go: what an attack takes when nobody looks.
struct NoControl: Detector {
    var alerts: [Alert] = []

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict { .allow }
}
