// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Names a trunk in commands, records and the journal: 1 to 32 of a–z, 0–9 and hyphens, beginning with a letter.
public struct TrunkName: Hashable, Sendable {
    public let text: String

    public init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard (1...Limits.trunkNameBytes).contains(bytes.count), let first = bytes.first,
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= first, bytes.allSatisfy(Self.isAllowed)
        else { return nil }
        self.text = String(text)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension TrunkName: CustomStringConvertible {
    public var description: String { text }
}

extension TrunkName: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension TrunkName: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a trunk is named by a-z, 0-9 and hyphens", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

/// A provider's way to the outside world, without its secret.
public struct Trunk: Hashable, Sendable, Codable {
    /// How SIP travels to the provider. Pinned: DNS can choose a server, never another transport (row K04).
    public enum Transport: String, Hashable, Sendable, Codable, CaseIterable {
        case tls, tcp, udp
    }

    /// How numbers are written towards the provider, and read from it where it does not write E.164.
    public enum NumberFormat: String, Hashable, Sendable, Codable, CaseIterable {
        /// `+493012345`.
        case plus
        /// `493012345`.
        case digits
        /// `03012345` for the home country, `004930…` for others.
        case national
    }

    /// Where the provider reads who calls.
    public enum CallerField: String, Hashable, Sendable, Codable, CaseIterable {
        /// From, and P-Asserted-Identity beside it (RFC 3325).
        case asserted
        /// From, and P-Preferred-Identity beside it.
        case preferred
        /// From alone.
        case from
    }

    /// How the provider is told that a call was forwarded by somebody here.
    public enum ForwardField: String, Hashable, Sendable, Codable, CaseIterable {
        /// Not at all.
        case nothing = "none"
        /// Diversion (RFC 5806).
        case diversion
        /// History-Info (RFC 7044).
        case history
    }

    /// A provider that encrypts nothing, by name, with a reason and an end.
    public struct PlainException: Hashable, Sendable, Codable {
        public let reason: String
        public let grantedBy: String
        public let until: WallTime

        public init(reason: String, grantedBy: String, until: WallTime) {
            (self.reason, self.grantedBy, self.until) = (reason, grantedBy, until)
        }
    }

    /// A host and a port of the provider; without a port its SRV records tell, or the port of the transport.
    public struct Server: Hashable, Sendable, Codable {
        public let host: String
        public let port: UInt16?

        public init(host: String, port: UInt16?) { (self.host, self.port) = (host, port) }
    }

    public let name: TrunkName
    public var isEnabled: Bool
    /// The provider's SIP domain: what its certificate must name (RFC 5922 §7.2), and the host of what is sent to it.
    public var domain: DomainName
    public var transport: Transport
    /// Where the provider is, first choice first; empty for what DNS says of the domain (RFC 3263).
    public var servers: [Server]
    /// The digest user name that the provider gave; `nil` where it knows us by certificate or address.
    public var username: String?
    /// The realm that the secret is for; `nil` for the domain, or the first realm that the provider names over TLS.
    public var realm: String?
    /// Whether we register, so that the provider knows where we are.
    public var registers: Bool
    /// From where the provider's requests come, besides the connections that we opened to it.
    public var prefixes: [IPPrefix]
    /// From where its audio comes; empty for what its messages name and its keys prove.
    public var mediaPrefixes: [IPPrefix]
    /// `nil` while signalling and audio are encrypted.
    public var exception: PlainException?
    /// PEM of the roots that sign the provider's certificate; `nil` for those that this machine trusts.
    public var authority: String?
    /// Whether the server shows its own certificate when it connects (mutual TLS).
    public var showsCertificate: Bool
    public var numbers: NumberFormat
    public var callerField: CallerField
    public var forwardField: ForwardField
    /// Whether the provider keeps a withheld number to itself (RFC 3325 §2.3): only then it is told one.
    public var keepsWithheld: Bool
    /// Whether it registers one contact for all numbers of the business, as the pilot number that its user name is (RFC 6140).
    public var registersNumbers: Bool
    /// Calls at once.
    public var calls: Int
    /// Lower goes first.
    public var priority: Int
    public let createdAt: WallTime

    public init(
        name: TrunkName,
        isEnabled: Bool = true,
        domain: DomainName,
        transport: Transport = .tls,
        servers: [Server] = [],
        username: String? = nil,
        realm: String? = nil,
        registers: Bool = true,
        prefixes: [IPPrefix] = [],
        mediaPrefixes: [IPPrefix] = [],
        exception: PlainException? = nil,
        authority: String? = nil,
        showsCertificate: Bool = false,
        numbers: NumberFormat = .plus,
        callerField: CallerField = .asserted,
        forwardField: ForwardField = .nothing,
        keepsWithheld: Bool = false,
        registersNumbers: Bool = false,
        calls: Int = Limits.trunkCalls,
        priority: Int = 0,
        createdAt: WallTime
    ) {
        (self.name, self.isEnabled, self.domain) = (name, isEnabled, domain)
        (self.transport, self.servers) = (transport, servers)
        (self.username, self.realm, self.registers) = (username, realm, registers)
        (self.prefixes, self.mediaPrefixes, self.exception) = (prefixes, mediaPrefixes, exception)
        (self.authority, self.showsCertificate) = (authority, showsCertificate)
        (self.numbers, self.callerField, self.forwardField) = (numbers, callerField, forwardField)
        (self.keepsWithheld, self.registersNumbers) = (keepsWithheld, registersNumbers)
        (self.calls, self.priority, self.createdAt) = (calls, priority, createdAt)
    }

    /// A trunk of an earlier version says nothing of forwards, withheld numbers and pilot numbers.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(TrunkName.self, forKey: .name)
        isEnabled = try values.decode(Bool.self, forKey: .isEnabled)
        domain = try values.decode(DomainName.self, forKey: .domain)
        transport = try values.decode(Transport.self, forKey: .transport)
        servers = try values.decode([Server].self, forKey: .servers)
        username = try values.decodeIfPresent(String.self, forKey: .username)
        realm = try values.decodeIfPresent(String.self, forKey: .realm)
        registers = try values.decode(Bool.self, forKey: .registers)
        prefixes = try values.decode([IPPrefix].self, forKey: .prefixes)
        mediaPrefixes = try values.decode([IPPrefix].self, forKey: .mediaPrefixes)
        exception = try values.decodeIfPresent(PlainException.self, forKey: .exception)
        authority = try values.decodeIfPresent(String.self, forKey: .authority)
        showsCertificate = try values.decode(Bool.self, forKey: .showsCertificate)
        numbers = try values.decode(NumberFormat.self, forKey: .numbers)
        callerField = try values.decode(CallerField.self, forKey: .callerField)
        forwardField = try values.decodeIfPresent(ForwardField.self, forKey: .forwardField) ?? .nothing
        keepsWithheld = try values.decodeIfPresent(Bool.self, forKey: .keepsWithheld) ?? false
        registersNumbers = try values.decodeIfPresent(Bool.self, forKey: .registersNumbers) ?? false
        calls = try values.decode(Int.self, forKey: .calls)
        priority = try values.decode(Int.self, forKey: .priority)
        createdAt = try values.decode(WallTime.self, forKey: .createdAt)
    }

    /// Whether its signalling may be readable now.
    public func mayBePlain(at now: WallTime) -> Bool { exception.map { now < $0.until } ?? false }
}

/// A trunk with what it logs in with. Not `Codable`: the secret is sealed in the store and never printed.
public struct TrunkAccess: Sendable {
    public var trunk: Trunk
    /// The digest password; `nil` where the provider asks for none.
    public var secret: Redacted<String>?

    public init(_ trunk: Trunk, secret: Redacted<String>?) { (self.trunk, self.secret) = (trunk, secret) }
}
