// SPDX-License-Identifier: Apache-2.0

/// What the server answers itself, instead of a phone.
public enum CallService: Hashable, Sendable {
    /// Says back what it hears, so that somebody can hear whether their phone works.
    case echo
    /// Does what a phone wants changed, and confirms it.
    case feature(FeatureRequest)
    /// Parks the call that the phone has on hold in the first free place, and confirms it.
    case parking

    /// What a phone dials for it.
    public var code: String {
        switch self {
        case .echo: "*43"
        case .feature(let request): request.code
        case .parking: ParkingPlace.code
        }
    }

    public init?(dialled: String) {
        guard dialled.utf8.first == UInt8(ascii: "*") else { return nil }
        if dialled == Self.echo.code {
            self = .echo
        } else if dialled == Self.parking.code {
            self = .parking
        } else if let request = FeatureRequest(dialled: dialled) {
            self = .feature(request)
        } else {
            return nil
        }
    }
}
