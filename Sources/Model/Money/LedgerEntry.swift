// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// One thing that happened to the money of a business, for the log of it. A reservation and an extension must be on the disk before
/// what they pay for is spoken.
///
/// Reading one twice changes nothing: amounts are totals of the leg, and slices are numbered.
public struct LedgerEntry: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        /// A leg was begun: its set-up price and first slice, from all budgets of the payer.
        case reserved(Payer, micros: Int64)
        /// It was answered: what was reserved counts from now on.
        case answered
        /// It has the right to another slice.
        ///
        /// - slice: Counts from 2; the first one is the reservation.
        /// - micros: All that is reserved for the leg now.
        case extended(slice: UInt32, micros: Int64)
        /// It is over, and costs this in all. The rest is free again.
        case settled(micros: Int64)
        /// What stood in a part of a window when the log was written anew. Of no leg.
        case carried(SpendPool, SpendSpan, micros: Int64)
        /// A leg that was running when the log was written anew: what is reserved for it stands in ``carried(_:_:micros:)``.
        ///
        /// - returnable: Of its last slice, which may be free again.
        case running(Payer, slice: UInt32, micros: Int64, returnable: Int64)
    }

    public let charge: ChargeID
    /// When, by the calendar: how old it is after a restart.
    public let at: WallTime
    /// Whether the business was closed, so that the smaller budget counts as well.
    public let isAfterHours: Bool
    public let event: Event

    public init(charge: ChargeID, at: WallTime, isAfterHours: Bool, event: Event) {
        (self.charge, self.at, self.isAfterHours, self.event) = (charge, at, isAfterHours, event)
    }
}

/// How far back a budget looks. It slides: there is no midnight at which it is full again.
public enum SpendSpan: UInt8, CaseIterable, Hashable, Sendable, Codable {
    case hour, day, week

    /// Seconds.
    public var seconds: Int64 {
        switch self {
        case .hour: 3_600
        case .day: 86_400
        case .week: 7 * 86_400
        }
    }
}

extension SpendSpan: CustomStringConvertible {
    public var description: String {
        switch self {
        case .hour: "hour"
        case .day: "day"
        case .week: "week"
        }
    }
}
