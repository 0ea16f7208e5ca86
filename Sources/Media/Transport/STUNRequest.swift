// SPDX-License-Identifier: Apache-2.0

internal import CCrypto
import Primitives

/// A connectivity check: a STUN Binding request as ICE sends it. Reading takes one pass and nothing from the heap; that it is
/// authentic, ``isAuthentic(_:with:)`` says.
///
/// Source: RFC 8489 §5 and §14, RFC 8445 §7.1 and §16.1.
struct STUNRequest: Sendable {
    /// What an answer repeats: 96 bits.
    let transaction: (UInt32, UInt32, UInt32)
    /// Of whom it is for, and of whom it comes from.
    let (username, sender): (Range<Int>, Range<Int>)
    /// Where MESSAGE-INTEGRITY begins.
    let integrity: Int
    /// Of the pair, as its sender sees it.
    let priority: UInt32
    /// USE-CANDIDATE: the sender has chosen this pair.
    let nominates: Bool
    /// ICE-CONTROLLED: the sender thinks that we choose.
    let isControlled: Bool
    /// The first attribute that has to be understood and is not.
    let unknown: UInt16?

    static let cookie: UInt32 = 0x2112_A442

    /// - Returns: `nil` for what is no check, and for one that lacks USERNAME, PRIORITY, MESSAGE-INTEGRITY or a right FINGERPRINT.
    init?(_ packet: Span<UInt8>) {
        guard STUNLimits.length ~= packet.count, packet[0] == 0, packet[1] == 1, packet.word(at: 4) == Self.cookie,
            packet.count % 4 == 0, packet.half(at: 2) == packet.count - Self.headerLength
        else { return nil }
        transaction = (packet.word(at: 8), packet.word(at: 12), packet.word(at: 16))
        var found = Attributes()
        var offset = Self.headerLength
        while offset < packet.count {
            guard packet.count - offset >= 4 else { return nil }
            let length = packet.half(at: offset + 2)
            let end = offset + 4 + (length + 3) & ~3
            guard end <= packet.count, found.take(packet, offset, length) else { return nil }
            offset = end
        }
        guard let username = found.username, let integrity = found.integrity, let priority = found.priority,
            found.hasFingerprint
        else { return nil }
        guard let colon = username.first(where: { packet[$0] == UInt8(ascii: ":") }) else { return nil }
        (self.username, sender) = (username.lowerBound..<colon, colon + 1..<username.upperBound)
        (self.integrity, self.priority) = (integrity, priority)
        (nominates, isControlled, unknown) = (found.nominates, found.isControlled, found.unknown)
    }

    private static let headerLength = 20

    /// Whether whoever sent it has the password of whom it is for (RFC 8489 §14.5).
    func isAuthentic(_ packet: Span<UInt8>, with password: [UInt8]) -> Bool {
        var signed: [UInt8] = []
        signed.reserveCapacity(integrity)
        for index in 0..<integrity { signed.append(packet[index]) }
        // The length is that of a message which ends with this attribute.
        let length = integrity + STUN.integrityLength - Self.headerLength
        (signed[2], signed[3]) = (UInt8(length >> 8), UInt8(length & 0xFF))
        var difference: UInt8 = 0
        for (index, byte) in STUN.mac(of: signed, with: password).enumerated() {
            difference |= byte ^ packet[integrity + 4 + index]
        }
        return difference == 0
    }

    /// What is met while the attributes are read. Of each kind the first counts (RFC 8489 §14).
    private struct Attributes {
        var username: Range<Int>?
        var integrity: Int?
        var priority: UInt32?
        var nominates = false
        var isControlled = false
        var hasFingerprint = false
        var unknown: UInt16?

        /// - Returns: Whether the message can still be a check.
        mutating func take(_ packet: Span<UInt8>, _ offset: Int, _ length: Int) -> Bool {
            // Behind FINGERPRINT there is nothing.
            guard !hasFingerprint else { return false }
            let kind = UInt16(packet.half(at: offset))
            if kind == STUN.Kind.fingerprint {
                guard length == 4, offset + 8 == packet.count else { return false }
                hasFingerprint = packet.word(at: offset + 4) == STUN.fingerprint(of: packet, upTo: offset)
                return hasFingerprint
            }
            // What stands behind MESSAGE-INTEGRITY is not signed.
            guard integrity == nil else { return true }
            switch kind {
            case STUN.Kind.username where username == nil:
                guard STUNLimits.username.contains(length) else { return false }
                username = offset + 4..<offset + 4 + length
            case STUN.Kind.integrity:
                guard length == 20 else { return false }
                integrity = offset
            case STUN.Kind.priority:
                guard length == 4 else { return false }
                priority = priority ?? packet.word(at: offset + 4)
            case STUN.Kind.useCandidate: nominates = true
            case STUN.Kind.controlled: isControlled = true
            case STUN.Kind.username, STUN.Kind.controlling: break
            default: if kind < 0x8000 { unknown = unknown ?? kind }
            }
            return true
        }
    }
}

extension Span<UInt8> {
    /// Two bytes in network order. The caller has checked that they are there.
    func half(at offset: Int) -> Int { Int(self[offset]) << 8 | Int(self[offset + 1]) }
}

/// What messages of STUN have in common.
enum STUN {
    enum Kind {
        static let username: UInt16 = 0x0006
        static let integrity: UInt16 = 0x0008
        static let error: UInt16 = 0x0009
        static let unknown: UInt16 = 0x000A
        static let mappedAddress: UInt16 = 0x0020
        static let priority: UInt16 = 0x0024
        static let useCandidate: UInt16 = 0x0025
        static let fingerprint: UInt16 = 0x8028
        static let controlled: UInt16 = 0x8029
        static let controlling: UInt16 = 0x802A
    }

    /// Bytes of MESSAGE-INTEGRITY with its head.
    static let integrityLength = 24

    /// HMAC-SHA1: 20 bytes.
    static func mac(of bytes: [UInt8], with password: [UInt8]) -> [UInt8] {
        var mac = [UInt8](repeating: 0, count: 20)
        unsafe ringfence_hmac_sha1(password, password.count, bytes, bytes.count, &mac)
        return mac
    }

    /// What FINGERPRINT says of the bytes before it (RFC 8489 §14.7).
    static func fingerprint(of bytes: Span<UInt8>, upTo end: Int) -> UInt32 {
        var remainder: UInt32 = .max
        for index in 0..<end {
            remainder ^= UInt32(bytes[index])
            for _ in 0..<2 { remainder = remainder >> 4 ^ Self.nibbles[Int(remainder & 15)] }
        }
        return ~remainder ^ 0x5354_554E
    }

    /// CRC-32 of four bits at a time.
    private static let nibbles: [UInt32] = (0..<16).map { value in
        (0..<4).reduce(UInt32(value)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
    }
}
