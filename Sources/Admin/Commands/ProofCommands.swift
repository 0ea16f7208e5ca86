// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Store

/// The last entries of the journal of those that are asked for, oldest first.
public struct ListJournal: Command {
    public static let name = "journal.list"
    public static let rights: [Right] = [.readJournal]

    public let query: JournalQuery

    public init(_ query: JournalQuery) { self.query = query }

    /// The last ones that people wrote.
    public init(limit: Int) { self.init(JournalQuery(limit: limit)) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(limit: 1) }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [JournalEntry] {
        try await administrator.reading { try $0.journal(query) }
    }
}

/// Recomputes the whole chain of the journal.
public struct VerifyJournal: Command {
    public static let name = "journal.verify"
    public static let rights: [Right] = [.readJournal]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(
        in administrator: isolated Administrator,
        for _: Caller
    ) async throws(Refusal) -> JournalVerification {
        let verification = try await administrator.reading { try $0.verifyJournal() }
        administrator.tell(verification)
        return verification
    }
}

/// What attackers tried, the newest first.
public struct ListEvents: Command {
    public static let name = "event.list"
    public static let rights: [Right] = [.seeEvents]

    /// How many at most.
    public let limit: Int

    public init(limit: Int) { self.limit = limit }

    public static func harmless(_: ExtensionNumber) -> Self { Self(limit: 1) }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [SecurityEvent] {
        try await administrator.reading { try $0.events(limit: limit) }
    }
}

/// Looks at every control on the live system. Takes seconds.
public struct RunAudit: Command {
    public static let name = "audit.run"
    public static let rights: [Right] = [.runAudit]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    /// Looks, keeps what was found as proofs, and answers with all of it.
    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> AuditSummary {
        let summary = await administrator.audit()
        try administrator.keep(summary.outcomes, .audit)
        if !summary.holds {
            let failed = summary.outcomes.filter { !$0.passed }.map(\.control.rawValue).joined(separator: ", ")
            let finding = Finding(
                "audit.falls-short",
                .warning,
                "The audit found controls that fall short: \(failed)",
                remedy: "See what and why: ringfence audit run"
            )
            administrator.events.publish(.found(finding))
        }
        return summary
    }
}

/// Keeps what `attack run` found out; it attacks from a process of its own.
public struct KeepProofs: Command {
    public struct Reply: Hashable, Sendable, Codable {
        public let count: Int

        public init(count: Int) { self.count = count }
    }

    public static let name = "control.keep-proofs"
    public static let rights: [Right] = [.keepProofs]

    public let kind: Proof.Kind
    public let outcomes: [ControlOutcome]

    public init(_ kind: Proof.Kind, _ outcomes: [ControlOutcome]) { (self.kind, self.outcomes) = (kind, outcomes) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(.attack, []) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        try administrator.require(outcomes.count)
        try administrator.keep(outcomes, kind)
        let entry = caller.draft("control.keep-proofs", kind.rawValue, JournalDetail.outcomes(outcomes))
        try administrator.writing { try $0.append(entry, at: administrator.now()) }
        return Reply(count: outcomes.count)
    }
}

extension Administrator {
    /// Tells everybody who wants to know that the journal was altered, where it was.
    func tell(_ verification: JournalVerification) {
        guard let sequence = verification.firstWrong else { return }
        let detail = "The journal was altered at entry \(sequence): \(verification.problem ?? "")"
        events.publish(.noticed(SecurityEvent(at: now(), kind: .journalBroken, source: .machine, detail: detail)))
    }

    fileprivate func keep(_ outcomes: [ControlOutcome], _ kind: Proof.Kind) throws(Refusal) {
        let time = now()
        let proofs = outcomes.map {
            Proof(control: $0.control, kind: kind, at: time, passed: $0.passed, evidence: $0.evidence)
        }
        try writing { try $0.recordProofs(proofs) }
    }
}
