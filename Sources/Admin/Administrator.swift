// SPDX-License-Identifier: Apache-2.0

public import Guard
import Model
public import Primitives
public import Store

/// Everything an operator can do, once, whatever the front end. The only one who changes settings.
///
/// Each change takes the same path: may this actor do it, is it possible, write it with its journal entry in one transaction,
/// then tell the engine, which ends what is now forbidden. Only then is it answered.
public actor Administrator {
    let store: RingfenceStore
    let engine: any Engine
    let notifier: any Notifier
    var facts: EnrolmentFacts
    let audit: @Sendable () async -> AuditSummary
    let now: @Sendable () -> WallTime
    var entropy: Entropy

    /// - Parameters:
    ///   - audit: Looks at the live system; seconds.
    ///   - entropy: The system's own source, for user names and passwords.
    public init(
        store: RingfenceStore,
        engine: any Engine,
        notifier: any Notifier,
        enrolment facts: EnrolmentFacts,
        entropy: Entropy,
        now: @escaping @Sendable () -> WallTime,
        audit: @escaping @Sendable () async -> AuditSummary
    ) {
        (self.store, self.engine, self.notifier, self.facts) = (store, engine, notifier, facts)
        (self.entropy, self.now, self.audit) = (entropy, now, audit)
    }

    /// Does what is asked, or says why not.
    ///
    /// A change that is refused leaves everything as it was but for a line in the journal.
    public func perform(_ command: Command, by actor: Actor) async throws(Refusal) -> Answer {
        do throws(Refusal) {
            guard actor.may(command) else { throw .notAllowed(command, actor) }
            return try await answer(command, by: actor)
        } catch {
            if command.changesSomething { keep(error, of: command, by: actor) }
            throw error
        }
    }

    private func answer(_ command: Command, by actor: Actor) async throws(Refusal) -> Answer {
        switch command {
        case .extension(let command): try await perform(command, by: actor)
        case .phone(let command): try await perform(command, by: actor)
        case .registration(.list): .registrations(await engine.registrations())
        case .call(let command): try await perform(command, by: actor)
        case .record(.list(let limit)): .records(try reading { try store.records(limit: limit) })
        case .journal(.list(let limit)): .journal(try reading { try store.journal(limit: limit) })
        case .journal(.verify): .verification(try await verifyJournal())
        case .control(let command): try perform(command, by: actor)
        case .listener(let command): try await perform(command, by: actor)
        case .ban(let command): try await perform(command, by: actor)
        case .certificate(let command): try await perform(command, by: actor)
        case .event(.list(let limit)): .events(try reading { try store.events(limit: limit) })
        case .audit(.run): .audit(try await runAudit())
        case .doctor: .doctor(await doctor())
        }
    }

    /// Writes a change and makes the engine follow it.
    func change(_ changes: [Change], _ drafts: [JournalDraft], notice: String) async throws(Refusal) {
        let traces = drafts.map { JournalRules.Trace(actor: $0.actor, action: $0.action, subject: $0.subject) }
        if let refusal = JournalRules.refusal(ofChanges: changes.count, traces: traces) { throw refusal }
        do {
            _ = try store.change(changes, journal: drafts, at: now())
        } catch {
            throw .cannotWrite(error)
        }
        // The newest, not the one just made: two changes may be on their way, and the later one must not be undone.
        await engine.apply(store.snapshot)
        await notifier.notify(Notice(control: nil, text: notice))
    }

    func reading<Value>(_ read: () throws -> Value) throws(Refusal) -> Value {
        do {
            return try read()
        } catch {
            throw .cannotRead(error)
        }
    }

    private func keep(_ refusal: Refusal, of command: Command, by actor: Actor) {
        let draft = JournalDraft(
            actor: actor.name,
            action: command.name,
            subject: "refused",
            detail: JournalDetail.refusal(refusal)
        )
        // What was refused changed nothing; that the disk is full is said by the command that needs it.
        _ = try? store.append(draft, at: now())
    }
}
