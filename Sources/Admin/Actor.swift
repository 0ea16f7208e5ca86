// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// Who asks for something: the journal keeps the name, the mandate decides what is answered.
public struct Actor: Hashable, Sendable {
    /// `root (uid 0)`, as the front end knows it by the kernel's word.
    public let name: String
    public let mandate: Mandate
    /// For what takes two people; `nil` where the front end does not know it.
    public let account: LocalAccount?

    public init(_ identity: Identity, role: Role, narrowedTo narrowed: Role? = nil) {
        let account: LocalAccount? =
            switch identity {
            case .account(let account): account
            case .signedIn: nil
            }
        self.init(name: identity.description, role: role, narrowedTo: narrowed, account: account)
    }

    public init(name: String, role: Role, narrowedTo narrowed: Role? = nil, account: LocalAccount? = nil) {
        (self.name, mandate, self.account) = (name, Mandate(role, narrowedTo: narrowed), account)
    }
}
