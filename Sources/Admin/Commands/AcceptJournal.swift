// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Store

/// Takes the journal for whole that is there, after `journal.anchor` was lost or an older copy of the folder was put back. The
/// journal says so for ever, and what was found.
public struct AcceptJournal: Command {
    public static let name = "journal.accept"
    public static let rights: [Right] = [.acceptJournal]

    /// What happened and who decided.
    public let reason: String

    public init(reason: String) { self.reason = reason }

    public static func harmless(_: ExtensionNumber) -> Self { Self(reason: "") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> JournalEntry
    {
        guard let reason = DisplayName.parse(reason, limit: Model.Limits.reasonBytes) else { throw .noReason }
        let (name, now) = (caller.name, administrator.now())
        let acceptance = try administrator.writing { try $0.acceptJournal(by: name, because: reason, at: now) }
        switch acceptance {
        case .isWhole: throw .journalIsWhole
        case .isAltered(let verification): throw .journalIsAltered(verification)
        case .accepted(let entry):
            let draft = JournalDraft(actor: entry.actor, action: entry.action, subject: entry.subject)
            administrator.tell(
                draft,
                "The journal is taken for whole from entry \(entry.sequence) on, by \(name): \(reason)"
            )
            return entry
        }
    }
}

extension Refusal {
    fileprivate static let noReason = Self(
        .journal,
        problem: "The journal was not accepted.",
        reason: "its line stays for ever, and without a reason nobody knows what happened",
        remedy: "say it in 1 to 240 characters: --reason TEXT"
    )

    fileprivate static let journalIsWhole = Self(
        problem: "There is nothing to accept.",
        reason: "the journal is whole",
        remedy: "see for yourself: ringfence journal verify"
    )

    fileprivate static func journalIsAltered(_ verification: JournalVerification) -> Self {
        Self(
            .journal,
            problem: "The journal cannot be taken for whole.",
            reason: "entry \(verification.firstWrong ?? 0) was altered: \(verification.problem ?? "")",
            remedy: "keep a copy of the folder as evidence, and put it back from the last backup"
        )
    }
}
