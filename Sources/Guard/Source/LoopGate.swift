// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What all businesses of one loop may use up together: places for connections, and messages of strangers.
///
/// Each business has its own ``ConnectionGate`` and ``SourceGate`` with a smaller share, so that a flood at one of them
/// leaves room for the others; this one keeps their sum within what the loop and the machine can bear.
public struct LoopGate: Sendable {
    private let places: Int
    private let strangerPlaces: Int
    /// Of them, those for where phones are expected from.
    private let reserved: Int
    public private(set) var connections = 0
    /// Of them, those that have not authenticated.
    public private(set) var strangers = 0
    /// Of them, those that come from where nobody is expected.
    public private(set) var outsiders = 0
    private var messages = TokenBucket()
    private let pace: TokenBucket.Pace
    /// Of known addresses on their way back in.
    private var returns = TokenBucket()
    private static let returnPace = TokenBucket.Pace(Limits.allReturnsRate)

    /// - Parameters:
    ///   - connections: Places in all.
    ///   - strangers: Of them, those that connections may take which have not authenticated.
    ///   - reserved: Of the strangers' places, those for where phones are expected from.
    ///   - messages: Of strangers.
    public init(connections: Int, strangers: Int, reserved: Int = 0, messages: Rate = Limits.allStrangersRate) {
        (places, strangerPlaces, self.reserved) = (connections, strangers, reserved)
        pace = TokenBucket.Pace(messages)
    }

    /// Whether one more connection may be accepted. It is a stranger's until ``authenticated(isExpected:)``.
    ///
    /// - Parameter isExpected: Whether it comes from a site, or from where phones logged in of late.
    public mutating func admit(isExpected: Bool = false) -> Bool {
        guard connections < places, strangers < strangerPlaces,
            isExpected || outsiders < strangerPlaces - reserved
        else { return false }
        connections += 1
        strangers += 1
        if !isExpected { outsiders += 1 }
        return true
    }

    public mutating func authenticated(isExpected: Bool = false) {
        strangers -= strangers > 0 ? 1 : 0
        if !isExpected { outsiders -= outsiders > 0 ? 1 : 0 }
    }

    /// One that was admitted is gone.
    public mutating func closed(wasAuthenticated: Bool, isExpected: Bool = false) {
        connections -= connections > 0 ? 1 : 0
        if !wasAuthenticated { authenticated(isExpected: isExpected) }
    }

    /// Whether there is room for something that a stranger sends. Takes none.
    public func hears(_ cost: SourceGate.Cost, at now: MonotonicTime) -> Bool {
        messages.holds(cost.messages, at: now.nanoseconds, pace)
    }

    /// The same for something that comes from where phones logged in of late.
    public func letsBack(_ cost: SourceGate.Cost, at now: MonotonicTime) -> Bool {
        returns.holds(cost.messages, at: now.nanoseconds, Self.returnPace)
    }

    public mutating func cameBack(_ cost: SourceGate.Cost, at now: MonotonicTime) {
        returns.take(cost.messages, at: now.nanoseconds, Self.returnPace)
    }

    /// Something of a stranger was let in.
    public mutating func heard(_ cost: SourceGate.Cost, at now: MonotonicTime) {
        messages.take(cost.messages, at: now.nanoseconds, pace)
    }
}
