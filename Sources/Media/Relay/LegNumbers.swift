// SPDX-License-Identifier: Apache-2.0

/// Numbers that legs are told apart by: the sources of our streams (RFC 3550 §8), their names, and contexts of keys. They
/// have to differ; none of them is a secret.
struct LegNumbers: Sendable {
    private var state: UInt64
    private var contexts: UInt64 = 0

    init(seed: UInt64) {
        state = seed
    }

    /// One that no other leg and no earlier key of this leg has had.
    mutating func context() -> UInt64 {
        contexts += 1
        return contexts
    }

    mutating func source() -> UInt32 { UInt32(truncatingIfNeeded: name() >> 32) }

    /// SplitMix64.
    mutating func name() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
