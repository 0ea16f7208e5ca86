// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What an operator signs in to the portal with.
public struct SignIn: Sendable {
    /// Their name among the operators.
    public let name: String
    /// Argon2id with its parameters and salt: `$argon2id$v=19$m=…`.
    public let password: Redacted<String>
    /// What their authenticator app makes codes from (RFC 6238): 20 bytes.
    public let secret: Redacted<[UInt8]>
    /// SHA-256 of the recovery codes that are left.
    public let recoveryCodes: [[UInt8]]
    public let since: WallTime

    public init(
        name: String,
        password: Redacted<String>,
        secret: Redacted<[UInt8]>,
        recoveryCodes: [[UInt8]],
        since: WallTime
    ) {
        (self.name, self.password, self.secret) = (name, password, secret)
        (self.recoveryCodes, self.since) = (recoveryCodes, since)
    }
}

/// A link by which an operator sets a password and a second factor, once.
public struct Invitation: Hashable, Sendable {
    /// Their name among the operators.
    public let name: String
    /// SHA-256 of what stands in the link.
    public let token: [UInt8]
    /// It begins to work then: where it takes something away from somebody, they have some time to say no.
    public let from: WallTime
    public let until: WallTime
    /// Who made it, as the journal names them.
    public let maker: String

    public init(name: String, token: [UInt8], from: WallTime, until: WallTime, by maker: String) {
        (self.name, self.token, self.from, self.until) = (name, token, from, until)
        self.maker = maker
    }
}

/// One browser in which an operator is signed in to the portal.
public struct PortalSession: Hashable, Sendable, Identifiable {
    /// For lists, and to end it by; no secret.
    public let id: String
    /// SHA-256 of what stands in the cookie.
    public let token: [UInt8]
    public let name: String
    /// The one of the moment when they signed in: with another one they sign in again.
    public let role: Role
    public let since: WallTime
    /// When something was last asked for, to a minute.
    public var lastSeen: WallTime
    /// When a code of the second factor was last shown.
    public var provenAt: WallTime
    public let source: EventSource
    /// What the browser calls itself; from outside, so shown as text only.
    public let agent: String

    public init(
        id: String,
        token: [UInt8],
        name: String,
        role: Role,
        since: WallTime,
        source: EventSource,
        agent: String
    ) {
        (self.id, self.token, self.name, self.role) = (id, token, name, role)
        (self.since, lastSeen, provenAt) = (since, since, since)
        (self.source, self.agent) = (source, agent)
    }
}
