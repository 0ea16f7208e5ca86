// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// One phone's registration, for people.
public struct RegistrationSummary: Sendable {
    public let number: ExtensionNumber
    public let device: DeviceID
    public let source: SocketAddress
    public let transport: Transport
    public let tlsVersion: String?
    /// The TLS cipher suite, as IANA names it; `nil` without TLS.
    public let cipher: String?
    /// What the phone says it is. Untrusted text.
    public let userAgent: String
    public let since: WallTime
    public let expires: WallTime
}

/// One call in progress, for people.
public struct CallSummary: Sendable {
    public let record: CallRecord
    public let isAnswered: Bool
    /// Where it waits to be taken; `nil` for one that is not parked.
    public let place: ParkingPlace?
    public let callerMedia: LegReportSummary
    public let calleeMedia: LegReportSummary
}

/// What the relay last said about one side of a call.
public struct LegReportSummary: Sendable {
    public var packets: UInt64 = 0
    public var authenticationFailures: UInt64 = 0
    public var replays: UInt64 = 0
    public var locked: SocketAddress?
}

/// Counters since the start, and gauges.
public struct SwitchboardFigures: Sendable {
    public var registrations = 0
    public var calls = 0
    public var transactions = 0
    public var subscriptions = 0
    /// Bytes of messages that transactions, dialogs that end and early dialogs hold, at least.
    public var keptBytes = 0
    public var challenges: UInt64 = 0
    public var failedLogins: UInt64 = 0
    public var malformed: UInt64 = 0
    public var dropped: UInt64 = 0
    /// Phones that were told to register later.
    public var shedding = SheddingFigures()
    public var relays = RelayFigures()
    /// Legs in the clear there are, and there can be at once.
    public var plainLegs = 0
    public var plainPorts = 0
}

/// How many phones were sent away, and until when the last of them was told to wait.
public struct SheddingFigures: Hashable, Sendable {
    /// Registrations refused for load since the start.
    public private(set) var refused: UInt64 = 0
    /// When the present or latest wave began; `nil` before the first.
    public private(set) var since: WallTime?
    /// When the last phone that was sent away is back at the latest.
    public private(set) var until: WallTime?

    public init() {}

    /// How long the present or latest wave takes from its first refusal until everybody is back.
    public var recovery: Duration? {
        guard let since, let until else { return nil }
        return until - since
    }

    /// One phone was sent away until then.
    public mutating func note(until end: WallTime, at now: WallTime) {
        refused += 1
        if until.map({ $0 < now }) ?? true { since = now }
        until = max(until ?? end, end)
    }
}
