// SPDX-License-Identifier: Apache-2.0

import Crypto
import Guard
import Primitives

/// Challenges for passkeys, each for one browser and one purpose, for five minutes and for one answer.
///
/// None is kept while it waits, so nobody fills the memory by asking: it says itself until when it is good, under a key that only
/// this process knows. What is kept is those that were answered by a signature that holds.
struct PasskeyChallenges {
    enum Purpose: String {
        case signIn = "sign-in"
        case add
        case prove
    }

    private let key: SymmetricKey
    /// Those that were answered, with when they end anyway.
    private var answered: [[UInt8]: MonotonicTime] = [:]

    init(using entropy: Entropy) { key = SymmetricKey(data: entropy.bytes(32)) }

    /// Random bytes, the end in nanoseconds, and an HMAC over both.
    func make(
        _ purpose: Purpose,
        for browser: [UInt8],
        using entropy: Entropy,
        at now: MonotonicTime
    ) -> [UInt8] {
        let end = (now + PasskeyRules.challengeLasts).nanoseconds
        let head =
            entropy.bytes(PasskeyRules.challengeBytes) + (0..<8).map { UInt8(truncatingIfNeeded: end >> (56 - 8 * $0)) }
        return head + code(head, purpose, browser)
    }

    func isGood(_ challenge: [UInt8], _ purpose: Purpose, for browser: [UInt8], at now: MonotonicTime) -> Bool {
        guard challenge.count == Self.headBytes + SHA256.byteCount, answered[challenge] == nil else { return false }
        let head = Array(challenge.prefix(Self.headBytes))
        let isOurs = HMAC<SHA256>.isValidAuthenticationCode(
            challenge.suffix(SHA256.byteCount),
            authenticating: Self.text(head, purpose, browser),
            using: key
        )
        return isOurs && now < Self.end(of: challenge)
    }

    /// - Returns: `false` when it was answered before, or when more were answered of late than can be kept.
    mutating func answer(_ challenge: [UInt8], at now: MonotonicTime) -> Bool {
        if answered.count >= Limits.answeredChallenges { answered = answered.filter { now < $0.value } }
        guard answered.count < Limits.answeredChallenges, answered[challenge] == nil else { return false }
        answered[challenge] = Self.end(of: challenge)
        return true
    }

    private static let headBytes = PasskeyRules.challengeBytes + 8

    private static func end(of challenge: [UInt8]) -> MonotonicTime {
        let bytes = challenge.dropFirst(PasskeyRules.challengeBytes).prefix(8)
        return MonotonicTime(nanoseconds: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func text(_ head: [UInt8], _ purpose: Purpose, _ browser: [UInt8]) -> [UInt8] {
        head + Array(purpose.rawValue.utf8) + [0] + browser
    }

    private func code(_ head: [UInt8], _ purpose: Purpose, _ browser: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Self.text(head, purpose, browser), using: key))
    }
}

extension PasskeyRules.Tools {
    static let ours = Self(
        hash: { Array(SHA256.hash(data: $0)) },
        isOnCurve: { (try? P256.Signing.PublicKey(rawRepresentation: $0)) != nil },
        isSigned: { key, bytes, signature in
            guard let key = try? P256.Signing.PublicKey(rawRepresentation: key),
                let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature)
            else { return false }
            return key.isValidSignature(signature, for: bytes)
        }
    )
}
