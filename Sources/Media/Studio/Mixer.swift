// SPDX-License-Identifier: Apache-2.0

/// What is said in one conference in 20 ms: the sum of all, from which each gets the rest without their own part. A value without a
/// clock and, after it was made, without an allocation.
///
/// Whoever comes and goes is heard: that is here, where it cannot be left out.
public struct Mixer: Sendable {
    /// Linear, wide enough for 65,536 members who shout.
    private var total = [Int32](repeating: 0, count: StudioLimits.frame)
    /// What those hear who say nothing, by law: the same for all, so that it is made once.
    private var mu = [UInt8](repeating: G711.silence.mu, count: StudioLimits.frame)
    private var a = [UInt8](repeating: G711.silence.a, count: StudioLimits.frame)
    private var isMade: (mu: Bool, a: Bool) = (false, false)
    /// µ-law that all hear, and its next sample.
    private var signal: (sound: [UInt8], next: Int) = ([], 0)
    /// How many came and went whom it has not told of yet, each with a tone of their own.
    private var untold: (came: Int, went: Int) = (0, 0)
    /// Whether it tells of somebody in these 20 ms: nothing else is said to anybody then.
    private(set) var isTelling = false
    /// How many are in it.
    public private(set) var members = 0

    public init() {}

    public mutating func join() {
        members += 1
        untold.came = min(untold.came + 1, StudioLimits.untold)
    }

    public mutating func leave() {
        members -= 1
        untold.went = min(untold.went + 1, StudioLimits.untold)
    }

    /// The next 20 ms begin.
    public mutating func begin() {
        for place in total.indices { total[place] = 0 }
        isMade = (false, false)
        if signal.next == signal.sound.count { takeUntold() }
        let end = min(signal.sound.count, signal.next + StudioLimits.frame)
        for place in signal.next..<end {
            total[place - signal.next] = Int32(G711.linear(mu: signal.sound[place]))
        }
        isTelling = end > signal.next
        signal.next = end
    }

    private mutating func takeUntold() {
        if untold.came > 0 {
            untold.came -= 1
            signal = (Self.joined, 0)
        } else if untold.went > 0 {
            untold.went -= 1
            signal = (Self.left, 0)
        }
    }

    /// - Parameter own: What one of them says, linear, ``StudioLimits/frame`` samples.
    mutating func add(_ own: [Int16]) {
        for place in total.indices { total[place] += Int32(own[place]) }
    }

    /// What somebody hears who said this.
    mutating func write(without own: [Int16], _ law: G711Law, to packet: inout [UInt8]) {
        for place in total.indices {
            let rest = Int16(clamping: total[place] - Int32(own[place]))
            packet.append(law == .mu ? G711.mu(rest) : G711.a(rest))
        }
    }

    /// What somebody hears who said nothing.
    mutating func write(_ law: G711Law, to packet: inout [UInt8]) {
        switch law {
        case .mu:
            if !isMade.mu { for place in total.indices { mu[place] = G711.mu(Int16(clamping: total[place])) } }
            isMade.mu = true
            packet.append(contentsOf: mu)
        case .a:
            if !isMade.a { for place in total.indices { a[place] = G711.a(Int16(clamping: total[place])) } }
            isMade.a = true
            packet.append(contentsOf: a)
        }
    }

    /// Up for who comes, down for who goes.
    static let joined = Tone.sound(hertz: 520, milliseconds: 120) + Tone.sound(hertz: 780, milliseconds: 160)
    static let left = Tone.sound(hertz: 780, milliseconds: 120) + Tone.sound(hertz: 520, milliseconds: 160)
}
