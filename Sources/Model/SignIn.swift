// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What an operator signs in to the portal with.
public struct SignIn: Sendable {
    /// His name among the operators.
    public let name: String
    /// Argon2id with its parameters and salt: `$argon2id$v=19$m=…`.
    public let password: Redacted<String>
    /// What his authenticator app makes codes from (RFC 6238): 20 bytes.
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

/// A link by which an operator sets his password and his second factor, once.
public struct Invitation: Hashable, Sendable {
    /// His name among the operators.
    public let name: String
    /// SHA-256 of what stands in the link.
    public let token: [UInt8]
    public let until: WallTime

    public init(name: String, token: [UInt8], until: WallTime) {
        (self.name, self.token, self.until) = (name, token, until)
    }
}

/// One browser in which an operator is signed in to the portal.
public struct PortalSession: Hashable, Sendable, Identifiable {
    /// For lists, and to end it by; no secret.
    public let id: String
    /// SHA-256 of what stands in the cookie.
    public let token: [UInt8]
    public let name: String
    /// The one that he had when he signed in: with another one he signs in again.
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
