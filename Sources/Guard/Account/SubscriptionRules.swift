// SPDX-License-Identifier: Apache-2.0

public import Model

/// What a phone can ask to be told about.
public enum WatchedState: Hashable, Sendable, CaseIterable {
    /// Whether an extension has calls, and whether they ring: what lights a lamp.
    case calls
    /// Whether an extension can be reached.
    case presence
    /// How many messages wait.
    case mailbox
    /// Where a phone is registered.
    case registration
}

/// Whose or what state a phone can ask for.
public enum WatchedPlace: Hashable, Sendable {
    case `extension`(ExtensionNumber)
    /// Whether a call is parked there.
    case parking(ParkingPlace)
    /// Whether it is as a code makes it, at the extension of the phone that watches.
    case feature(FeatureRequest, at: ExtensionNumber)

    /// Reads what is subscribed to.
    ///
    /// - Parameter watcher: Whose phone asks.
    public init?(dialled: String, by watcher: ExtensionNumber) {
        if let number = ExtensionNumber(parsing: dialled) {
            self = .extension(number)
        } else if let place = ParkingPlace(dialled: dialled) {
            self = .parking(place)
        } else if let request = FeatureRequest(dialled: dialled) {
            self = .feature(request, at: watcher)
        } else {
            return nil
        }
    }

    /// What was subscribed to.
    public var text: String {
        switch self {
        case .extension(let number): number.text
        case .parking(let place): place.text
        case .feature(let request, _): request.code
        }
    }

    /// `nil` for what is no extension.
    public var number: ExtensionNumber? {
        switch self {
        case .extension(let number): number
        case .parking, .feature: nil
        }
    }
}

/// Proof that somebody may be told of a state. Only ``SubscriptionRules`` makes one, so a subscription that nobody allowed
/// does not compile.
public struct MayWatch: Hashable, Sendable {
    public let state: WatchedState
    /// Whose state it is.
    public let place: WatchedPlace

    init(state: WatchedState, place: WatchedPlace) {
        (self.state, self.place) = (state, place)
    }
}

/// Who may watch what (RFC 6665 §6.1; RFC 4235 §6; row R05 of the attack catalogue).
///
/// Lamps and presence are for everybody inside the business; what waits in a mailbox, where phones are and what was set by codes
/// is for their owner. Who may not watch is not told whether there would be something to see.
public enum SubscriptionRules {
    /// - Parameters:
    ///   - watcher: The phone that asks, by its credential.
    ///   - place: Whose state it asks for; `nil` where the request names none that there could be.
    /// - Returns: `nil` for what is unknown, disabled or not the watcher's to watch: one answer for all three.
    public static func decide(
        _ watcher: Device,
        asksFor state: WatchedState,
        of place: WatchedPlace?,
        in snapshot: Snapshot
    ) -> MayWatch? {
        guard snapshot.devices[watcher.username]?.id == watcher.id,
            snapshot.extensions[watcher.number]?.isEnabled == true,
            let place, mayWatch(state, of: place, watcher.number, in: snapshot)
        else { return nil }
        return MayWatch(state: state, place: place)
    }

    private static func mayWatch(
        _ state: WatchedState,
        of place: WatchedPlace,
        _ watcher: ExtensionNumber,
        in snapshot: Snapshot
    ) -> Bool {
        switch place {
        case .extension(let number):
            guard snapshot.extensions[number]?.isEnabled == true else { return false }
            return switch state {
            case .calls, .presence: true
            case .mailbox, .registration: number == watcher
            }
        case .parking(let place): return state == .calls && snapshot.outside.routing.parking.has(place)
        case .feature(_, let owner): return state == .calls && owner == watcher
        }
    }
}
