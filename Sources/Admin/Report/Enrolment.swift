// SPDX-License-Identifier: Apache-2.0

import Guard
public import Primitives

/// What a phone needs to register: given out once, kept nowhere.
///
/// Its JSON has exactly the keys `username password domain server transport srtp ca`, with the password in clear: whoever
/// encodes it is delivering it. Printed in any other way the password shows as «redacted».
public struct Enrolment: Sendable {
    /// The digest user name; not the extension's number.
    public let username: String
    public let password: Redacted<String>
    public let domain: String
    /// `pbx.example.com:5061`.
    public let server: String
    /// Always `tls`.
    public let transport: String
    /// How the phone must protect audio: always `sdes`, mandatory.
    public let srtp: String
    /// The root that signed the server's certificate, as PEM; `nil` (null in JSON) when phones know it already.
    public let ca: String?

    init(username: String, password: SIPPassword, domain: String, for facts: EnrolmentFacts) {
        (self.username, self.password, self.domain) = (username, password.text, domain)
        (server, transport, srtp, ca) = (facts.server, "tls", "sdes", facts.authority)
    }
}

/// What every phone is told about the server it is enrolled at.
public struct EnrolmentFacts: Hashable, Sendable {
    /// Host name and port as in the certificate and in Contact: `pbx.example.com:5061`.
    public let server: String
    /// The name alone.
    let host: String
    /// PEM of the private root, where there is one.
    public let authority: String?

    /// - Parameter host: A name of the certificate, or an IP address (IPv6 in brackets).
    public init(host: String, port: UInt16, authority: String?) {
        (server, self.host, self.authority) = ("\(host):\(port)", host, authority)
    }

    private init(server: String, host: String, authority: String?) {
        (self.server, self.host, self.authority) = (server, host, authority)
    }

    /// The same server under another root.
    func under(_ authority: String?) -> Self { Self(server: server, host: host, authority: authority) }
}

extension Enrolment: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        let isSame = left.password.reveal { mine in right.password.reveal { theirs in copy mine == copy theirs } }
        return isSame && left.username == right.username && left.domain == right.domain && left.server == right.server
            && left.transport == right.transport && left.srtp == right.srtp && left.ca == right.ca
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(username) }
}

extension Enrolment: Codable {
    private enum CodingKeys: String, CodingKey {
        case username, password, domain, server, transport, srtp, ca
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        username = try container.decode(String.self, forKey: .username)
        password = Redacted(try container.decode(String.self, forKey: .password))
        domain = try container.decode(String.self, forKey: .domain)
        server = try container.decode(String.self, forKey: .server)
        transport = try container.decode(String.self, forKey: .transport)
        srtp = try container.decode(String.self, forKey: .srtp)
        ca = try container.decodeIfPresent(String.self, forKey: .ca)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(username, forKey: .username)
        try password.reveal { text in try container.encode(copy text, forKey: .password) }
        try container.encode(domain, forKey: .domain)
        try container.encode(server, forKey: .server)
        try container.encode(transport, forKey: .transport)
        try container.encode(srtp, forKey: .srtp)
        try container.encode(ca, forKey: .ca)
    }
}
