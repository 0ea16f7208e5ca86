// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
public import Store

/// Makes a link by which somebody sets a password and a second factor for the portal. Whoever had them before has them no more
/// once it is used; such a link begins to work a day later, unless root or the account of the server made it.
public struct InviteOperator: Command {
    public static let name = "operator.invite"
    public static let rights: [Right] = [.appointOperators]

    /// As typed.
    public let name: String
    /// `nil` to leave it as it is.
    public let role: Role?

    public init(name: String, role: Role? = nil) { (self.name, self.role) = (name, role) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(name: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> InvitationLink {
        try await administrator.invite(name, as: role, by: caller)
    }
}

/// A link that lets somebody in once.
public struct InvitationLink: Hashable, Sendable, Codable {
    public let name: String
    public let role: Role
    /// To be opened in a browser by that person and nobody else; kept nowhere.
    public let link: String
    /// It works from then on.
    public let from: WallTime
    public let until: WallTime

    /// - Parameters:
    ///   - host: As the certificate has it.
    ///   - port: Of the portal.
    public init(_ invitation: NewInvitation, role: Role, host: String, port: UInt16) {
        (name, self.role) = (invitation.value.name, role)
        (from, until) = (invitation.value.from, invitation.value.until)
        link = invitation.token.reveal { "https://\(host)\(port == 443 ? "" : ":\(port)")/invite/\(copy $0)" }
    }
}

/// An invitation with what stands in its link.
public struct NewInvitation: Sendable {
    public let value: Invitation
    let token: Redacted<String>

    /// - Parameter wait: Before it works.
    public init(
        _ name: String,
        by maker: String,
        after wait: Duration = .zero,
        using entropy: Entropy,
        at now: WallTime
    ) {
        let token = OneTimeToken.make(using: entropy)
        value = Invitation(
            name: name,
            token: OneTimeToken.hash(token),
            from: now + wait,
            until: now + wait + PortalSessionRules.invitation,
            by: maker
        )
        self.token = Redacted(token)
    }

    /// What the journal says of it.
    public func draft(by actor: String, as role: Role) -> JournalDraft {
        let values = [
            "role": role.description, "from": value.from.description, "until": value.until.description,
        ]
        return JournalDraft(
            actor: actor,
            action: InviteOperator.name,
            subject: value.name,
            detail: (try? JournalDraft.json(values)) ?? "{}"
        )
    }
}

extension Administrator {
    fileprivate func invite(_ name: String, as role: Role?, by caller: Caller) async throws(Refusal) -> InvitationLink {
        let snapshot = store.snapshot
        let isOnMachine = (try? caller.account()) != nil
        let rule = OperatorRules.refusal(ofInviting: name, as: role, in: snapshot, isOnMachine: isOnMachine)
        if let rule { throw rule }
        let known = snapshot.operators.first { $0.account == name }
        guard let wanted = role ?? known?.role else { preconditionFailure("the rule asks for a role") }
        guard let port = portal.first?.port ?? snapshot.network.portal.first?.port else { throw .noPortal }
        // Or whoever sits at somebody's unlocked screen would take password and second factor over.
        guard caller.name != Identity.signedIn(name: name).description else { throw .ownInvitation }
        // Before somebody is an operator: a removal of theirs that is not long ago counts.
        let wait = try linkWait(of: name, by: caller)
        if known?.role != wanted {
            let new = Operator(account: name, user: known?.user, role: wanted, since: now())
            try await change(
                [.appoint(new)],
                [caller.draft("operator.add", name, JournalDetail.of(known, became: new))],
                notice: "\(name) may run the system as \(wanted), by \(caller.name)"
            )
            alarm(name, known?.role, became: wanted, by: caller)
        }
        let invitation = NewInvitation(
            name,
            by: caller.name,
            after: wait,
            using: tokens,
            at: now()
        )
        let draft = invitation.draft(by: caller.name, as: wanted)
        try writing { try $0.keep(invitation.value, journal: draft, at: now()) }
        tell(draft, "\(name) was invited to the portal as \(wanted), by \(caller.name)")
        return InvitationLink(invitation, role: wanted, host: facts.host, port: port)
    }
}

extension Administrator {
    /// Where somebody signs in by that name already, or did until they were removed a moment ago, everybody hears of it: to remove
    /// somebody and to invite them anew replaces what they sign in with, too.
    fileprivate func linkWait(of name: String, by caller: Caller) throws(Refusal) -> Duration {
        let replaces: Bool
        do {
            let removal = try store.journal(JournalQuery(limit: 1, action: RemoveOperator.name, subject: name)).last
            let isRecent = removal.map { now() < $0.at + SecondFactorRules.replacementWait } ?? false
            replaces = try isRecent || store.signIn(of: name) != nil
        } catch {
            throw .cannotRead(error)
        }
        guard replaces else { return .zero }
        let user = (try? caller.account())?.user
        let isByServer = user.map { OperatorRules.isAlwaysOwner($0, server: doorkeeper.server) } ?? false
        let wait = isByServer ? .zero : SecondFactorRules.replacementWait
        let event = SecurityEvent(
            at: now(),
            kind: .factorReplaced,
            source: .machine,
            subject: .operator(Identity.signedIn(name: name).description),
            detail: "\(caller.name) made a link by which \(name) gets a new password and a new second factor, from "
                + "\(now() + wait) on; to take it back: ringfence operator withdraw \(name)"
        )
        events.publish(.noticed(event))
        return wait
    }
}

/// Takes a link back that was not used yet.
public struct WithdrawInvitation: Command {
    public struct Reply: Hashable, Sendable, Codable {
        public let name: String

        public init(name: String) { self.name = name }
    }

    public static let name = "operator.withdraw"
    public static let rights: [Right] = [.appointOperators]

    /// As typed.
    public let name: String

    public init(name: String) { self.name = name }

    public static func harmless(_: ExtensionNumber) -> Self { Self(name: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        let draft = caller.draft(Self.name, name, "{}")
        let name = name
        let (isGone, wasReplaced) = try administrator.writing { backend in
            let signsIn = try backend.signIn(of: name) != nil
            return (try backend.withdraw(invitationOf: name, journal: draft, at: administrator.now()), signsIn)
        }
        guard isGone else { throw .noLink(name) }
        if wasReplaced {
            administrator.events.publish(
                .noticed(.replacementRefused(of: name, by: caller.name, at: administrator.now()))
            )
        }
        administrator.tell(draft, "The link of \(name) was taken back by \(caller.name)")
        return Reply(name: name)
    }
}

extension Refusal {
    fileprivate static func noLink(_ name: String) -> Self {
        Self(
            problem: "Nothing was taken back.",
            reason: "there is no link for \(quoted(name)) that waits to be used",
            remedy: "see who runs the system: ringfence operator list"
        )
    }

    fileprivate static let noPortal = Self(
        problem: "Nobody can be invited.",
        reason: "the portal is reached nowhere, so a link would lead nowhere",
        remedy: "say where: ringfence portal listen IP:8443, and start the server again"
    )

    fileprivate static let ownInvitation = Self(
        .roles,
        problem: "You cannot invite yourself.",
        reason: "a new link takes away your password and your second factor, and that takes somebody else",
        remedy: "ask another owner, or whoever runs the machine: ringfence operator invite NAME"
    )
}
