// SPDX-License-Identifier: Apache-2.0

/// How a provider counts time: the first `a` seconds as a whole, then each `b` seconds as a whole. Written `60/1`.
public struct Increments: Hashable, Sendable {
    /// Seconds that are billed at once when a call is answered, 1…3,600.
    public let first: UInt16
    /// Seconds of each step after that, 1…3,600.
    public let next: UInt16

    public static let seconds = Increments(unchecked: 1, 1)
    /// Whole minutes: what costs most of what is usual, and so the guess where a provider does not say.
    public static let minutes = Increments(unchecked: 60, 60)

    private init(unchecked first: UInt16, _ next: UInt16) { (self.first, self.next) = (first, next) }

    /// - Returns: `nil` unless both are 1…3,600.
    public init?(first: Int, next: Int) {
        guard Limits.incrementSeconds.contains(first), Limits.incrementSeconds.contains(next) else { return nil }
        self.init(unchecked: UInt16(first), UInt16(next))
    }

    /// Reads `60/1`, or `60` for `60/60`.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ (1...4).contains($0.utf8.count) && $0.first != "+" }),
            let first = Int(parts[0]), let next = Int(parts[parts.count - 1])
        else { return nil }
        self.init(first: first, next: next)
    }

    /// The seconds that are billed for an answered call: max(a, a + ⌈(t − a) / b⌉ · b). Never less than what was spoken.
    ///
    /// - Parameter spoken: Nanoseconds from the answer to the BYE. What is not positive counts as one: an answered call costs its
    ///   first step. What is more than ``Limits/longestBilledSeconds`` counts as that.
    public func billedSeconds(forNanoseconds spoken: Int64) -> Int64 {
        let seconds = spoken <= 0 ? 0 : (min(spoken, Int64.max - 999_999_999) + 999_999_999) / 1_000_000_000
        return billedSeconds(for: seconds)
    }

    /// The same for whole seconds: rounding up to a second first changes nothing, because the steps are whole seconds.
    public func billedSeconds(for seconds: Int64) -> Int64 {
        let (first, next) = (Int64(first), Int64(next))
        let spoken = min(seconds, Limits.longestBilledSeconds)
        guard spoken > first else { return first }
        return first + (spoken - first + next - 1) / next * next
    }
}

extension Increments: CustomStringConvertible {
    public var description: String { "\(first)/\(next)" }
}

extension Increments: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("increments are two numbers of seconds: 60/1", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}
