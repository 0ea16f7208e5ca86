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
    private var source: UInt32 = 0
    /// Packets in a row that came too late to be heard.
    private var late = 0

    /// - Parameter sound: µ-law, of one packet.
    mutating func put(_ sound: some RandomAccessCollection<UInt8>, source: UInt32, timestamp: UInt32) {
        guard !sound.isEmpty, sound.count <= StudioLimits.window / 2 else { return }
        guard let head, source == self.source else { return begin(sound, source: source, timestamp: timestamp) }
        let distance = Int(Int32(bitPattern: timestamp &- head))
        guard distance > -sound.count else {
            late += 1
            if late >= StudioLimits.lateInARow { begin(sound, source: source, timestamp: timestamp) }
            return
        }
        guard distance + sound.count <= StudioLimits.window else {
            return begin(sound, source: source, timestamp: timestamp)
        }
        late = 0
        write(sound.dropFirst(max(0, -distance)), at: head &+ UInt32(max(0, distance)))
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

    /// Hands nothing of what was on, and waits for a while so that what is late is in time.
    private mutating func begin(_ sound: some Collection<UInt8>, source: UInt32, timestamp: UInt32) {
        for place in samples.indices { samples[place] = G711.silence.mu }
        (self.source, late) = (source, 0)
        head = timestamp &- UInt32(StudioLimits.delay)
        write(sound, at: timestamp)
    }

    private mutating func write(_ sound: some Collection<UInt8>, at timestamp: UInt32) {
        var place = Int(timestamp % UInt32(samples.count))
        for sample in sound {
            samples[place] = sample
            place = (place + 1) % samples.count
        }
    }
}
