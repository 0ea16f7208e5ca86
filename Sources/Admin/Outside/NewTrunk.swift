// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
import Primitives

/// What a provider gave a business to connect by, as typed. What is left out is what most providers have.
public struct NewTrunk: Hashable, Sendable, Codable {
    /// What is asked for where a provider does not encrypt.
    public struct Plain: Hashable, Sendable, Codable {
        public let reason: String
        /// As typed: `30d`, `2027-01-31`.
        public let until: String

        public init(reason: String, until: String) { (self.reason, self.until) = (reason, until) }
    }

    public let name: String
    public let domain: String
    public var transport = Trunk.Transport.tls
    /// `sip1.provider.example:5061`, `[2001:db8::7]`: first choice first.
    public var servers: [String] = []
    public var username: String?
    public var realm: String?
    public var registers = true
    public var prefixes: [String] = []
    public var mediaPrefixes: [String] = []
    public var plain: Plain?
    /// PEM.
    public var authority: String?
    public var showsCertificate = false
    public var numbers = Trunk.NumberFormat.plus
    public var callerField = Trunk.CallerField.asserted
    public var forwardField = Trunk.ForwardField.nothing
    public var keepsWithheld = false
    public var registersNumbers = false
    public var calls = Model.Limits.trunkCalls
    public var priority = 0

    public init(name: String, domain: String) { (self.name, self.domain) = (name, domain) }
}

extension NewTrunk {
    /// The trunk that it says, or what cannot be understood of it.
    func trunk(exception: Trunk.PlainException?, at now: WallTime) throws(Refusal) -> Trunk {
        guard let domain = DomainName(parsing: domain) else { throw .noDomain(domain) }
        var servers: [Trunk.Server] = []
        for text in self.servers {
            guard let server = Trunk.Server(typed: text) else { throw .noServer(text) }
            servers.append(server)
        }
        return Trunk(
            name: try TrunkName(typed: name),
            domain: domain,
            transport: transport,
            servers: servers,
            username: username,
            realm: realm,
            registers: registers,
            prefixes: try Self.networks(prefixes),
            mediaPrefixes: try Self.networks(mediaPrefixes),
            exception: exception,
            authority: authority,
            showsCertificate: showsCertificate,
            numbers: numbers,
            callerField: callerField,
            forwardField: forwardField,
            keepsWithheld: keepsWithheld,
            registersNumbers: registersNumbers,
            calls: calls,
            priority: priority,
            createdAt: now
        )
    }

    private static func networks(_ texts: [String]) throws(Refusal) -> [IPPrefix] {
        var prefixes: [IPPrefix] = []
        for text in texts {
            guard let prefix = IPPrefix(parsing: text) else { throw .noProviderNetwork(text) }
            prefixes.append(prefix)
        }
        return prefixes
    }
}

extension TrunkName {
    /// - Throws: What a name of a trunk is.
    init(typed text: String) throws(Refusal) {
        guard let name = Self(parsing: text) else { throw .noTrunkName(text) }
        self = name
    }
}

extension Trunk.Server {
    /// Reads `sip1.provider.example`, `sip1.provider.example:5061` or `[2001:db8::7]:5061`.
    init?(typed text: String) {
        guard let (host, port) = HostAndPort.parse(text) else { return nil }
        self.init(host: host.text, port: port)
    }
}

extension Refusal {
    fileprivate static func noDomain(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a provider's domain.",
            reason: "a domain is what stands behind the @ of the addresses that the provider gave you",
            remedy: "give one like this: --domain sip.provider.example"
        )
    }

    fileprivate static func noServer(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no server of a provider.",
            reason: "a server is a host name or an address, and perhaps a port",
            remedy: "give one like this, or none where DNS knows them: --server sip1.provider.example:5061"
        )
    }

    fileprivate static func noProviderNetwork(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a network.",
            reason: "a network is an address and how many of its bits count",
            remedy: "give one like this: --prefix 198.51.100.0/24"
        )
    }

    fileprivate static func noTrunkName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) cannot be the name of a trunk.",
            reason: "a name has 1 to \(Model.Limits.trunkNameBytes) of a-z, 0-9 and hyphens, and begins with a letter",
            remedy: "choose a short one: ringfence trunk add main --domain sip.provider.example"
        )
    }
}
