// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model

/// Who asks for something: the journal keeps the name, the mandate decides what is answered.
public struct Actor: Hashable, Sendable {
    /// `root (uid 0)`, as the front end knows it by the kernel's word.
    public let name: String
    public let mandate: Mandate

    public init(_ identity: Identity, role: Role, narrowedTo narrowed: Role? = nil) {
        self.init(name: identity.description, role: role, narrowedTo: narrowed)
    }

    public init(name: String, role: Role, narrowedTo narrowed: Role? = nil) {
        (self.name, mandate) = (name, Mandate(role, narrowedTo: narrowed))
    }
}
