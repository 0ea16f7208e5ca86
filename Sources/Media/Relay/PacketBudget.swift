// SPDX-License-Identifier: Apache-2.0

import Primitives

/// How much authentic media may pass: a bucket of packets and one of bytes.
///
/// It is asked before a packet is decrypted, and pays for it afterwards: what somebody forges in a phone's name uses up
/// nothing of what that phone may send.
struct PacketBudget: Sendable {
    struct Rate: Sendable {
        /// A second.
        let packets: Double
        let bytes: Double
        /// Seconds of it at once.
        let burst: Double
    }

    private var packets: Double
    private var bytes: Double
    private var filledAt: UInt64 = 0

    init(_ rate: Rate) {
        (packets, bytes) = (rate.packets * rate.burst, rate.bytes * rate.burst)
    }

    mutating func allows(_ rate: Rate, at now: MonotonicTime) -> Bool {
        if now.nanoseconds > filledAt {
            let elapsed = Double(now.nanoseconds - filledAt) / 1e9
            packets = min(rate.packets * rate.burst, packets + elapsed * rate.packets)
            bytes = min(rate.bytes * rate.burst, bytes + elapsed * rate.bytes)
            filledAt = now.nanoseconds
        }
        return packets >= 1 && bytes >= 1
    }

    mutating func pay(_ length: Int) {
        packets -= 1
        bytes -= Double(length)
    }
}

/// What the relays of one business may use of a media loop.
public struct RelayShare: Sendable {
    /// Open at once.
    public let relays: Int
    /// Packets that pass in a second, both directions together; a call has a hundred.
    public let packets: Double

    public init(relays: Int, packets: Double) {
        (self.relays, self.packets) = (relays, packets)
    }

    /// One business has the loop to itself.
    public static let whole = RelayShare(relays: .max, packets: .infinity)

    var rate: PacketBudget.Rate { PacketBudget.Rate(packets: packets, bytes: .infinity, burst: 1) }
}

/// What the businesses of a media loop use of it. Bounded by the numbers that a business can have.
struct RelayShares: Sendable {
    private struct Business: Sendable {
        var relays = 0
        var budget: PacketBudget
    }

    private let share: RelayShare
    private var numbers: [UInt16: Int] = [:]
    private var businesses: [Business] = []
    /// Of each open call.
    private var owners: [Int]

    /// - Parameter capacity: Calls are numbered from 0 up to this.
    init(_ share: RelayShare, capacity: Int) {
        self.share = share
        owners = Array(repeating: 0, count: capacity)
    }

    func hasRoom(for id: RelayID) -> Bool {
        guard let number = numbers[id.business] else { return share.relays > 0 }
        return businesses[number].relays < share.relays
    }

    mutating func open(_ call: Int, _ id: RelayID) {
        let number = numbers[id.business] ?? businesses.count
        if number == businesses.count {
            numbers[id.business] = number
            businesses.append(Business(budget: PacketBudget(share.rate)))
        }
        businesses[number].relays += 1
        owners[call] = number
    }

    mutating func close(_ call: Int) { businesses[owners[call]].relays -= 1 }

    mutating func allows(_ call: Int, at now: MonotonicTime) -> Bool {
        businesses[owners[call]].budget.allows(share.rate, at: now)
    }

    mutating func pay(_ call: Int, _ length: Int) { businesses[owners[call]].budget.pay(length) }
}

extension RelayID {
    /// Bits for the relays of one business: a call a microsecond for nine years.
    static let bitsOfOne: UInt64 = 48

    /// Whose relay it is: the upper 16 bits.
    var business: UInt16 { UInt16(truncatingIfNeeded: rawValue >> Self.bitsOfOne) }
}
