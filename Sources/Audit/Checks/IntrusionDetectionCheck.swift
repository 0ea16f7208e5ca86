// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Asks our own listener as a stranger, for names that exist and for names that do not, and compares the answers byte
    /// by byte (ATTACKS R01 to R03).
    static let intrusionDetection = Check(.intrusionDetection) { system in
        var (findings, examined): ([Finding], [String]) = ([], [])
        let entropy = Entropy { UInt64.random(in: 0...(.max)) }
        if let ban = system.sources.auditBan {
            findings.append(.shutOut(.intrusionDetection, ban))
        } else {
            await ask(system, entropy, into: &findings, &examined)
        }
        let bans = system.sources.bans
        examined.append(
            "sources that are shut out: \(bans.count); phones shut out with them: \(system.sources.bannedPhones.count)"
        )
        findings += system.sources.bannedPhones.map(Finding.shutsOut)
        let endless = bans.filter { $0.actor == "ringfence" && $0.until - $0.since > Guard.Limits.longestBan }
        findings += endless.map(Finding.endless)
        return CheckReport(control: .intrusionDetection, examined: examined, findings: findings)
    }

    private static func ask(
        _ system: LiveSystem,
        _ entropy: Entropy,
        into findings: inout [Finding],
        _ examined: inout [String]
    ) async {
        let pairs = await compare(system, entropy, into: &findings)
        examined.append("\(pairs) pairs of answers for a name that exists and one that does not")
        let scanner = await system.askAsStranger([scan(system, entropy)]).first.flatMap(\.self)
        examined.append("a request that calls itself friendly-scanner: \(scanner == nil ? "silence" : "an answer")")
        if let scanner { findings.append(.answersScanners(scanner)) }
    }

    private static func compare(
        _ system: LiveSystem,
        _ entropy: Entropy,
        into findings: inout [Finding]
    ) async -> Int {
        let names = KnownAndUnknown.names(in: system.snapshot, using: entropy)
        var (compared, unanswered): (Int, [String]) = (0, [])
        for method in ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE"] {
            for (known, unknown) in names {
                let drafts = [known, unknown].map {
                    RequestDraft.probe(method, name: $0, domain: system.snapshot.domain.text, using: entropy)
                }
                let answers = await system.askAsStranger(drafts.map(\.bytes))
                guard answers.count == 2, let first = answers[0], let second = answers[1] else {
                    if unanswered.last != method { unanswered.append(method) }
                    continue
                }
                compared += 1
                let masked = (AnswerMask.apply(to: first, of: drafts[0]), AnswerMask.apply(to: second, of: drafts[1]))
                if masked.0 != masked.1 { findings.append(.telling(method, masked.0, masked.1)) }
            }
        }
        if !unanswered.isEmpty { findings.append(.noChallenge(unanswered)) }
        return compared
    }

    private static func scan(_ system: LiveSystem, _ entropy: Entropy) -> [UInt8] {
        var draft = RequestDraft.probe("OPTIONS", name: "100", domain: system.snapshot.domain.text, using: entropy)
        draft.userAgent = "friendly-scanner"
        return draft.bytes
    }
}

/// Names that exist in this business, each beside one of the same form that does not.
enum KnownAndUnknown {
    static func names(in snapshot: Snapshot, using entropy: Entropy) -> [(known: String, unknown: String)] {
        var names: [(String, String)] = []
        if let number = snapshot.extensions.keys.min() {
            let free = (0..<1_000).lazy.map { _ in digits(number.text.utf8.count, using: entropy) }.first {
                candidate in !snapshot.extensions.keys.contains { $0.text == candidate }
            }
            if let free { names.append((number.text, free)) }
        }
        if let username = snapshot.devices.keys.min() {
            names.append((username, String(entropy.token(bits: 128).prefix(username.utf8.count))))
        }
        return names
    }

    static func digits(_ count: Int, using entropy: Entropy) -> String {
        String(decoding: entropy.bytes(count).map { UInt8(ascii: "0") + $0 % 10 }, as: UTF8.self)
    }
}

extension Finding {
    fileprivate static func answersScanners(_ answer: [UInt8]) -> Self {
        Finding(
            "answers-scanners",
            .intrusionDetection,
            .warning,
            "The server answers programs that announce themselves as scanners.",
            evidence: "\(answer.count) bytes came back",
            remedy: "report the bug; no setting should allow this"
        )
    }

    fileprivate static func telling(_ method: String, _ known: String, _ unknown: String) -> Self {
        let lines = zip(known.split(separator: "\r\n"), unknown.split(separator: "\r\n")).first { $0 != $1 }
        let difference = lines.map { "'\($0)' against '\($1)'" } ?? "one is longer"
        return Finding(
            "telling",
            .intrusionDetection,
            .critical,
            "A stranger can find out which extensions exist.",
            evidence: "\(method) for a known and an unknown name: \(difference)",
            remedy: "report the bug; no setting should allow this"
        )
    }

    fileprivate static func noChallenge(_ methods: [String]) -> Self {
        Finding(
            "no-challenge",
            .intrusionDetection,
            .warning,
            "The server did not answer a stranger's requests, so nothing could be compared.",
            evidence: "\(methods.joined(separator: ", ")) over new TLS connections of our own got no answer",
            remedy: "wait a minute and run the audit again; if it stays, see: ringfence doctor"
        )
    }

    fileprivate static func shutsOut(_ phone: String) -> Self {
        Finding(
            "shuts-out",
            .intrusionDetection,
            .critical,
            "A source with a registered phone is shut out.",
            evidence: phone,
            remedy: "lift the ban and report the bug: ringfence ban list"
        )
    }

    fileprivate static func endless(_ ban: Ban) -> Self {
        Finding(
            "endless",
            .intrusionDetection,
            .warning,
            "The server shut a source out for longer than it may by itself.",
            evidence: "\(ban.source) until \(ban.until)",
            remedy: "decide it yourself, or lift it: \(ban.remedy)"
        )
    }
}

extension Finding {
    /// The audit cannot look at a control, because the server hears nothing from where the audit asks.
    static func shutOut(_ control: Control, _ ban: Ban) -> Self {
        Finding(
            "shut-out",
            control,
            .warning,
            "The audit itself is shut out, so nothing could be looked at from outside.",
            evidence: "\(ban.source), which the audit asks from, until \(ban.until): \(ban.evidence)",
            remedy: "let it in and run the audit again: \(ban.remedy)"
        )
    }
}
