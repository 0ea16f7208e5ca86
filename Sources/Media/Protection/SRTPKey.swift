// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The master key of one direction of one leg, with the suite it is for. A key of the wrong length does not exist.
public struct SRTPKey: Sendable {
    public let suite: SRTPSuite
    /// The master key followed by the master salt, ``SRTPSuite/materialLength`` bytes (RFC 4568 §6.1).
    public let material: Redacted<[UInt8]>

    /// - Parameter material: The master key followed by the master salt.
    /// - Returns: `nil` unless the length is the suite's.
    public init?(suite: SRTPSuite, material: [UInt8]) {
        guard material.count == suite.materialLength else { return nil }
        self.suite = suite
        self.material = Redacted(material)
    }

    private init(suite: SRTPSuite, drawnFrom generator: inout some RandomNumberGenerator) {
        self.suite = suite
        material = Redacted(generator.nextBytes(suite.materialLength))
    }

    /// A fresh key. Each leg and each direction gets its own: two senders under one key repeat its key stream
    /// (RFC 3711 §9.1).
    public static func generate(_ suite: SRTPSuite, using generator: inout some RandomNumberGenerator) -> SRTPKey {
        SRTPKey(suite: suite, drawnFrom: &generator)
    }
}

extension SRTPKey: Equatable {
    /// Takes the same time wherever two keys differ.
    public static func == (one: SRTPKey, other: SRTPKey) -> Bool {
        guard one.suite == other.suite else { return false }
        return one.material.reveal { mine in
            other.material.reveal { theirs in
                var difference: UInt8 = 0
                for (a, b) in zip(mine, theirs) { difference |= a ^ b }
                return difference == 0
            }
        }
    }
}
