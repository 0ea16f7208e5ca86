// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// The branch of a request of ours, by which its responses are known (RFC 3261 §17.1.3). 128 random bits.
struct BranchKey: Hashable, Sendable {
    private static let cookie = "z9hG4bK"
    private let high: UInt64
    private let low: UInt64

    init(using entropy: Entropy) {
        (high, low) = (entropy.next(), entropy.next())
    }

    /// `nil` for a branch that cannot be one of ours.
    init?(_ response: Message) {
        guard let via = try? response.topVia(), let branch = via.branch, branch.count == Self.cookie.utf8.count + 32
        else { return nil }
        let bytes = response.bytes(branch)
        guard bytes.starts(with: Self.cookie.utf8) else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for byte in bytes.dropFirst(Self.cookie.utf8.count) {
            // Only as we write it: digits and lower case.
            guard let digit = Hex.value(byte), byte | 0x20 == byte else { return nil }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
        }
        (high, low) = words
    }

    func write(into value: inout ValueWriter) {
        value.append(Self.cookie)
        value.append(hexadecimal: high)
        value.append(hexadecimal: low)
    }
}
