// SPDX-License-Identifier: Apache-2.0

/// Encrypts and authenticates what we send to one peer under one master key, RTP and RTCP.
///
/// AES in counter mode and GCM are broken by protecting two packets under one index. So this keeps a replay window of
/// its own: whatever happens on the receiving side (a re-key, a replayed or restarted stream), an index that was used
/// or that is too old to know is refused here. Not copyable for the same reason: two copies would use an index twice.
///
/// Works in place on the caller's buffer and allocates nothing after its creation.
public struct SRTPSender: ~Copyable, Sendable {
    private let suite: SRTPSuite
    private let media: SRTPCipher
    private let control: SRTPCipher
    private var streams = StreamTable()
    /// One counter for all sources: RFC 3711 §3.2.1 asks for one each, and with one for all none repeats either.
    private var nextControlIndex: UInt64 = 0

    public init(_ key: SRTPKey) {
        suite = key.suite
        media = SRTPCipher(key, for: .media, direction: .protect)
        control = SRTPCipher(key, for: .control, direction: .protect)
    }

    init(suite: SRTPSuite, media: SessionKeys, control: SessionKeys, nextControlIndex: UInt64) {
        self.suite = suite
        self.media = SRTPCipher(media, suite: suite, direction: .protect)
        self.control = SRTPCipher(control, suite: suite, direction: .protect)
        self.nextControlIndex = nextControlIndex
    }

    /// Turns the RTP packet in the first `length` bytes into SRTP.
    ///
    /// - Parameter packet: Needs ``RelayLimits/protectionOverhead`` bytes of room behind `length`.
    /// - Returns: The length of the SRTP packet in bytes.
    /// - Throws: `malformed`, `replayed` when its index was used or may have been, `tooManyStreams` beyond
    ///   ``RelayLimits/streamsInUse``, `keyExhausted`.
    public mutating func protect(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> Int {
        guard packet.count - suite.tagLength >= length, let header = RTPHeader(packet.span, end: length) else {
            throw .malformed
        }
        let source = header.synchronisationSource
        let known = streams.find(source)
        guard known != nil || streams.hasRoom else { throw .tooManyStreams }
        let slot = known ?? streams.add(StreamTable.Stream(source: source))
        let index = try streams[slot].media.index(of: header.sequenceNumber)
        guard let unused = streams[slot].media.check(index) else { throw .replayed }
        // Spent before the cipher runs: an index whose protection fails half way is not tried again.
        streams[slot].media.accept(unused)
        guard media.seal(&packet, clear: header.length, length: length, source: source, index: index) else {
            throw .malformed
        }
        return length + suite.tagLength
    }

    /// Turns the RTCP packet in the first `length` bytes into SRTCP.
    ///
    /// - Parameter packet: Needs ``RelayLimits/protectionOverhead`` bytes of room behind `length`.
    /// - Returns: The length of the SRTCP packet in bytes.
    /// - Throws: `malformed` or `keyExhausted`.
    public mutating func protectControl(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> Int {
        guard packet.count - suite.controlOverhead >= length,
            let source = RTCPPacket.synchronisationSource(packet.span, end: length)
        else { throw .malformed }
        let index = nextControlIndex
        guard index < PacketIndex.controlEnd else { throw .keyExhausted }
        nextControlIndex += 1
        let word = UInt32(truncatingIfNeeded: index) | 0x8000_0000
        for byte in 0..<4 {
            packet[length + suite.controlIndexOffset + byte] = UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * byte))
        }
        guard control.sealControl(&packet, length: length, source: source, index: index) else { throw .malformed }
        return length + suite.controlOverhead
    }
}
