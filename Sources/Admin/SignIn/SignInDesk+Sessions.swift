// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Sessions: each belongs to one browser, and is looked at anew each time something is asked for in it.
extension SignInDesk {
    /// Begins a session in place of the one that the browser had. Its token is new, so nobody knows it beforehand.
    func begin(for name: String, _ role: Role, _ visitor: Visitor) throws -> NewSession {
        let (token, browser) = (OneTimeToken.make(using: entropy), OneTimeToken.make(using: entropy))
        let session = PortalSession(
            id: entropy.token(bits: 64),
            token: OneTimeToken.hash(token),
            name: name,
            role: role,
            since: now(),
            source: visitor.source,
            agent: visitor.agent
        )
        let former = visitor.browser.map(OneTimeToken.hash)
        let isKnown = try former.map { try store.knows(browser: $0, of: name, at: now()) } ?? false
        let person = Identity.signedIn(name: name).description
        let detail = ["from": "\(session.source)", "browser": isKnown ? "known" : "new", "session": session.id]
        try store.begin(
            session,
            inPlaceOf: visitor.session.map(OneTimeToken.hash),
            journal: JournalDraft(
                actor: person,
                action: "portal.sign-in",
                subject: name,
                detail: try JournalDraft.json(detail)
            ),
            at: now()
        )
        try store.know(
            browser: OneTimeToken.hash(browser),
            of: name,
            until: now() + PortalSessionRules.knownBrowser
        )
        if !isKnown {
            publish(
                .signedInAnew,
                session.source,
                .operator(person),
                "\(person) signed in from a browser that was not known"
            )
        }
        return NewSession(session: session, token: Redacted(token), browser: Redacted(browser))
    }

    /// The session that a cookie stands for; `nil` when there is none or it has ended.
    public func session(_ token: String) -> PortalSession? {
        guard var session = try? store.session(OneTimeToken.hash(token)) else { return nil }
        let time = now()
        guard PortalSessionRules.holds(session, among: store.snapshot.operators, at: time) else {
            try? store.endSessions([session.id], journal: nil, at: time)
            return nil
        }
        if time - session.lastSeen >= PortalSessionRules.note {
            session.lastSeen = time
            try? store.note(session)
        }
        return session
    }

    /// The tokens of those that are good still, for what goes on for long. They do not count as used by that.
    public func goodSessions() -> Set<[UInt8]> {
        let (operators, time) = (store.snapshot.operators, now())
        let all = (try? store.sessions()) ?? []
        return Set(all.filter { PortalSessionRules.holds($0, among: operators, at: time) }.map(\.token))
    }

    /// Whether it has to show a fresh code before it does something with these rights.
    public func needsFreshCode(_ session: PortalSession, for rights: [Right]) -> Bool {
        SecondFactorRules.needsFreshCode(rights, provenAt: session.provenAt, at: now())
    }

    /// The same, as it is kept at this moment: for whoever does something, not for who shows a page.
    public func hasProven(_ session: PortalSession, for rights: [Right]) -> Bool {
        guard let kept = try? store.session(session.token) else { return false }
        return !SecondFactorRules.needsFreshCode(rights, provenAt: kept.provenAt, at: now())
    }

    public enum Proof: Sendable {
        case proven
        case refused
        case wait(Duration)
    }

    /// Takes a code of the app from somebody who is signed in already.
    public func prove(_ session: PortalSession, by code: Redacted<String>) -> Proof {
        let subjects = [SignInGate.Subject.browser(session.token, of: session.name)]
        if let wait = gate.enter(subjects, at: clock()) { return .wait(wait) }
        let person = Identity.signedIn(name: session.name).description
        guard let known = try? store.signIn(of: session.name),
            let step = code.reveal({ typed in
                SecondFactorRules.step(of: copy typed, at: now()) { OneTimeCode.code(of: known.secret, step: $0) }
            }), (try? store.use(step: step, of: session.name)) == true
        else {
            publish(.signInFailed, session.source, .operator(person), "\(person) showed a wrong code")
            return .refused
        }
        gate.succeed(subjects)
        var session = session
        (session.lastSeen, session.provenAt) = (now(), now())
        return (try? store.note(session)) == nil ? .refused : .proven
    }

    /// Those of one person, the newest first.
    public func sessions(of name: String) -> [PortalSession] {
        let operators = store.snapshot.operators
        return ((try? store.sessions()) ?? []).filter {
            $0.name == name && PortalSessionRules.holds($0, among: operators, at: now())
        }
    }

    /// Ends sessions of somebody by their own wish.
    ///
    /// - Parameter ids: `nil` for all of them.
    public func end(_ ids: [String]?, of name: String) {
        let own = ((try? store.sessions()) ?? []).filter { $0.name == name }.map(\.id)
        let ending = own.filter { ids?.contains($0) ?? true }
        guard !ending.isEmpty else { return }
        let draft = JournalDraft(
            actor: Identity.signedIn(name: name).description,
            action: "portal.sign-out",
            subject: name,
            detail: (try? JournalDraft.json(["sessions": ending])) ?? "{}"
        )
        try? store.endSessions(ending, journal: draft, at: now())
    }
}
