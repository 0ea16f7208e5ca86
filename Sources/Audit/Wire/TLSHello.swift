// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The first message of a TLS client, made by hand so that it can offer what no library offers any more.
///
/// A server that answers one with a ServerHello has agreed to what it offers; that is all there is to know, so no
/// handshake is finished and no cryptography is needed here.
///
/// Sources: RFC 8446 §4.1.2, RFC 5246 §7.4.1.2, RFC 6101 §5.6.1.2.
public struct TLSHello: Hashable, Sendable {
    /// The newest version it claims: 0x0300 is SSL 3.0, 0x0303 TLS 1.2, 0x0304 TLS 1.3.
    public let version: UInt16
    public let suites: [UInt16]
    /// Also offers to compress (CRIME, RFC 9325 §3.3).
    public let offersCompression: Bool

    public init(version: UInt16, suites: [UInt16], offersCompression: Bool = false) {
        (self.version, self.suites, self.offersCompression) = (version, suites, offersCompression)
    }

    /// The record to send.
    ///
    /// - Parameter host: For server_name (RFC 6066 §3); left out for an address.
    public func bytes(host: String, using entropy: Entropy) -> [UInt8] {
        var body = Self.word(min(version, 0x0303)) + entropy.bytes(32)
        body += Self.vector8(version >= 0x0304 ? entropy.bytes(32) : [])
        body += Self.vector16(suites.flatMap(Self.word))
        body += Self.vector8(offersCompression ? [1, 0] : [0])
        // SSL 3.0 knows no extensions.
        if version > 0x0300 { body += Self.vector16(extensions(host: host, using: entropy)) }
        let handshake = [1, 0] + Self.word(UInt16(body.count)) + body
        return [22] + Self.word(version > 0x0300 ? 0x0301 : 0x0300) + Self.vector16(handshake)
    }

    private func extensions(host: String, using entropy: Entropy) -> [UInt8] {
        var all: [UInt8] = []
        func add(_ type: UInt16, _ content: [UInt8]) { all += Self.word(type) + Self.vector16(content) }
        if IPAddress(parsing: host) == nil { add(0, Self.vector16([0] + Self.vector16(Array(host.utf8)))) }
        // x25519, secp256r1, secp384r1, ffdhe2048
        add(10, Self.vector16([0x001D, 0x0017, 0x0018, 0x0100].flatMap(Self.word)))
        add(11, Self.vector8([0]))
        let signatures: [UInt16] = [0x0403, 0x0503, 0x0804, 0x0805, 0x0401, 0x0501, 0x0203, 0x0201]
        add(13, Self.vector16(signatures.flatMap(Self.word)))
        add(0xFF01, [0])
        if version >= 0x0304 {
            add(43, Self.vector8(Self.word(0x0304)))
            add(45, Self.vector8([1]))
            // Any 32 bytes are a point of Curve25519 (RFC 7748 §5).
            add(51, Self.vector16(Self.word(0x001D) + Self.vector16(entropy.bytes(32))))
        }
        return all
    }

    private static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }
    private static func vector8(_ content: [UInt8]) -> [UInt8] { [UInt8(truncatingIfNeeded: content.count)] + content }
    private static func vector16(_ content: [UInt8]) -> [UInt8] {
        word(UInt16(truncatingIfNeeded: content.count)) + content
    }
}

/// What a server says to a ``TLSHello``.
public enum TLSReply: Hashable, Sendable {
    /// It agreed: the version and the suite it chose, and whether it compresses.
    case agreed(version: UInt16, suite: UInt16, compression: UInt8)
    /// It refused with this alert (RFC 8446 §6).
    case alert(UInt8)
    /// It closed, or stayed silent.
    case nothing
    /// Bytes that are no TLS.
    case other

    public init(_ bytes: [UInt8]) {
        guard let first = bytes.first else {
            self = .nothing
            return
        }
        switch first {
        case 21 where bytes.count >= 7: self = .alert(bytes[6])
        case 22: self = Self.serverHello(bytes) ?? .other
        default: self = .other
        }
    }

    public var isAgreed: Bool {
        if case .agreed = self { true } else { false }
    }

    /// Record header (5 bytes), type and length (4), version (2), random (32), session identifier (1 + n), suite (2),
    /// compression (1), extensions.
    private static func serverHello(_ bytes: [UInt8]) -> Self? {
        guard bytes.count >= 44, bytes[5] == 2 else { return nil }
        let suite = 44 + Int(bytes[43])
        guard bytes.count >= suite + 3 else { return nil }
        let version = selectedVersion(bytes, from: suite + 3) ?? word(bytes, 9)
        return .agreed(version: version, suite: word(bytes, suite), compression: bytes[suite + 2])
    }

    /// TLS 1.3 names itself in an extension (RFC 8446 §4.2.1).
    private static func selectedVersion(_ bytes: [UInt8], from start: Int) -> UInt16? {
        var offset = start + 2
        while offset + 4 <= bytes.count {
            let length = Int(word(bytes, offset + 2))
            if word(bytes, offset) == 43, length == 2, offset + 6 <= bytes.count { return word(bytes, offset + 4) }
            offset += 4 + length
        }
        return nil
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
        UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }
}

extension TLSReply: CustomStringConvertible {
    public var description: String {
        switch self {
        case .agreed(let version, let suite, let compression):
            "agreed to \(Self.name(version)) with suite 0x\(String(suite, radix: 16))"
                + (compression == 0 ? "" : " and compression \(compression)")
        case .alert(70): "refused (alert protocol_version)"
        case .alert(40): "refused (alert handshake_failure)"
        case .alert(let code): "refused (alert \(code))"
        case .nothing: "closed without a word"
        case .other: "answered with something that is no TLS"
        }
    }

    private static func name(_ version: UInt16) -> String {
        switch version {
        case 0x0300: "SSL 3.0"
        case 0x0301...0x0304: "TLS 1.\(version - 0x0301)"
        default: "version 0x\(String(version, radix: 16))"
        }
    }
}
