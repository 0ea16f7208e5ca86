// SPDX-License-Identifier: Apache-2.0

/// What of an RTCP compound goes on to the other phone, in place: how much was sent and how it was received, in the terms of
/// the streams that each phone knows, and a name of ours.
///
/// No text passes. SDES (RFC 3550 §6.5) becomes one CNAME that says nothing; BYE is left out, because our stream goes on when
/// a phone changes its own; APP and what is not known here is left out too, and so is feedback (RFC 4585), which our
/// descriptions never negotiate.
struct ControlTranslation: Sendable {
    /// What the listener hears, from whom this comes then.
    let speaking: OutgoingStream
    /// The context of the speaking leg.
    let context: UInt64
    /// What the speaker hears, and reports about.
    let heard: OutgoingStream.Report?
    /// Drawn for the leg; written as 16 hexadecimal digits.
    let name: UInt64

    private enum Kind {
        static let senderReport: UInt8 = 200
        static let receiverReport: UInt8 = 201
        static let description: UInt8 = 202
    }

    /// Bytes of a report before its blocks, of one block and of our SDES packet.
    private static let (senderReport, receiverReport, block, description) = (28, 8, 24, 28)

    /// - Parameter length: Bytes of a compound that ``RTCPPacket/isCompound(_:end:)`` has passed.
    /// - Returns: Bytes of what goes on, never more than `length` and the SDES packet.
    /// - Throws: `malformed`, or `notRelayed` when nothing is left.
    func apply(_ packet: inout MutableSpan<UInt8>, length: Int, room: Int) throws(DropReason) -> Int {
        // What is written never passes what is still to be read: the report becomes shorter or stays as it is.
        var (read, written) = (0, 0)
        while read + 4 <= length {
            let kind = packet[read + 1]
            let end = read + 4 * (1 + (Int(packet[read + 2]) << 8 | Int(packet[read + 3])))
            guard end <= length else { throw .malformed }
            // One is all that there is to say: a phone hears one stream.
            if written == 0, kind == Kind.senderReport || kind == Kind.receiverReport {
                written = try report(&packet, read..<end)
            }
            read = end
        }
        guard written > 0 else { throw .notRelayed }
        guard room - written >= Self.description else { return written }
        describe(&packet, at: written)
        return written + Self.description
    }

    /// - Returns: Bytes written.
    private func report(_ packet: inout MutableSpan<UInt8>, _ place: Range<Int>) throws(DropReason) -> Int {
        let isSender = packet[place.lowerBound + 1] == Kind.senderReport
        let blocks = Int(packet[place.lowerBound] & 0x1F)
        let fixed = isSender ? Self.senderReport : Self.receiverReport
        guard place.count >= fixed + Self.block * blocks else { throw .malformed }
        let hasSent = isSender && translateSender(&packet, place.lowerBound)
        var written = hasSent ? Self.senderReport : Self.receiverReport
        let isReported = translateBlock(&packet, place.lowerBound + fixed, blocks, to: written)
        if isReported { written += Self.block }
        packet[0] = 0x80 | (isReported ? 1 : 0)
        packet[1] = hasSent ? Kind.senderReport : Kind.receiverReport
        packet.setHalf(UInt16(written / 4 - 1), at: 2)
        packet.setWord(speaking.source, at: 4)
        return written
    }

    /// What was sent means something only beside timestamps that the listener has met.
    private func translateSender(_ packet: inout MutableSpan<UInt8>, _ start: Int) -> Bool {
        let origin = OutgoingStream.Origin(context: context, source: packet.span.word(at: start + 4))
        guard let shift = speaking.shift(of: origin) else { return false }
        for word in stride(from: 8, to: Self.senderReport, by: 4) {
            let value = packet.span.word(at: start + word)
            packet.setWord(word == 16 ? value &+ shift : value, at: word)
        }
        return true
    }

    /// The block about our stream, if there is one: nobody else is heard (RFC 3550 §6.4.1).
    private func translateBlock(
        _ packet: inout MutableSpan<UInt8>,
        _ first: Int,
        _ count: Int,
        to start: Int
    ) -> Bool {
        guard let heard else { return false }
        for number in 0..<count {
            let block = first + Self.block * number
            guard packet.span.word(at: block) == heard.ours else { continue }
            for word in stride(from: 4, to: Self.block, by: 4) {
                let value = packet.span.word(at: block + word)
                packet.setWord(word == 8 ? value &+ heard.distance : value, at: start + word)
            }
            packet.setWord(heard.theirs, at: start)
            return true
        }
        return false
    }

    /// One chunk: our source, a CNAME, and two zeros that end and pad it (RFC 3550 §6.5).
    private func describe(_ packet: inout MutableSpan<UInt8>, at start: Int) {
        packet[start] = 0x81
        packet[start + 1] = Kind.description
        packet.setHalf(UInt16(Self.description / 4 - 1), at: start + 2)
        packet.setWord(speaking.source, at: start + 4)
        packet[start + 8] = 1
        packet[start + 9] = 16
        for digit in 0..<16 {
            let value = UInt8(truncatingIfNeeded: name >> UInt64(60 - 4 * digit)) & 0xF
            packet[start + 10 + digit] = value < 10 ? 0x30 + value : 0x57 + value
        }
        packet.setHalf(0, at: start + 26)
    }
}
