// SPDX-License-Identifier: Apache-2.0

import Model

/// What a phone dials to have something done instead of somebody called.
enum FeatureCode: Hashable, Sendable {
    /// `*8`: the oldest call that rings in one's pick-up group.
    case pickUpAny
    /// `**204`: the call that rings there.
    case pickUp(ExtensionNumber)

    init?(dialled: String) {
        guard dialled.utf8.first == UInt8(ascii: "*") else { return nil }
        if dialled == "*8" {
            self = .pickUpAny
        } else if dialled.hasPrefix("**"), let number = ExtensionNumber(parsing: dialled.dropFirst(2)) {
            self = .pickUp(number)
        } else {
            return nil
        }
    }

    /// Where it has to ring; `nil` for anywhere.
    var place: ExtensionNumber? {
        switch self {
        case .pickUpAny: nil
        case .pickUp(let number): number
        }
    }
}
