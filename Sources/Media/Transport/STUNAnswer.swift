// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What a connectivity check is answered with. It is written in the place of the check and never longer than that was, so that
/// nobody's forged sender gets more than was spent on it.
///
/// Source: RFC 8489 §6.3, RFC 8445 §7.3.
enum STUNAnswer: Sendable {
    /// From where it came.
    case success(SocketAddress)
    /// Who sent it does not choose the pair, and neither do we: 487 (RFC 8445 §7.3.1.1).
    case roleConflict
    /// An attribute that has to be understood and is not: 420.
    case unknown(UInt16)

    /// - Returns: Its length; `nil` where it would be longer than the check.
    func write(
        over packet: inout MutableSpan<UInt8>,
        length: Int,
        answering request: STUNRequest,
        with password: [UInt8]
    ) -> Int? {
        var bytes: [UInt8] = [1, 1, 0, 0]
        bytes.reserveCapacity(104)
        append(STUNRequest.cookie, to: &bytes)
        let (first, second, third) = request.transaction
        for word in [first, second, third] { append(word, to: &bytes) }
        switch self {
        case .success(let address): append(address, request, to: &bytes)
        case .roleConflict: appendError(487, [], to: &bytes)
        case .unknown(let kind): appendError(420, [kind], to: &bytes)
        }
        seal(&bytes, with: password)
        guard bytes.count <= length, bytes.count <= packet.count else { return nil }
        for (index, byte) in bytes.enumerated() { packet[index] = byte }
        return bytes.count
    }

    private func seal(_ bytes: inout [UInt8], with password: [UInt8]) {
        setLength(bytes.count + STUN.integrityLength, of: &bytes)
        let mac = STUN.mac(of: bytes, with: password)
        appendHead(STUN.Kind.integrity, 20, to: &bytes)
        bytes += mac
        setLength(bytes.count + 8, of: &bytes)
        let check = STUN.fingerprint(of: bytes.span, upTo: bytes.count)
        appendHead(STUN.Kind.fingerprint, 4, to: &bytes)
        append(check, to: &bytes)
    }

    /// XOR-MAPPED-ADDRESS (RFC 8489 §14.2).
    private func append(_ address: SocketAddress, _ request: STUNRequest, to bytes: inout [UInt8]) {
        let isIPv4 = address.ip.isIPv4
        appendHead(STUN.Kind.mappedAddress, isIPv4 ? 8 : 20, to: &bytes)
        let port = UInt32(address.port) ^ STUNRequest.cookie >> 16
        append((isIPv4 ? 1 : 2) << 16 | port, to: &bytes)
        let low = UInt32(truncatingIfNeeded: address.ip.low)
        guard !isIPv4 else { return append(low ^ STUNRequest.cookie, to: &bytes) }
        append(UInt32(truncatingIfNeeded: address.ip.high >> 32) ^ STUNRequest.cookie, to: &bytes)
        append(UInt32(truncatingIfNeeded: address.ip.high) ^ request.transaction.0, to: &bytes)
        append(UInt32(truncatingIfNeeded: address.ip.low >> 32) ^ request.transaction.1, to: &bytes)
        append(low ^ request.transaction.2, to: &bytes)
    }

    private func appendError(_ status: UInt32, _ unknown: [UInt16], to bytes: inout [UInt8]) {
        bytes[0] = 1
        bytes[1] = 0x11
        appendHead(STUN.Kind.error, 4, to: &bytes)
        append((status / 100) << 8 | status % 100, to: &bytes)
        for kind in unknown {
            appendHead(STUN.Kind.unknown, 2, to: &bytes)
            append(UInt32(kind) << 16, to: &bytes)
        }
    }

    private func appendHead(_ kind: UInt16, _ length: Int, to bytes: inout [UInt8]) {
        append(UInt32(kind) << 16 | UInt32(length), to: &bytes)
    }

    private func append(_ word: UInt32, to bytes: inout [UInt8]) {
        for shift in [UInt32(24), 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    /// - Parameter end: Bytes of the whole message.
    private func setLength(_ end: Int, of bytes: inout [UInt8]) {
        (bytes[2], bytes[3]) = (UInt8((end - 20) >> 8), UInt8((end - 20) & 0xFF))
    }
}
