// SPDX-License-Identifier: Apache-2.0

public import Model

/// The numbers of a business, and under which of them calls go out.
public struct OwnedNumbers: Codable, Hashable, Sendable {
    /// In order.
    public let numbers: [OwnedNumber]
    public let callers: CallerNumbers

    public init(numbers: [OwnedNumber], callers: CallerNumbers) { (self.numbers, self.callers) = (numbers, callers) }
}
