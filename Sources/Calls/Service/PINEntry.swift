// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Primitives

/// The keys of a PIN, one after the other.
struct PINEntry: Sendable {
    private var digits = ""
    /// How often a wrong one was entered in this call.
    private(set) var wrong = 0

    var isEmpty: Bool { digits.isEmpty }

    /// - Returns: The PIN when it is whole.
    mutating func press(_ key: PhoneKey) -> Redacted<String>? {
        if key == .hash { return take() }
        guard key.isDigit else {
            digits = ""
            return nil
        }
        digits.append(key.character)
        return digits.count < Guard::Limits.pinDigits.upperBound ? nil : take()
    }

    /// What was entered so far is all of it.
    ///
    /// - Returns: `nil` for nothing.
    mutating func take() -> Redacted<String>? {
        defer { digits = "" }
        return digits.isEmpty ? nil : Redacted(digits)
    }

    /// It was wrong.
    ///
    /// - Returns: Whether another one may be entered.
    mutating func fail() -> Bool {
        wrong += 1
        return wrong < Guard::Limits.pinsPerCall
    }
}
