// SPDX-License-Identifier: Apache-2.0

public import Primitives
import Synchronization

/// SplitMix64: random words that are the same in every run.
public struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(_ seed: UInt64 = 1) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

extension Entropy {
    /// The words of ``SplitMix``, one after the other, for everybody who draws.
    public static func repeatable(_ seed: UInt64 = 42) -> Entropy {
        let source = SharedWords(seed)
        return Entropy { source.next() }
    }
}

private final class SharedWords: Sendable {
    private let words: Mutex<SplitMix>

    init(_ seed: UInt64) { words = Mutex(SplitMix(seed)) }

    func next() -> UInt64 { words.withLock { $0.next() } }
}
