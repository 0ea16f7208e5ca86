// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// The portal as the checks see it, and what is kept of those who sign in.
public struct PortalFacts: Sendable {
    /// An operator who can sign in.
    public struct Person: Hashable, Sendable {
        public let name: String
        public let role: Role
        /// How the password is kept, without what it is: `$argon2id$v=19$m=47104,t=1,p=1`.
        public let scheme: String
        /// Of what an authenticator app makes codes from.
        public let secretBytes: Int
        /// Whether another operator has the same.
        public let sharesSecret: Bool
        /// Those that are left.
        public let recoveryCodes: Int
        public let passkeys: Int
        /// Whether one of them has the key of another operator's.
        public let sharesPasskey: Bool

        public init(
            name: String,
            role: Role,
            scheme: String,
            secretBytes: Int,
            sharesSecret: Bool,
            recoveryCodes: Int,
            passkeys: Int = 0,
            sharesPasskey: Bool = false
        ) {
            (self.name, self.role, self.scheme) = (name, role, scheme)
            (self.secretBytes, self.sharesSecret, self.recoveryCodes) = (secretBytes, sharesSecret, recoveryCodes)
            (self.passkeys, self.sharesPasskey) = (passkeys, sharesPasskey)
        }
    }

    /// Where it is reached, by the settings.
    public var places: [SocketAddress]
    /// `nil` when they cannot be read.
    public var people: [Person]?
    public var sessions: [PortalSession]?
    /// Says bytes over a new connection without TLS, from a listed network or from none, and returns what comes back.
    public var say: @Sendable ([UInt8], SocketAddress, Visitor) async -> [UInt8]
    /// The same over TLS, from a listed network.
    public var ask: @Sendable ([UInt8], SocketAddress) async -> [UInt8]
    /// Whether this machine has an address that is in no listed network.
    public var hasStranger: Bool

    public enum Visitor: Hashable, Sendable { case admitted, stranger }

    public init(
        places: [SocketAddress],
        people: [Person]?,
        sessions: [PortalSession]?,
        hasStranger: Bool,
        say: @escaping @Sendable ([UInt8], SocketAddress, Visitor) async -> [UInt8],
        ask: @escaping @Sendable ([UInt8], SocketAddress) async -> [UInt8]
    ) {
        (self.places, self.people, self.sessions) = (places, people, sessions)
        (self.hasStranger, self.say, self.ask) = (hasStranger, say, ask)
    }
}

extension Finding {
    /// What is kept of those who sign in cannot be looked at.
    static func unreadable(_ control: Control) -> Self {
        Finding(
            "unreadable",
            control,
            .critical,
            "What is kept of those who sign in cannot be read.",
            evidence: "the database does not answer",
            remedy: "look what is wrong with it: ringfence doctor"
        )
    }
}
