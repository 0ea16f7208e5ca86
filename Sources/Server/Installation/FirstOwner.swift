// SPDX-License-Identifier: Apache-2.0

public import Admin
public import Guard
import Model
public import Primitives
import Store

/// Whoever comes in by the portal first: there is no account before, and no password that somebody else knows.
public struct FirstOwner: Sendable {
    private let name: String
    private let invitation: NewInvitation

    /// - Throws: When nobody can sign in by that name.
    public init(_ name: String, at now: WallTime) throws(Refusal) {
        guard Operator.isName(name) else { throw .noOwnerName }
        self.name = name
        invitation = NewInvitation(name, by: "ringfence init", using: SystemEntropy.make(), at: now)
    }

    /// - Parameters:
    ///   - host: As the certificate has it.
    ///   - port: Of the portal.
    public func link(host: String, port: UInt16) -> InvitationLink {
        InvitationLink(invitation, role: .owner, host: host, port: port)
    }

    func invite(to store: RingfenceStore, by actor: String, at now: WallTime) throws {
        let person = Operator(account: name, user: nil, role: .owner, since: now)
        let values = ["new": person]
        let draft = try JournalDraft(actor: actor, action: "operator.add", subject: name, values: values)
        _ = try store.change([.appoint(person)], journal: [draft], at: now)
        try store.keep(invitation.value, journal: invitation.draft(by: actor, as: .owner), at: now)
    }
}

extension Refusal {
    fileprivate static let noOwnerName = Self(
        problem: "That name cannot be used to sign in.",
        reason: "a name has letters, digits and . - _ @ + and begins with a letter or a digit",
        remedy: "choose one such as --owner anna@example.com"
    )
}
