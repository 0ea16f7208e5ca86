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
    /// Where it decides and writes, on the one thread that writes. What takes long to read is read by ``reading(_:)``.
    let store: any Backend
    let engine: any Engine
    let events: any EventSink
    let doorkeeper: any Doorkeeper
    var facts: EnrolmentFacts
    let audit: @Sendable () async -> AuditSummary
    let now: @Sendable () -> WallTime
    var entropy: Entropy
    /// The same, for tokens.
    nonisolated let tokens: Entropy
    private var refusals = RefusalTally()
    private var rightRefusals = RefusalTally()
    var codes = CodeTally()
    /// When operators were last written down to be here.
    var seen: [String: WallTime] = [:]
    /// Where the portal is open at this moment; empty for nowhere.
    var portal: [SocketAddress] = []
    /// The scores of the days before today, once somebody asked.
    var scores: PastScores?
    /// A price list that somebody is handing over.
    var upload: RateUpload?

    /// - Parameters:
    ///   - audit: Looks at the live system; seconds.
    ///   - entropy: The system's own source, for user names and passwords.
    public init(
        store: any Backend,
        engine: any Engine,
        events: any EventSink,
        doorkeeper: any Doorkeeper,
        enrolment facts: EnrolmentFacts,
        entropy: Entropy,
        now: @escaping @Sendable () -> WallTime,
        audit: @escaping @Sendable () async -> AuditSummary
    ) {
        self.store = store
        (self.engine, self.events, self.facts) = (engine, events, facts)
        self.doorkeeper = doorkeeper
        (self.entropy, self.now, self.audit) = (entropy, now, audit)
        tokens = entropy
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { StoreExecutor.writer.asUnownedSerialExecutor() }

    /// Does what is asked, or says why not.
    ///
    /// What is refused leaves everything as it was but for a line in the journal: where somebody has not the right, and where
    /// something would have changed.
    public func perform<Asked: Command>(_ command: Asked, by actor: Actor) async throws(Refusal) -> Asked.Reply {
        let caller = Caller(actor, permit: try await authorise(command, by: actor))
        do throws(Refusal) {
            return try await command.run(in: self, for: caller)
        } catch {
            // A database that did not take the change does not take a line about it either, and would be waited for once more.
            if Asked.changesSomething, error.problem != Refusal.notMade { keep(error, of: Asked.name, by: actor.name) }
            throw error
        }
    }

    private func authorise<Asked: Command>(_ command: Asked, by actor: Actor) async throws(Refusal) -> Permit {
        do throws(Refusal) {
            return try Authoriser.decide(command.needed, on: command.subject, by: actor.name, with: actor.mandate)
        } catch {
            await alarm(error, of: Asked.name, by: actor.name)
            throw error
        }
    }

    /// Writes a change and makes the engine follow it.
    func change(_ changes: [Change], _ drafts: [JournalDraft], notice: String) async throws(Refusal) {
        let traces = drafts.map { JournalRules.Trace(actor: $0.actor, action: $0.action, subject: $0.subject) }
        if let refusal = JournalRules.refusal(ofChanges: changes.count, traces: traces) { throw refusal }
        let snapshot: Snapshot
        do {
            snapshot = try store.change(changes, journal: drafts, at: now())
        } catch {
            throw .cannotWrite(error)
        }
        // Whoever comes by that name now was not here yet.
        for case .dismiss(let account) in changes { seen[account] = nil }
        for case .appoint(let person) in changes { seen[person.account] = nil }
        // In this order: a call that is forbidden now ends before somebody loses the connection they ended it by.
        let followers: [any SettingsFollower] = [engine, doorkeeper]
        for follower in followers { await follower.apply(snapshot, changes) }
        if let first = drafts.first { tell(first, notice) }
    }

    /// Tells everybody who wants to know what somebody did.
    ///
    /// - Parameter draft: What the journal has of it, or the first of its lines.
    func tell(_ draft: JournalDraft, _ text: String) {
        events.publish(.changed(Alteration(by: draft.actor, draft.action, of: draft.subject, text: text)))
    }

    /// Reads beside everything else that is asked; others may change something meanwhile.
    func reading<Value: Sendable>(
        _ read: @escaping @Sendable (any Backend) throws -> Value
    ) async throws(Refusal) -> Value {
        do {
            return try await BusinessStore(store).read(read)
        } catch {
            throw .cannotRead(error)
        }
    }

    /// Writes something that is no setting.
    @discardableResult
    func writing<Value>(_ write: (any Backend) throws -> Value) throws(Refusal) -> Value {
        do {
            return try write(store)
        } catch {
            throw .cannotWrite(error)
        }
    }

    /// Writes down that somebody was refused: some times an hour each, and how often besides.
    ///
    /// - Returns: Of how many refusals the line tells; `nil` when there is none.
    @discardableResult
    func keep(_ refusal: Refusal, of action: String, by name: String, isAboutRights: Bool = false) -> Int? {
        let time = now()
        // Counted apart, so that nobody hides what they have no right to behind many mistakes.
        let count = isAboutRights ? rightRefusals.write(of: name, at: time) : refusals.write(of: name, at: time)
        guard let unwritten = count else { return nil }
        let detail = JournalDetail.refusal(refusal, unwritten: unwritten)
        // What was refused changed nothing; that the disk is full is said by the command that needs it.
        let draft = JournalDraft(actor: name, action: action, subject: "refused", detail: detail)
        _ = try? store.append(draft, at: time)
        return unwritten + 1
    }

    /// The same where somebody has not the right: people hear of it too.
    func alarm(_ refusal: Refusal, of action: String, by name: String) async {
        guard let count = keep(refusal, of: action, by: name, isAboutRights: true) else { return }
        let event = SecurityEvent(
            at: now(),
            kind: .rightRefused,
            source: .machine,
            subject: .operator(name),
            detail: "\(action): \(refusal.problem)",
            count: count
        )
        events.publish(.noticed(event))
    }
}
