// SPDX-License-Identifier: Apache-2.0

/// A mail address that is safe in a header and in a command of SMTP: a dot-atom (RFC 5322 §3.2.3), an at sign and a host name.
/// No quotes, no comments, no address literal.
public struct MailAddress: Hashable, Sendable {
    public let text: String
    /// Behind the at sign.
    public let domain: DomainName

    public init?(parsing text: some StringProtocol) {
        guard text.utf8.count <= Limits.mailAddressBytes else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...Limits.mailboxBytes).contains(parts[0].utf8.count),
            Self.areAtoms(Array(parts[0].utf8)),
            let domain = DomainName(parsing: parts[1]), domain.isName
        else { return nil }
        (self.text, self.domain) = ("\(parts[0])@\(domain)", domain)
    }

    /// Atoms with dots between them.
    private static func areAtoms(_ bytes: [UInt8]) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy(isAllowed)
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}

extension DomainName {
    /// Whether it is a host name and no IP address.
    public var isName: Bool {
        !text.hasPrefix("[") && !text.utf8.allSatisfy { $0 == UInt8(ascii: ".") || 0x30...0x39 ~= $0 }
    }
}

extension MailAddress: CustomStringConvertible {
    public var description: String { text }
}

extension MailAddress: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a mail address is somebody@example.com", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

/// Where a webhook is: `https://host:port/path`. Always encrypted, without a name or password in it, and nothing in it that
/// could end a line.
public struct WebhookAddress: Hashable, Sendable {
    public let host: DomainName
    public let port: UInt16
    /// From the slash on, a query perhaps behind it.
    public let path: String

    /// RFC 3986, as much of it as a program that takes alerts needs.
    public init?(parsing text: some StringProtocol) {
        guard text.utf8.count <= Limits.webhookBytes, text.lowercased().hasPrefix(Self.scheme) else { return nil }
        let rest = text.dropFirst(Self.scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest.dropFirst(authority.count)
        guard path.isEmpty || path.hasPrefix("/"), path.utf8.allSatisfy(Self.isAllowed),
            let place = Self.place(authority), !Self.readsAsNumber(place.0)
        else { return nil }
        (host, port) = place
        self.path = path.isEmpty ? "/" : String(path)
    }

    private static let scheme = "https://"

    /// What some resolvers take for an address in hexadecimal.
    private static func readsAsNumber(_ host: DomainName) -> Bool {
        host.text.split(separator: ".").last?.hasPrefix("0x") ?? false
    }

    private static func place(_ text: some StringProtocol) -> (DomainName, UInt16)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        // An IPv6 address in brackets has colons of its own.
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let inside = text[text.index(after: text.startIndex)..<end]
            let behind = text[text.index(after: end)...]
            guard let host = DomainName(parsing: inside), host.text.hasPrefix("[") else { return nil }
            if behind.isEmpty { return (host, 443) }
            guard behind.hasPrefix(":"), let port = port(behind.dropFirst()) else { return nil }
            return (host, port)
        }
        guard parts.count <= 2, let host = DomainName(parsing: parts[0]) else { return nil }
        guard parts.count == 2 else { return (host, 443) }
        return port(parts[1]).map { (host, $0) }
    }

    private static func port(_ text: some StringProtocol) -> UInt16? {
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let port = UInt16(text), port > 0 else { return nil }
        return port
    }

    /// What is shown of ASCII, without blanks, quotes, brackets, a backslash and the sign that begins a fragment.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        0x21...0x7E ~= byte && !"\"<>\\^`{|}#".utf8.contains(byte)
    }

    public var text: String { origin + path }

    private var origin: String { "\(Self.scheme)\(host)\(port == 443 ? "" : ":\(port)")" }

    /// Without the path, which may be a secret.
    public var place: String { path == "/" ? text : origin + "/…" }

    /// The same place with something else for its path.
    public func hiding(_ name: String) -> Self? { path == "/" ? self : Self(parsing: origin + "/" + name) }
}

extension WebhookAddress: CustomStringConvertible {
    public var description: String { text }
}

extension WebhookAddress: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a webhook is https://host/path", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
