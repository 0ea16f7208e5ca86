// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares when extensions were last used with how long they may stay, and looks whether one that is disabled still has a
    /// phone that is registered.
    static let dormantExtensions = Check(.dormantExtensions) { system in
        let extensions = system.snapshot.extensions.values.sorted { $0.number < $1.number }
        guard let uses = system.uses else {
            return CheckReport(
                control: .dormantExtensions,
                examined: ["\(extensions.count) extensions, of which it cannot be read when they were used"],
                findings: [.unreadableUses]
            )
        }
        var findings: [Finding] = []
        for value in extensions {
            let use = uses[value.number] ?? ExtensionUse()
            switch DormancyRules.decide(value, use, at: system.now) {
            case .inUse: break
            case .disabled: if system.registered.contains(value.number) { findings.append(.left(value.number)) }
            case .reserved: break
            case .unused(let days): findings.append(.unused(value, use, days))
            case .dormant(let days): findings.append(.notRetired(value, use, days))
            }
            if let reservation = value.reservation, system.now < reservation.until {
                findings.append(.kept(value.number, reservation))
            }
        }
        let enabled = extensions.filter(\.isEnabled)
        let longest = enabled.map { ($0.number, days: $0.unusedDays(uses, at: system.now)) }.max { $0.days < $1.days }
        let examined = [
            "the last use of \(enabled.count) extensions"
                + (longest.map { "; the longest unused is \($0.0), for \($0.days) days" } ?? ""),
            "\(extensions.count - enabled.count) extensions that are disabled, and the phones that are registered",
        ]
        return CheckReport(control: .dormantExtensions, examined: examined, findings: findings)
    }
}

extension Extension {
    fileprivate func unusedDays(_ uses: [ExtensionNumber: ExtensionUse], at now: WallTime) -> Int {
        DormancyRules.unusedDays(self, uses[number] ?? ExtensionUse(), at: now)
    }
}

extension ExtensionUse {
    fileprivate var words: String { usedAt.map { "last used \($0)" } ?? "never used" }
}

extension Finding {
    fileprivate static let unreadableUses = Finding(
        "unreadable",
        .dormantExtensions,
        .warning,
        "It cannot be read when extensions were last used.",
        evidence: "the database gave no answer",
        remedy: "see what is wrong: ringfence doctor"
    )

    fileprivate static func unused(_ value: Extension, _ use: ExtensionUse, _ days: Int) -> Self {
        let told = use.toldAt.map { "people were told \($0)" } ?? "people are told in the coming night"
        return Finding(
            "unused",
            .dormantExtensions,
            .warning,
            "Nobody has used extension \(value.number) for \(days) days, and its phones can still log in.",
            evidence: "\(use.words); \(told)",
            remedy: "end it (ringfence extension disable \(value.number)), or say why it stays: "
                + "ringfence extension reserve \(value.number) --reason TEXT --until \(Guard.Limits.reservedDays)d"
        )
    }

    fileprivate static func notRetired(_ value: Extension, _ use: ExtensionUse, _ days: Int) -> Self {
        Finding(
            "not-ended",
            .dormantExtensions,
            .critical,
            "Extension \(value.number) should have ended: nobody has used it for \(days) days.",
            evidence: "\(use.words), and it is enabled",
            remedy:
                "end it (ringfence extension disable \(value.number)), and see why the job extension.review did not: "
                + "ringfence job list"
        )
    }

    fileprivate static func left(_ number: ExtensionNumber) -> Self {
        Finding(
            "registered",
            .dormantExtensions,
            .critical,
            "A phone is registered for extension \(number), which is disabled.",
            evidence: "the registrations of this moment",
            remedy: "revoke its phones (ringfence phone list) and report the bug"
        )
    }

    /// One that nobody could have given shows that somebody wrote it past the commands.
    fileprivate static func kept(_ number: ExtensionNumber, _ reservation: Reservation) -> Self {
        let isTooLong = DormancyRules.refusal(of: reservation, for: number) != nil
        return Finding(
            isTooLong ? "kept-too-long" : "kept",
            .dormantExtensions,
            isTooLong ? .critical : .notice,
            isTooLong
                ? "Extension \(number) is kept for longer than anybody may."
                : "Extension \(number) is kept although nobody may use it.",
            evidence: "by \(reservation.grantedBy) until \(reservation.until): \(reservation.reason)",
            remedy: "when it is not needed any more: ringfence extension unreserve \(number)"
        )
    }
}
