// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Who comes in by the portal: password and second factor, and the sessions that follow.
///
/// What is wrong with a try is told to nobody: each takes the same way and about the same time, whoever it names.
public actor SignInDesk {
    let store: any Backend
    let events: any EventSink
    let hasher: any PasswordHasher
    let entropy: Entropy
    let now: @Sendable () -> WallTime
    let clock: @Sendable () -> MonotonicTime
    var gate = SignInGate()
    /// Secrets that were shown for an invitation and are not confirmed yet: one for each operator at most.
    var offered: [[UInt8]: Redacted<[UInt8]>] = [:]
    var challenges: PasskeyChallenges

    /// - Parameters:
    ///   - administrator: Of the same business.
    ///   - clock: For waits, which nobody shortens by setting the time.
    public init(
        for administrator: Administrator,
        hasher: any PasswordHasher,
        clock: @escaping @Sendable () -> MonotonicTime
    ) {
        (store, events, now) = (administrator.store, administrator.events, administrator.now)
        (entropy, self.hasher, self.clock) = (administrator.tokens, hasher, clock)
        challenges = PasskeyChallenges(using: administrator.tokens)
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { StoreExecutor.writer.asUnownedSerialExecutor() }

    /// What somebody typed to sign in, and from where.
    public struct Attempt: Sendable {
        public let name: String
        public let password: Redacted<String>
        /// Of the app, or a recovery code.
        public let code: Redacted<String>
        /// In place of the code; `nil` where none was used.
        public let passkey: PasskeyAnswer?
        public let visitor: Visitor

        public init(
            name: String,
            password: Redacted<String>,
            code: Redacted<String>,
            passkey: PasskeyAnswer? = nil,
            visitor: Visitor
        ) {
            (self.name, self.password, self.code, self.visitor) = (name, password, code, visitor)
            self.passkey = passkey
        }
    }

    /// A browser, before anybody knows who sits there.
    public struct Visitor: Sendable {
        public let address: IPAddress
        /// What it calls itself; from outside.
        public let agent: String
        /// What it was given when somebody signed in there before; `nil` where nobody did.
        public let browser: String?
        /// Of the session that it has, which the next one takes the place of.
        public let session: String?

        public init(address: IPAddress, agent: String, browser: String?, session: String?) {
            (self.address, self.browser, self.session) = (address, browser, session)
            self.agent = String(agent.unicodeScalars.prefix(Limits.agentCharacters).map(Character.init))
        }

        var source: EventSource { EventSource(BanSource(address)) }
    }

    public enum Outcome: Sendable {
        case signedIn(NewSession)
        /// Something did not match.
        case refused
        /// It was not looked at: so long it has to wait.
        case wait(Duration)
        /// Too many sign in at this moment.
        case busy(Refusal)
    }

    /// What a browser is given.
    public struct NewSession: Sendable {
        public let session: PortalSession
        public let token: Redacted<String>
        /// By which it is known next time.
        public let browser: Redacted<String>
    }

    public func signIn(_ attempt: Attempt) async -> Outcome {
        let subjects = subjects(of: attempt)
        if let wait = gate.enter(subjects, at: clock()) { return .wait(wait) }
        let person = try? store.signIn(of: attempt.name)
        let isRight: Bool
        do throws(Refusal) {
            isRight = try await hasher.verify(attempt.password, against: person?.password)
        } catch {
            gate.withdraw(subjects)
            return .busy(error)
        }
        let factor = factor(attempt, of: person)
        // A link may have been used while the password was looked at: then this one is no more.
        guard isRight, let person, let factor, (try? store.signIn(of: person.name))?.since == person.since,
            let role = role(of: person.name), use(factor, of: person.name)
        else {
            fail(attempt, subjects)
            return .refused
        }
        gate.succeed(subjects)
        do {
            return .signedIn(try begin(for: person.name, role, attempt.visitor))
        } catch {
            return .busy(.cannotWrite(error))
        }
    }

    /// A browser in which this person signed in before has a count of its own, which nobody else can use up.
    private func subjects(of attempt: Attempt) -> [SignInGate.Subject] {
        if let browser = attempt.visitor.browser.map(OneTimeToken.hash),
            (try? store.knows(browser: browser, of: attempt.name, at: now())) == true
        {
            return [.browser(browser, of: attempt.name)]
        }
        return [.source(attempt.visitor.address.accountable), .name(counted(attempt.name))]
    }

    /// A name as failures are counted for it: nobody has a longer one.
    private func counted(_ name: String) -> String {
        String(String.UnicodeScalarView(name.unicodeScalars.prefix(Limits.countedName)))
    }

    private enum Factor {
        case step(Int64)
        case recoveryCode([UInt8])
        case passkey(PasskeyRules.Proven)
    }

    private func factor(_ attempt: Attempt, of person: SignIn?) -> Factor? {
        guard let answer = attempt.passkey else { return factor(attempt.code, of: person) }
        let browser = answer.ticket.reveal { OneTimeToken.hash(copy $0) }
        return judge(answer, .signIn, from: browser, of: attempt.name, at: attempt.visitor.source).map(Factor.passkey)
    }

    /// What the code is; looked at as long for nobody as for somebody.
    private func factor(_ code: Redacted<String>, of person: SignIn?) -> Factor? {
        let secret = person?.secret ?? Redacted([UInt8](repeating: 0, count: SecondFactorRules.secretBytes))
        return code.reveal { typed -> Factor? in
            let typed = copy typed
            let hash = OneTimeCode.hash(recoveryCode: typed)
            let isRecovery = person?.recoveryCodes.contains(hash) ?? false
            let step = SecondFactorRules.step(of: typed, at: now()) { OneTimeCode.code(of: secret, step: $0) }
            return isRecovery ? .recoveryCode(hash) : step.map(Factor.step)
        }
    }

    /// - Returns: `false` when it was used before.
    private func use(_ factor: Factor, of name: String) -> Bool {
        switch factor {
        case .step(let step): return (try? store.use(step: step, of: name)) == true
        case .passkey(let proven): return use(proven)
        case .recoveryCode(let hash):
            let person = Identity.signedIn(name: name).description
            let draft = JournalDraft(actor: person, action: "portal.recovery-code", subject: name)
            return (try? store.use(recoveryCode: hash, of: name, journal: draft, at: now())) == true
        }
    }

    func role(of name: String) -> Role? { store.snapshot.operators.first { $0.account == name }?.role }

    private func fail(_ attempt: Attempt, _ subjects: [SignInGate.Subject]) {
        // What somebody typed as a name may be a password: only the name of an operator is kept.
        let subject = role(of: attempt.name).map { _ in
            EventSubject.operator(Identity.signedIn(name: attempt.name).description)
        }
        let isSlowed = gate.isSlowed(subjects, at: clock())
        publish(
            isSlowed ? .signInSlowed : .signInFailed,
            attempt.visitor.source,
            subject,
            isSlowed ? "a sign-in failed again, and the next one has to wait" : "a sign-in to the portal failed"
        )
    }

    func publish(_ kind: SecurityEventKind, _ source: EventSource, _ subject: EventSubject?, _ detail: String) {
        events.publish(
            .noticed(SecurityEvent(at: now(), kind: kind, source: source, subject: subject, detail: detail))
        )
    }
}
