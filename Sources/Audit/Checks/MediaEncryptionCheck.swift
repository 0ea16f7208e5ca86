// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model

extension Check {
    /// Looks at what the server offers, at the calls in progress, and at every recorded call that was answered.
    static let mediaEncryption = Check(.mediaEncryption) { system in
        // Over the media path nothing but these suites can be agreed on.
        let accepted = Set(SRTPSuite.allCases.map(\.rawValue) + [LegProtection.keysOverMediaPath])
        let legs = system.connections.filter { $0.carriesAudio && $0.trunk == nil }
        let answered = system.records.filter { $0.answeredAt != nil }
        let refused = system.records.count { $0.control == .mediaEncryption }
        var findings: [Finding] = []
        let foreign = system.media.suites.filter { SRTPSuite(rawValue: $0) == nil }
        if system.media.suites.isEmpty || !foreign.isEmpty { findings.append(.suites(system.media.suites)) }
        findings += legs.filter { !isEncrypted($0.protection, accepted) }.map(Finding.readableLeg)
        findings += answered.filter { record in
            // That of a provider that encrypts nothing is the matter of `trunk-encryption`.
            record.legs.contains { !$0.isReadableOutside && !isEncrypted($0.protection, accepted) }
        }.map(Finding.readableCall)
        let examined = [
            "suites offered: \(system.media.suites.joined(separator: ", "))",
            "\(legs.count) legs of calls in progress",
            "\(answered.count) answered calls in the records; \(refused) were refused because they offered readable audio",
        ]
        return CheckReport(control: .mediaEncryption, examined: examined, findings: findings)
    }

    static func isEncrypted(_ protection: LegProtection?, _ accepted: Set<String>) -> Bool {
        protection?.srtpSuite.map(accepted.contains) ?? false
    }
}

/// What protects one leg of an answered call.
struct RecordedLeg {
    let protection: LegProtection?
    /// Whether it went to a provider that encrypts nothing.
    let isReadableOutside: Bool
}

extension CallRecord {
    /// Its ``protections``, the caller's first.
    var legs: [RecordedLeg] {
        zip(protections, caller == .system ? [callee] : [caller, callee]).map { protection, end in
            RecordedLeg(
                protection: protection,
                isReadableOutside: protection?.isReadable == true && end?.isOutside == true
            )
        }
    }
}

extension Finding {
    fileprivate static func suites(_ suites: [String]) -> Self {
        Finding(
            "suites",
            .mediaEncryption,
            .critical,
            "The server would agree to audio that can be read.",
            evidence: suites.isEmpty ? "it offers no SRTP suite at all" : "it offers \(suites.joined(separator: ", "))",
            remedy: "stop the server and report the bug; no setting should allow this"
        )
    }

    fileprivate static func readableLeg(_ leg: ConnectionFacts) -> Self {
        Finding(
            "readable-leg",
            .mediaEncryption,
            .critical,
            "The audio of \(leg.subject) can be listened to now.",
            evidence: "SRTP suite: \(leg.protection.srtpSuite ?? "none")",
            remedy: "end the call: ringfence call end; then set SRTP to mandatory in the phone"
        )
    }

    fileprivate static func readableCall(_ record: CallRecord) -> Self {
        let suites = record.protections.map { $0?.srtpSuite ?? "none" }
        return Finding(
            "readable-call",
            .mediaEncryption,
            .critical,
            "A call of extension \(record.caller) was answered without encryption on both sides.",
            evidence: "record \(record.id) of \(record.startedAt): SRTP suite \(suites.joined(separator: " and "))",
            remedy: "report the bug; no setting should allow this"
        )
    }
}
