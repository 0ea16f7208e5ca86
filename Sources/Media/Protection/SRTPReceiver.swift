// SPDX-License-Identifier: Apache-2.0

/// Authenticates and decrypts what one peer sends under one master key, RTP and RTCP.
///
/// Works in place on the caller's buffer and allocates nothing after its creation. A packet that fails changes nothing
/// here: the roll-over counter and the replay windows move only on authentic packets (RFC 3711 §3.3.1, §3.3.2).
public struct SRTPReceiver: ~Copyable, Sendable {
    private let suite: SRTPSuite
    private let media: SRTPCipher
    private let control: SRTPCipher
    private var streams = StreamTable()

    public init(_ key: SRTPKey) {
        suite = key.suite
        media = SRTPCipher(key, for: .media, direction: .unprotect)
        control = SRTPCipher(key, for: .control, direction: .unprotect)
    }

    init(suite: SRTPSuite, media: SessionKeys, control: SessionKeys) {
        self.suite = suite
        self.media = SRTPCipher(media, suite: suite, direction: .unprotect)
        self.control = SRTPCipher(control, suite: suite, direction: .unprotect)
    }

    /// Whether an authentic packet of this synchronisation source has come.
    public func knows(_ source: UInt32) -> Bool { streams.find(source) != nil }

    /// Turns the SRTP packet in the first `length` bytes into RTP.
    ///
    /// - Returns: The length of the RTP packet in bytes.
    /// - Throws: `malformed`, `replayed`, `forged`, `tooManyStreams` or `keyExhausted`. After `forged` the payload may
    ///   be scrambled.
    public mutating func unprotect(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> Int {
        let end = length - suite.tagLength
        guard length <= packet.count, let header = RTPHeader(packet.span, end: end) else { throw .malformed }
        let source = header.synchronisationSource
        let known = streams.find(source)
        guard known != nil || streams.hasRoom else { throw .tooManyStreams }
        let window = known.map { streams[$0].media } ?? ReplayWindow()
        let index = try window.index(of: header.sequenceNumber)
        guard let unseen = window.check(index) else { throw .replayed }
        guard media.open(&packet, clear: header.length, length: end, source: source, index: index) else {
            throw .forged
        }
        let slot = known ?? streams.add(source)
        streams[slot].media.accept(unseen)
        guard header.paddingFits(packet.span, end: end) else { throw .malformed }
        return end
    }

    /// Turns the SRTCP packet in the first `length` bytes into RTCP; whether that is well formed is not looked at.
    ///
    /// - Returns: The length of the RTCP packet in bytes.
    /// - Throws: As ``unprotect(_:length:)``, and `unencrypted`.
    public mutating func unprotectControl(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> Int {
        let end = length - suite.controlOverhead
        guard length <= packet.count, let source = RTCPPacket.synchronisationSource(packet.span, end: end) else {
            throw .malformed
        }
        let word = packet.span.word(at: end + suite.controlIndexOffset)
        guard word >> 31 == 1 else { throw .unencrypted }
        let index = UInt64(word & 0x7FFF_FFFF)
        let known = streams.find(source)
        guard known != nil || streams.hasRoom else { throw .tooManyStreams }
        let window = known.map { streams[$0].control } ?? ReplayWindow()
        guard let unseen = window.check(index) else { throw .replayed }
        guard control.openControl(&packet, length: end, source: source, index: index) else { throw .forged }
        let slot = known ?? streams.add(source)
        streams[slot].control.accept(unseen)
        return end
    }
}
