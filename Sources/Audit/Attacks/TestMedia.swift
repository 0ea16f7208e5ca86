// SPDX-License-Identifier: Apache-2.0

import Media
import Model
import Primitives

/// One end of an encrypted audio stream of the attacker's own phones.
actor TestMedia {
    private let link: Link
    private let peer: String
    private var sender: SRTPSender
    private var receiver: SRTPReceiver
    private let source: UInt32
    private var sequence: UInt16 = 1_000
    /// What was sent last, as it went over the wire: an eavesdropper has it too.
    private(set) var overheard: [[UInt8]] = []

    struct Heard: Hashable, Sendable {
        var authentic = 0
        /// Packets that the key does not open, or that were heard before.
        var foreign = 0
    }

    init(_ link: Link, sending: SRTPKey, receiving: SRTPKey, source: UInt32) {
        (self.link, self.source) = (link, source)
        peer = link.local.description
        sender = SRTPSender(sending)
        receiver = SRTPReceiver(receiving)
    }

    /// Sends packets of 20 ms of silence in PCMU (RFC 3551 §4.5.14).
    func speak(_ count: Int) async throws(WireError) {
        for _ in 0..<count {
            let packet = try draft()
            overheard.append(packet)
            _ = try await link.send(packet)
        }
        overheard = overheard.suffix(50)
    }

    /// The next packet, not sent yet: it may be on its way.
    func draft() throws(WireError) -> [UInt8] {
        var packet = Self.header(sequence, source) + [UInt8](repeating: 0xFF, count: 160)
        sequence &+= 1
        let length = packet.count
        packet += [UInt8](repeating: 0, count: 64)
        guard let protected = protect(&packet, length) else { throw WireError(.local, "SRTP failed") }
        packet.removeLast(packet.count - protected)
        return packet
    }

    /// - Returns: When it was sent.
    func send(_ packet: [UInt8]) async throws(WireError) -> MonotonicTime { try await link.send(packet) }

    private func protect(_ packet: inout [UInt8], _ length: Int) -> Int? {
        var span = packet.mutableSpan
        return try? sender.protect(&span, length: length)
    }

    /// Counts what arrives until nothing has for the time given.
    func listen(within patience: Duration = .milliseconds(500)) async -> Heard {
        var heard = Heard()
        while case .bytes(var packet, _) = await link.receive(patience) {
            if opens(&packet) { heard.authentic += 1 } else { heard.foreign += 1 }
        }
        return heard
    }

    private func opens(_ packet: inout [UInt8]) -> Bool {
        let length = packet.count
        guard length > 12, packet[0] >> 6 == 2 else { return false }
        // Control packets (RFC 5761 §4) are the server's own right.
        let isControl = (192...223).contains(packet[1])
        var span = packet.mutableSpan
        if isControl { return (try? receiver.unprotectControl(&span, length: length)) != nil }
        return (try? receiver.unprotect(&span, length: length)) != nil
    }

    func close() async { await link.close() }

    static func header(_ sequence: UInt16, _ source: UInt32) -> [UInt8] {
        let timestamp = UInt32(sequence) &* 160
        return [0x80, 0, UInt8(sequence >> 8), UInt8(truncatingIfNeeded: sequence)]
            + (0..<4).map { UInt8(truncatingIfNeeded: timestamp >> (24 - 8 * $0)) }
            + (0..<4).map { UInt8(truncatingIfNeeded: source >> (24 - 8 * $0)) }
    }
}
