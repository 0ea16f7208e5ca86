// SPDX-License-Identifier: Apache-2.0

/// Which way media goes, seen from the side that says so.
///
/// Source: RFC 3264 §5.1 and §6.1.
public enum MediaDirection: Hashable, Sendable, CaseIterable {
    case sendReceive, sendOnly, receiveOnly, inactive

    public init(sends: Bool, receives: Bool) {
        self =
            switch (sends, receives) {
            case (true, true): .sendReceive
            case (true, false): .sendOnly
            case (false, true): .receiveOnly
            case (false, false): .inactive
            }
    }

    public var sends: Bool {
        switch self {
        case .sendReceive, .sendOnly: true
        case .receiveOnly, .inactive: false
        }
    }

    public var receives: Bool {
        switch self {
        case .sendReceive, .receiveOnly: true
        case .sendOnly, .inactive: false
        }
    }

    /// The same stream seen from the other side: what one sends, the other receives.
    public var reversed: MediaDirection { MediaDirection(sends: receives, receives: sends) }

    /// The part of it that `other` also has. An answer says `wanted.limited(by: offer.direction.reversed)`.
    public func limited(by other: MediaDirection) -> MediaDirection {
        MediaDirection(sends: sends && other.sends, receives: receives && other.receives)
    }

    /// The name of the attribute.
    var attribute: StaticString {
        switch self {
        case .sendReceive: "sendrecv"
        case .sendOnly: "sendonly"
        case .receiveOnly: "recvonly"
        case .inactive: "inactive"
        }
    }
}
