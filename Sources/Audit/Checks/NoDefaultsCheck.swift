// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Looks at the gate before the first call outside, and whether calls left while it was closed (ATTACKS T01).
    static let noDefaults = Check(.noDefaults) { system in
        let gate = system.outside.inForce.goLive
        var findings: [Finding] = []
        if system.outside.stored?.goLive != gate { findings.append(.otherGate(isRead: system.outside.stored != nil)) }
        // A business without a line outside is not open yet.
        if !gate.isAsked { findings.append(.neverAsked(isOpen: !system.snapshot.outside.usableTrunks.isEmpty)) }
        let missing = gate.missing(at: system.now)
        if !missing.isEmpty { findings.append(.closed(missing)) }
        findings += gate.waiting(at: system.now).map { Finding.waiting($0, gate[$0]) }
        let legs = system.records.flatMap(\.charges)
        if let since = gate.closedSince(at: system.now) {
            findings += legs.filter { $0.reservedAt >= since }.prefix(1).map { Finding.left($0, since) }
        }
        let words = GoLive.Duty.allCases.map {
            "\($0.rawValue) \(gate[$0] == nil ? "not" : "by \(gate[$0]?.person ?? "")")"
        }
        return CheckReport(
            control: .noDefaults,
            examined: [
                gate.isAsked ? "seen to: \(words.joined(separator: ", "))" : "nothing is asked for",
                "\(legs.count) legs in the records that left by a trunk",
            ],
            findings: findings
        )
    }
}

extension Finding {
    fileprivate static func otherGate(isRead: Bool) -> Self {
        Finding(
            "other-settings",
            .noDefaults,
            .critical,
            "The gate before the first call stands otherwise than it is stored.",
            evidence: isRead
                ? "the running server and the database differ" : "the settings in the database cannot be read",
            remedy: "start the server again; if this comes back, look who wrote to its folder: ringfence journal verify"
        )
    }

    fileprivate static func neverAsked(isOpen: Bool) -> Self {
        Finding(
            "never-asked",
            .noDefaults,
            isOpen ? .warning : .notice,
            "Nobody was asked to see to defaults before the first call outside.",
            evidence: "the business is from before there was a gate, or was made without a portal",
            remedy: "see to them, and let calls wait until then: ringfence live ask"
        )
    }

    fileprivate static func closed(_ missing: [GoLive.Duty]) -> Self {
        Finding(
            "closed",
            .noDefaults,
            .notice,
            "Calls outside are refused until somebody has seen to what is left.",
            evidence: missing.map(\.words).joined(separator: "; "),
            remedy: "see what is left: ringfence live show"
        )
    }

    fileprivate static func waiting(_ duty: GoLive.Duty, _ word: GoLive.Word?) -> Self {
        Finding(
            "waiting",
            .noDefaults,
            .notice,
            "Something waits that is to be seen to before the first call outside.",
            evidence:
                "\(duty.words): until \(word?.until.map { "\($0)" } ?? "") by \(word?.person ?? ""), \(word?.reason ?? "")",
            remedy: "see to it, and say so: ringfence live confirm \(duty.rawValue)"
        )
    }

    fileprivate static func left(_ charge: LegCharge, _ since: WallTime) -> Self {
        Finding(
            "left",
            .noDefaults,
            .critical,
            "A call left although the business may not call outside yet.",
            evidence: "to \(charge.number) at \(charge.reservedAt); the gate is closed since \(since)",
            remedy: "disable the trunk, and report the bug: ringfence trunk list"
        )
    }
}
