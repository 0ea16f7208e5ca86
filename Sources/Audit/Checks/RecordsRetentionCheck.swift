// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares the oldest record and the oldest message with how long they may be kept (ATTACKS W06).
    static let recordsRetention = Check(.recordsRetention) { system in
        let settings = system.snapshot.retention
        var findings: [Finding] = []
        if let refusal = RetentionRules.refusal(of: settings) { findings.append(.wrongSettings(refusal)) }
        if let hold = settings.hold { findings.append(.held(hold)) }
        guard let kept = system.kept else {
            return CheckReport(control: .recordsRetention, examined: [], findings: findings + [.unreadable])
        }
        let oldest: [(RetentionRules.Kind, String, WallTime?)] = [
            (.records, "record of a call", kept.oldestRecord), (.messages, "voice message", kept.oldestMessage),
        ]
        for (kind, name, oldest) in oldest {
            guard let oldest, let end = RetentionRules.end(of: kind, under: settings, at: system.now) else { continue }
            // The night that deletes it comes within a day, and one night of them may be missed.
            if oldest + RetentionRules.grace < end { findings.append(.tooOld(name, oldest)) }
        }
        return CheckReport(
            control: .recordsRetention,
            examined: [
                "records: \(settings.recordDays) days, the oldest of \(kept.oldestRecord.map(\.description) ?? "none")",
                "messages: \(settings.messageDays) days, the oldest of \(kept.oldestMessage.map(\.description) ?? "none")",
            ],
            findings: findings
        )
    }
}

extension Finding {
    fileprivate static let unreadable = Finding(
        "unreadable",
        .recordsRetention,
        .critical,
        "Nobody can say how old records and messages are.",
        evidence: "the folder of the installation cannot be read",
        remedy: "look what is wrong with it: ringfence doctor"
    )

    fileprivate static func wrongSettings(_ refusal: Refusal) -> Self {
        Finding(
            "wrong-settings",
            .recordsRetention,
            .critical,
            refusal.problem,
            evidence: refusal.reason,
            remedy: refusal.remedy
        )
    }

    fileprivate static func held(_ reason: String) -> Self {
        Finding(
            "held",
            .recordsRetention,
            .notice,
            "Nothing that tells of people is deleted.",
            evidence: "it is held: \(reason)",
            remedy: "release it when nobody needs it any more: ringfence retention set --release"
        )
    }

    fileprivate static func tooOld(_ name: String, _ oldest: WallTime) -> Self {
        Finding(
            "too-old",
            .recordsRetention,
            .warning,
            "A \(name) is kept for longer than it may be.",
            evidence: "the oldest one is of \(oldest)",
            remedy: "see whether the nightly work is done: ringfence job list"
        )
    }
}
