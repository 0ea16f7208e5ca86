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
    private var forgotten = ForgottenStreams()

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

    /// Whether an authentic packet of this synchronisation source has come, and its stream is in use.
    @inline(__always)
    public func knows(_ source: UInt32) -> Bool { streams.find(source) != nil }

    /// Turns the SRTP packet in the first `length` bytes into RTP.
    ///
    /// - Returns: The length of the RTP packet in bytes.
    /// - Throws: `malformed`, `replayed`, `forged`, `tooManyStreams` or `keyExhausted`. After `forged` the payload may
    ///   be scrambled.
    public mutating func unprotect(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> Int {
        try open(&packet, length: length).length
    }

    /// Turns the SRTCP packet in the first `length` bytes into RTCP; whether that is well formed is not looked at.
    ///
    /// - Returns: The length of the RTCP packet in bytes.
    /// - Throws: As ``unprotect(_:length:)``, and `unencrypted`.
    public mutating func unprotectControl(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> Int {
        try openControl(&packet, length: length).length
    }
}

/// A packet that was authenticated and decrypted.
struct OpenedPacket: Sendable {
    /// Without protection, in bytes.
    let length: Int
    let source: UInt32
    /// The 48-bit index of RTP, or the 31-bit one of RTCP.
    let index: UInt64
    /// Whether nothing of its stream with a higher index had come before it.
    let isNewest: Bool
}

extension SRTPReceiver {
    /// As ``unprotect(_:length:)``.
    mutating func open(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> OpenedPacket {
        let end = length - suite.tagLength
        guard length <= packet.count, let header = RTPHeader(packet.span, end: end) else { throw .malformed }
        let source = header.synchronisationSource
        let known = streams.find(source)
        let window = if let known { streams[known].media } else { try recall(source).media }
        let index = try window.index(of: header.sequenceNumber)
        guard let unseen = window.check(index) else { throw .replayed }
        guard media.open(&packet, clear: header.length, length: end, source: source, index: index) else {
            throw .forged
        }
        let slot = known ?? admit(source)
        streams.use(slot)
        streams[slot].media.accept(unseen)
        guard header.paddingFits(packet.span, end: end) else { throw .malformed }
        return OpenedPacket(length: end, source: source, index: index, isNewest: window.last.map { index > $0 } ?? true)
    }

    /// As ``unprotectControl(_:length:)``.
    mutating func openControl(_ packet: inout MutableSpan<UInt8>, length: Int) throws(SRTPError) -> OpenedPacket {
        let end = length - suite.controlOverhead
        guard length <= packet.count, let source = RTCPPacket.synchronisationSource(packet.span, end: end) else {
            throw .malformed
        }
        let word = packet.span.word(at: end + suite.controlIndexOffset)
        guard word >> 31 == 1 else { throw .unencrypted }
        let index = UInt64(word & 0x7FFF_FFFF)
        let known = streams.find(source)
        let window = if let known { streams[known].control } else { try recall(source).control }
        guard let unseen = window.check(index) else { throw .replayed }
        guard control.openControl(&packet, length: end, source: source, index: index) else { throw .forged }
        let slot = known ?? admit(source)
        streams.use(slot)
        streams[slot].control.accept(unseen)
        return OpenedPacket(length: end, source: source, index: index, isNewest: window.last.map { index > $0 } ?? true)
    }

    /// What a source that is not in use has to go on from. Nothing changes before its packet is authentic.
    private func recall(_ source: UInt32) throws(SRTPError) -> StreamTable.Stream {
        guard streams.hasRoom || forgotten.hasRoom(insteadOf: source) else { throw .tooManyStreams }
        return forgotten.recall(source)
    }

    /// A new stream goes on even when all places are in use (RFC 3550 §8.2): the one unused for longest is forgotten.
    private mutating func admit(_ source: UInt32) -> Int {
        let stream = forgotten.recall(source)
        if streams.hasRoom { return streams.add(stream) }
        forgotten.take(streams.oldest, insteadOf: source)
        return streams.replaceOldest(with: stream)
    }
}
