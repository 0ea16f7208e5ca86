// SPDX-License-Identifier: Apache-2.0

/// Sound in the order in which it was said: packets come in any order, some never, and are handed on at an even pace.
///
/// What is missing is silence. A speaker whose clock is faster or slower than ours, or who begins anew, is followed; nothing that
/// they send makes this larger than ``StudioLimits/window``.
struct JitterBuffer: Sendable {
    /// By the timestamp, modulo its size.
    private var samples = [UInt8](repeating: G711.silence.mu, count: StudioLimits.window)
    /// The timestamp of the next sample that is handed on; `nil` before the first packet.
    private var head: UInt32?
    /// The one after the latest sample that came. From there on all is silence.
    private var end: UInt32 = 0
    private var source: UInt32 = 0
    /// Packets in a row that came too late to be heard.
    private var late = 0

    /// - Parameters:
    ///   - sound: Of one packet, by the law.
    ///   - timestamp: Of its first sample (RFC 3550 §5.1).
    mutating func put(_ sound: Span<UInt8>, _ law: G711Law = .mu, source: UInt32, timestamp: UInt32) {
        guard !sound.isEmpty, sound.count <= StudioLimits.window / 2 else { return }
        guard let head, source == self.source else { return begin(sound, law, source: source, timestamp: timestamp) }
        let distance = Int(Int32(bitPattern: timestamp &- head))
        guard distance > -sound.count else {
            late += 1
            if late >= StudioLimits.lateInARow { begin(sound, law, source: source, timestamp: timestamp) }
            return
        }
        guard distance + sound.count <= StudioLimits.window else {
            return begin(sound, law, source: source, timestamp: timestamp)
        }
        late = 0
        write(sound.extracting(max(0, -distance)..<sound.count), law, at: head &+ UInt32(max(0, distance)))
    }

    /// - Returns: The next samples; nothing before the first packet.
    mutating func take(_ count: Int) -> [UInt8] {
        guard let from = head else { return [] }
        var sound = [UInt8](repeating: G711.silence.mu, count: count)
        for offset in 0..<count {
            let place = Int((from &+ UInt32(offset)) % UInt32(samples.count))
            sound[offset] = samples[place]
            samples[place] = G711.silence.mu
        }
        head = from &+ UInt32(count)
        return sound
    }

    /// The next samples, linear, in place of what is in the frame. No allocation, and hardly any work where nothing was said.
    ///
    /// - Returns: Whether there were any: else the frame is as it was.
    mutating func take(into frame: inout [Int16]) -> Bool {
        guard var from = head else { return false }
        while Int32(bitPattern: end &- from) > Int32(StudioLimits.longestDelay) {
            samples[Int(from % UInt32(samples.count))] = G711.silence.mu
            from &+= 1
        }
        head = from &+ UInt32(frame.count)
        guard Int32(bitPattern: end &- from) > 0 else { return false }
        var place = Int(from % UInt32(samples.count))
        for offset in frame.indices {
            frame[offset] = G711.linear(mu: samples[place])
            samples[place] = G711.silence.mu
            place = (place + 1) % StudioLimits.window
        }
        return true
    }

    /// Hands nothing of what was on, and waits for a while so that what is late is in time.
    private mutating func begin(_ sound: Span<UInt8>, _ law: G711Law, source: UInt32, timestamp: UInt32) {
        for place in samples.indices { samples[place] = G711.silence.mu }
        (self.source, late) = (source, 0)
        head = timestamp &- UInt32(StudioLimits.delay)
        end = timestamp
        write(sound, law, at: timestamp)
    }

    private mutating func write(_ sound: Span<UInt8>, _ law: G711Law, at timestamp: UInt32) {
        let last = timestamp &+ UInt32(sound.count)
        if Int32(bitPattern: last &- end) > 0 { end = last }
        var place = Int(timestamp % UInt32(samples.count))
        for index in sound.indices {
            samples[place] = law == .mu ? sound[index] : G711.muOfA[Int(sound[index])]
            place = (place + 1) % samples.count
        }
    }
}
