// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Passkeys: a second kind of second factor, beside the codes of an app.
extension SignInDesk {
    /// A signature of a passkey, with what it came by.
    public struct PasskeyAnswer: Sendable {
        let assertion: PasskeyAssertion
        let party: PasskeyRules.Party
        /// What the browser was given with the challenge; empty in a session.
        let ticket: Redacted<String>

        public init(
            _ assertion: PasskeyAssertion,
            for party: PasskeyRules.Party,
            ticket: Redacted<String> = Redacted("")
        ) {
            (self.assertion, self.party, self.ticket) = (assertion, party, ticket)
        }
    }

    /// What the authenticator of somebody who is signed in is asked for a new passkey.
    public struct PasskeyOffer: Sendable {
        public let challenge: [UInt8]
        /// Stands for the operator in the authenticator (user handle): 32 bytes that say nothing to others.
        public let user: [UInt8]
        /// The IDs of those that they have: an authenticator makes no second one.
        public let known: [[UInt8]]
    }

    /// What anybody is asked who wants to sign in with a passkey. Whose passkeys there are is told to nobody: the authenticator knows
    /// which of its own are for this host.
    ///
    /// - Returns: A challenge, and what the browser shows with the answer.
    public func askToSignIn() -> (challenge: [UInt8], ticket: Redacted<String>) {
        let ticket = OneTimeToken.make(using: entropy)
        return (challenge(.signIn, for: OneTimeToken.hash(ticket)), Redacted(ticket))
    }

    public func askToProve(_ session: PortalSession) -> [UInt8] { challenge(.prove, for: session.token) }

    public func askToAdd(_ session: PortalSession) -> PasskeyOffer {
        let user = OneTimeToken.hash("ringfence passkeys of \(session.name) in \(store.business)")
        let known = passkeys(of: session.name).map(\.id)
        return PasskeyOffer(challenge: challenge(.add, for: session.token), user: user, known: known)
    }

    private func challenge(_ purpose: PasskeyChallenges.Purpose, for browser: [UInt8]) -> [UInt8] {
        challenges.make(purpose, for: browser, using: entropy, at: clock())
    }

    public func passkeys(of name: String) -> [Passkey] { (try? store.passkeys(of: name)) ?? [] }

    /// Keeps a new passkey of somebody who is signed in and has just shown a factor that they have.
    ///
    /// - Parameter typed: Its name.
    public func addPasskey(
        _ typed: String,
        _ registration: PasskeyRegistration,
        for party: PasskeyRules.Party,
        in session: PortalSession
    ) throws(Refusal) {
        guard hasProven(session, for: PasskeyRules.rights) else { throw .noFreshFactor }
        let name = try PasskeyRules.name(typed, beside: passkeys(of: session.name))
        let new: PasskeyRules.New
        do throws(PasskeyFault) {
            new = try PasskeyRules.accept(registration, for: party, tools: .ours) {
                challenges.isGood($0, .add, for: session.token, at: clock())
            }
        } catch {
            throw .wrongPasskey(error)
        }
        // Before a challenge is spent: the memory for those is everybody's.
        guard (try? store.passkey(new.id)) == .some(nil) else { throw .passkeyTaken }
        guard challenges.answer(new.challenge, at: clock()) else { throw .wrongPasskey(.otherChallenge) }
        let passkey = Passkey(
            id: new.id,
            owner: session.name,
            name: name,
            key: new.key,
            counter: new.counter,
            since: now()
        )
        do {
            let draft = draft("portal.passkey-add", passkey)
            guard try store.add(passkey, atMost: PasskeyRules.most, journal: draft, at: now()) else {
                throw Refusal.passkeyTaken
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .cannotWrite(error)
        }
        tell("added the passkey \(name)", of: session)
    }

    /// Somebody removes a passkey of their own. Their other sessions end: it may be lost, and somebody may have used it.
    public func removePasskey(_ typed: String, in session: PortalSession) throws(Refusal) {
        guard hasProven(session, for: PasskeyRules.rights) else { throw .noFreshFactor }
        guard let passkey = passkeys(of: session.name).first(where: { $0.name.text == typed }) else {
            throw .noPasskey(typed, of: session.name)
        }
        do {
            let draft = draft("portal.passkey-remove", passkey)
            guard try store.remove(passkey: passkey.name, of: session.name, journal: draft, at: now()) else {
                throw Refusal.noPasskey(typed, of: session.name)
            }
            let others = try store.sessions().filter { $0.name == session.name && $0.id != session.id }
            try store.endSessions(others.map(\.id), journal: nil, at: now())
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw .cannotWrite(error)
        }
        tell("removed the passkey \(passkey.name)", of: session)
    }

    /// Takes a signature from somebody who is signed in already, in place of a code.
    public func prove(_ session: PortalSession, by answer: PasskeyAnswer) -> Proof {
        let subjects = [SignInGate.Subject.browser(session.token, of: session.name)]
        if let wait = gate.enter(subjects, at: clock()) { return .wait(wait) }
        let person = Identity.signedIn(name: session.name).description
        guard
            let proven = judge(answer, .prove, from: session.token, of: session.name, at: session.source),
            use(proven)
        else {
            publish(.signInFailed, session.source, .operator(person), "\(person) showed a passkey that does not match")
            return .refused
        }
        gate.succeed(subjects)
        var session = session
        (session.lastSeen, session.provenAt) = (now(), now())
        return (try? store.note(session)) == nil ? .refused : .proven
    }

    /// A signature that holds; `nil` for any other. Its challenge is answered then, whatever else is wrong with the try.
    ///
    /// - Parameter name: Whose passkey it has to be.
    func judge(
        _ answer: PasskeyAnswer,
        _ purpose: PasskeyChallenges.Purpose,
        from browser: [UInt8],
        of name: String,
        at source: EventSource
    ) -> PasskeyRules.Proven? {
        guard let passkey = try? store.passkey(answer.assertion.id), passkey.owner == name else { return nil }
        var challenge: [UInt8] = []
        do throws(PasskeyFault) {
            let proven = try PasskeyRules.judge(answer.assertion, of: passkey, for: answer.party, tools: .ours) {
                challenge = $0
                return challenges.isGood($0, purpose, for: browser, at: clock())
            }
            return challenges.answer(proven.challenge, at: clock()) ? proven : nil
        } catch {
            // Signed all the same: the challenge is spent, so one answer is told of once.
            if error == .counterWentBack, challenges.answer(challenge, at: clock()) { tellOfCopy(passkey, source) }
            return nil
        }
    }

    /// - Returns: `false` when it was removed, or used with a higher counter, meanwhile.
    func use(_ proven: PasskeyRules.Proven) -> Bool {
        (try? store.use(passkey: proven.id, of: proven.owner, counter: proven.counter, at: now())) == true
    }

    private func draft(_ action: String, _ passkey: Passkey) -> JournalDraft {
        JournalDraft(
            actor: Identity.signedIn(name: passkey.owner).description,
            action: action,
            subject: passkey.owner,
            detail: (try? JournalDraft.json(["passkey": passkey.name.text])) ?? "{}"
        )
    }

    private func tell(_ what: String, of session: PortalSession) {
        let person = Identity.signedIn(name: session.name).description
        events.publish(
            .noticed(.passkeysChanged(of: session.name, "\(person) \(what)", from: session.source, at: now()))
        )
    }

    private func tellOfCopy(_ passkey: Passkey, _ source: EventSource) {
        let person = Identity.signedIn(name: passkey.owner).description
        publish(
            .passkeyCopied,
            source,
            .operator(person),
            "the counter of the passkey \(passkey.name) of \(person) went back, as that of a copy would; to remove it: "
                + "ringfence passkey remove \(passkey.owner) \(passkey.name)"
        )
    }
}

extension SecurityEvent {
    /// That somebody signs in with another passkey from now on, or with one no more.
    ///
    /// - Parameter detail: Who did what.
    static func passkeysChanged(
        of name: String,
        _ detail: String,
        from source: EventSource = .machine,
        at now: WallTime
    ) -> Self {
        SecurityEvent(
            at: now,
            kind: .passkeysChanged,
            source: source,
            subject: .operator(Identity.signedIn(name: name).description),
            detail: detail + "; to see what they have: ringfence passkey list \(name)"
        )
    }
}

extension Refusal {
    static let noFreshFactor = Self(
        .secondFactor,
        problem: "That was not done.",
        reason: "it changes what you sign in with, and no fresh code was shown for it",
        remedy: "do it anew, and type in the code that your authenticator app shows"
    )

    /// Told only to who is signed in.
    static func wrongPasskey(_ fault: PasskeyFault) -> Self {
        let reason =
            switch fault {
            case .malformed: "what the browser sent cannot be read"
            case .otherCeremony, .otherChallenge: "the browser answered another question, or five minutes have passed"
            case .otherOrigin, .otherParty: "it was made for another address than that of this portal"
            case .notPresent, .notVerified: "the device did not check by finger, face or PIN that it is you"
            case .otherAlgorithm, .offCurve: "the device has no key for ES256"
            case .otherSignature: "its signature does not match"
            case .counterWentBack: "it may have been copied"
            }
        return Self(
            .secondFactor,
            problem: "The passkey was not added.",
            reason: reason,
            remedy: "open the page anew and try again, or use another device"
        )
    }

    static let passkeyTaken = Self(
        .secondFactor,
        problem: "The passkey was not added.",
        reason: "it is there already, or you have \(PasskeyRules.most) of them",
        remedy: "look what you have on the page of your account, and remove what you do not use"
    )

    static func noPasskey(_ typed: String, of name: String) -> Self {
        Self(
            problem: "Nothing was removed.",
            reason: "\(quoted(name)) has no passkey \(quoted(typed))",
            remedy: "see which there are: ringfence passkey list"
        )
    }
}
