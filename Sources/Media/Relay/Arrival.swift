// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What can be said of a datagram before any key is tried on it.
struct Arrival: Sendable {
    let length: Int
    let source: SocketAddress
    let port: MediaPort
    let now: MonotonicTime
    let isControl: Bool
    /// The synchronisation source that the packet claims.
    let stream: UInt32

    /// - Parameter shortest: Bytes of the shortest RTCP: protected, it is longer than an RTP header.
    init(
        _ packet: Span<UInt8>,
        length: Int,
        source: SocketAddress,
        port: MediaPort,
        now: MonotonicTime,
        shortest: Int = RTPHeader.minimumLength
    ) throws(DropReason) {
        guard length >= shortest, length <= min(packet.count, RelayLimits.packetLength) else {
            throw .malformed
        }
        switch (PacketKind(packet), port) {
        case (.rtp, .rtp): isControl = false
        case (.rtcp, _): isControl = true
        case (.rtp, .rtcp): throw .malformed
        case (.stun, _), (.dtls, _), (.other, _): throw .notMedia
        }
        guard isControl || length >= RTPHeader.minimumLength else { throw .malformed }
        stream = packet.word(at: isControl ? 4 : 8)
        self.length = length
        self.source = source
        self.port = port
        self.now = now
    }
}

/// A packet as it came, kept while keys are tried on it: a failed AES-GCM try scrambles the buffer.
struct PacketCopy: Sendable {
    private var bytes = [UInt8](repeating: 0, count: RelayLimits.packetLength)
    private var length = 0

    mutating func keep(_ packet: Span<UInt8>, length: Int) {
        self.length = min(length, bytes.count, packet.count)
        for offset in 0..<self.length { bytes[offset] = packet[offset] }
    }

    func restore(_ packet: inout MutableSpan<UInt8>) {
        for offset in 0..<min(length, packet.count) { packet[offset] = bytes[offset] }
    }
}
