// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
public import Store

/// Makes a link by which somebody sets a password and a second factor for the portal. Whoever had them before has them no more
/// once it is used.
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
    public let until: WallTime

    /// - Parameters:
    ///   - host: As the certificate has it.
    ///   - port: Of the portal.
    public init(_ invitation: NewInvitation, role: Role, host: String, port: UInt16) {
        (name, self.role, until) = (invitation.value.name, role, invitation.value.until)
        link = invitation.token.reveal { "https://\(host)\(port == 443 ? "" : ":\(port)")/invite/\(copy $0)" }
    }
}

/// An invitation with what stands in its link.
public struct NewInvitation: Sendable {
    public let value: Invitation
    let token: Redacted<String>

    public init(_ name: String, using entropy: Entropy, at now: WallTime) {
        let token = OneTimeToken.make(using: entropy)
        value = Invitation(name: name, token: OneTimeToken.hash(token), until: now + PortalSessionRules.invitation)
        self.token = Redacted(token)
    }

    /// What the journal says of it.
    public func draft(by actor: String, as role: Role) -> JournalDraft {
        let values = ["role": role.description, "until": value.until.description]
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
        if let rule = OperatorRules.refusal(ofInviting: name, as: role, in: snapshot) { throw rule }
        let known = snapshot.operators.first { $0.account == name }
        guard let wanted = role ?? known?.role else { preconditionFailure("the rule asks for a role") }
        guard let port = portal.first?.port ?? snapshot.network.portal.first?.port else { throw .noPortal }
        // Or whoever sits at somebody's unlocked screen would take password and second factor over.
        guard caller.name != Identity.signedIn(name: name).description else { throw .ownInvitation }
        if known?.role != wanted {
            let new = Operator(account: name, user: known?.user, role: wanted, since: now())
            try await change(
                [.appoint(new)],
                [caller.draft("operator.add", name, JournalDetail.of(known, became: new))],
                notice: "\(name) may run the system as \(wanted), by \(caller.name)"
            )
        }
        let invitation = NewInvitation(name, using: tokens, at: now())
        let draft = invitation.draft(by: caller.name, as: wanted)
        try writing { try $0.keep(invitation.value, journal: draft, at: now()) }
        tell(draft, "\(name) was invited to the portal as \(wanted), by \(caller.name)")
        return InvitationLink(invitation, role: wanted, host: facts.host, port: port)
    }
}

extension Refusal {
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
