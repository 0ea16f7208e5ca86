// SPDX-License-Identifier: Apache-2.0

/// One call as a studio has it: what it says to the phone and what it hears from it. A value without a clock: ``beat()`` is called
/// every 20 ms.
public struct StudioLine: Sendable {
    /// What a line tells of.
    public enum News: Hashable, Sendable {
        /// What was to be said has been said to its end.
        case said(UInt64)
        case pressed(PhoneKey)
        /// A recording is over by itself.
        case recorded(RecordingEnd)
    }

    /// When a recording ends by itself.
    public struct RecordingTerms: Hashable, Sendable {
        /// Seconds.
        public let longest: Int
        public let silence: Int

        public init(longest: Int, silence: Int) {
            (self.longest, self.silence) = (longest, silence)
        }
    }

    public enum RecordingEnd: Hashable, Sendable {
        case isFull, isSilent
    }

    private struct Saying: Sendable {
        let number: UInt64
        let sound: [UInt8]
        /// Whether it begins again at its end.
        var repeats = false
        var next = 0
    }

    private struct Recording: Sendable {
        let terms: RecordingTerms
        var piece: [UInt8] = []
        /// Samples so far, and of the silence at its end.
        var length = 0
        var silent = 0
    }

    private let format: StudioFormat
    private var heard = JitterBuffer()
    private var keys = KeyReader()
    private var saying: Saying?
    private var recording: Recording?
    /// What they say in these 20 ms, linear; empty for who is in no conference.
    private var own: [Int16] = []
    private var isSpeaking = false
    /// Packets so far, from which their numbers follow.
    private var packets: UInt64 = 0
    private var news: [News] = []
    private var pieces: [[UInt8]] = []

    public init(_ format: StudioFormat) { self.format = format }

    /// What happened since this was last asked.
    public mutating func takeNews() -> [News] {
        guard !news.isEmpty else { return [] }
        defer { news = [] }
        return news
    }

    /// What was recorded since this was last asked, in pieces of ``StudioLimits/piece`` µ-law samples; the last one may be shorter.
    public mutating func takePieces() -> [[UInt8]] {
        guard !pieces.isEmpty else { return [] }
        defer { pieces = [] }
        return pieces
    }

    public var isRecording: Bool { recording != nil }

    // MARK: What it is told

    /// Says something instead of what it says now.
    ///
    /// - Parameters:
    ///   - sound: µ-law.
    ///   - number: Comes back when it is said to its end.
    public mutating func say(_ sound: [UInt8], _ number: UInt64) { saying = Saying(number: number, sound: sound) }

    /// Says something again and again, until something else is said.
    ///
    /// - Parameter sound: µ-law.
    public mutating func play(_ sound: [UInt8]) {
        saying = sound.isEmpty ? nil : Saying(number: 0, sound: sound, repeats: true)
    }

    /// Is silent.
    public mutating func hush() { saying = nil }

    public mutating func record(_ terms: RecordingTerms) { recording = Recording(terms: terms) }

    /// Ends a recording; its last piece can be taken.
    public mutating func endRecording() {
        guard let recording else { return }
        if !recording.piece.isEmpty { pieces.append(recording.piece) }
        self.recording = nil
    }

    /// From now on others hear them, and they hear the others when nothing else is said.
    public mutating func join() {
        guard own.isEmpty else { return }
        own = [Int16](repeating: 0, count: StudioLimits.frame)
        // What was said before was not for them.
        heard = JitterBuffer()
    }

    // MARK: What it hears

    /// A packet of RTP of the phone, decrypted. What is not sound or a key that was agreed on is nothing.
    public mutating func hear(_ packet: Span<UInt8>) {
        guard let header = RTPHeader(packet, end: packet.count), header.paddingFits(packet, end: packet.count) else {
            return
        }
        let padding = header.hasPadding ? Int(packet[packet.count - 1]) : 0
        let payload = packet.extracting(header.length..<packet.count - padding)
        let timestamp = packet.word(at: 4)
        if header.payloadType == format.events {
            guard let event = TelephoneEvent(payload), news.count < StudioLimits.keys,
                let key = keys.take(event, source: header.synchronisationSource, timestamp: timestamp)
            else { return }
            news.append(.pressed(key))
        } else if recording != nil || !own.isEmpty, let law = G711Law(payloadType: header.payloadType) {
            heard.put(payload, law, source: header.synchronisationSource, timestamp: timestamp)
        }
    }

    // MARK: Time

    /// 20 ms have passed.
    ///
    /// - Parameter packet: Gets RTP for the phone; its source is written by the relay.
    /// - Returns: The number of the packet in its stream, which never turns over.
    public mutating func beat(into packet: inout [UInt8]) -> UInt64 {
        record()
        let index = begin(&packet)
        speak(into: &packet)
        return index
    }

    /// What they say goes into the sum of their conference. Before ``beat(into:hearing:)``, once each time.
    public mutating func speak(to mixer: inout Mixer) {
        isSpeaking = heard.take(into: &own)
        if isSpeaking { mixer.add(own) }
    }

    /// The same as ``beat(into:)`` for who is in a conference: what all others say, unless something else is said to them. Who comes
    /// and goes is heard all the same: what is said waits for that.
    ///
    /// - Parameter mixer: With what everybody has said.
    public mutating func beat(into packet: inout [UInt8], hearing mixer: inout Mixer) -> UInt64 {
        let index = begin(&packet)
        if saying != nil, !mixer.isTelling {
            speak(into: &packet)
        } else if isSpeaking {
            mixer.write(without: own, format.law, to: &packet)
        } else {
            mixer.write(format.law, to: &packet)
        }
        return index
    }

    /// The header of the next packet (RFC 3550 §5.1).
    private mutating func begin(_ packet: inout [UInt8]) -> UInt64 {
        let index = packets
        packets += 1
        packet.removeAll(keepingCapacity: true)
        packet.append(0x80)
        packet.append(format.law.payloadType | (index == 0 ? 0x80 : 0))
        packet.append(UInt8(truncatingIfNeeded: index >> 8))
        packet.append(UInt8(truncatingIfNeeded: index))
        let timestamp = UInt32(truncatingIfNeeded: index &* UInt64(StudioLimits.frame))
        for byte in 0..<4 { packet.append(UInt8(truncatingIfNeeded: timestamp >> UInt32(24 - 8 * byte))) }
        for _ in 0..<4 { packet.append(0) }
        return index
    }

    private mutating func speak(into packet: inout [UInt8]) {
        let quiet = format.law == .mu ? G711.silence.mu : G711.silence.a
        var left = StudioLimits.frame
        while left > 0, var now = saying {
            let end = min(now.sound.count, now.next + left)
            for place in now.next..<end {
                packet.append(format.law == .mu ? now.sound[place] : G711.aOfMu[Int(now.sound[place])])
            }
            left -= end - now.next
            now.next = end
            saying = now
            guard end == now.sound.count else { break }
            if now.repeats {
                saying?.next = 0
            } else {
                news.append(.said(now.number))
                saying = nil
            }
        }
        for _ in 0..<left { packet.append(quiet) }
    }

    private mutating func record() {
        guard var now = recording else { return }
        // One owner, so that its piece is not copied; `settle` puts it back.
        recording = nil
        let sound = heard.take(StudioLimits.frame)
        guard !sound.isEmpty else {
            // Nobody has said anything yet: that is silence, and no sound.
            now.silent += StudioLimits.frame
            return settle(now)
        }
        now.piece += sound
        now.length += sound.count
        now.silent = Self.isQuiet(sound) ? now.silent + sound.count : 0
        if now.piece.count >= StudioLimits.piece {
            pieces.append(now.piece)
            now.piece = []
        }
        settle(now)
    }

    private mutating func settle(_ now: Recording) {
        recording = now
        guard now.length < now.terms.longest * 8_000 else { return end(.isFull) }
        if now.silent >= now.terms.silence * 8_000 { end(.isSilent) }
    }

    private mutating func end(_ reason: RecordingEnd) {
        endRecording()
        news.append(.recorded(reason))
    }

    private static func isQuiet(_ sound: [UInt8]) -> Bool {
        let sum = sound.reduce(0) { $0 + Int(G711.linear(mu: $1).magnitude) }
        return sum < StudioLimits.quiet * sound.count
    }
}
