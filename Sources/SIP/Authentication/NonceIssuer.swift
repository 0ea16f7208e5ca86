// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Makes nonces, and knows its own when they come back, without remembering any of them: a stranger cannot fill a table.
///
/// A nonce says when it was made and its number, and proves with a keyed hash that it was made here, for that source
/// address and realm. So a captured one is worthless from another address, and after its lifetime from everywhere.
/// Making and checking cost two compressions of SHA-256 each and no allocation.
///
/// Source: RFC 7616 §3.3 (nonce) and §5.4, §5.5.
///
/// ```
/// time in ms ‖ counter ‖ HMAC-SHA-256(key, time ‖ counter ‖ source) cut to 16 bytes
/// └ 12 digits  └ 8       └ 32
/// ```
public struct NonceIssuer: Sendable {
    public enum Verdict: Hashable, Sendable {
        /// Ours, for this source, and young enough.
        case valid
        /// The same but too old, or from the future: answer with `stale=true`, and the phone tries again without asking its
        /// user.
        case stale
        /// Not made here, or not for this source.
        case foreign
    }

    private static let stampLength = 10
    private static let macLength = 16

    private let hash: KeyedHash
    private let lifetime: Duration
    private var counter: UInt32 = 0

    /// - Parameters:
    ///   - key: 32 random bytes. Whoever has them can make nonces.
    ///   - realm: What the nonces are for; a nonce of one realm is foreign to another.
    ///   - lifetime: How long an answer to a challenge may take, and a nonce be used again with a higher count.
    /// - Precondition: `key` has 32 bytes.
    public init(key: [UInt8], realm: String, lifetime: Duration) {
        // A key of this realm, so that the realm costs nothing later.
        hash = KeyedHash(key: key.span).derived(for: realm)
        self.lifetime = lifetime
    }

    /// Makes a nonce that no earlier call of this issuer made.
    public mutating func issue(to source: IPAddress, at now: WallTime) -> Nonce {
        counter &+= 1
        var stamp = InlineArray<10, UInt8>(repeating: 0)
        let time = UInt64(clamping: now.milliseconds)
        for index in 0..<6 { stamp[index] = UInt8(truncatingIfNeeded: time >> UInt64(40 - 8 * index)) }
        for index in 0..<4 { stamp[6 + index] = UInt8(truncatingIfNeeded: counter >> UInt32(24 - 8 * index)) }
        return nonce(stamp, source)
    }

    /// Judges what a stranger sent as nonce. Takes the same time for every text of the right form.
    ///
    /// - Parameter nonce: ASCII, without quotes. Upper-case digits are not ours: a nonce has one spelling.
    public func check(_ nonce: Span<UInt8>, from source: IPAddress, at now: WallTime) -> Verdict {
        guard nonce.count == Nonce.length, let stamp = Self.stamp(of: nonce) else { return .foreign }
        let expected = self.nonce(stamp, source).ascii
        guard isEqual(expected.span, nonce) else { return .foreign }
        var time: Int64 = 0
        for index in 0..<6 { time = time << 8 | Int64(stamp[index]) }
        let issued = WallTime(milliseconds: time)
        // Our own clock went back. It is ours, and the phone's password is not to blame; but it would live too long.
        guard issued <= now else { return .stale }
        return now - issued <= lifetime ? .valid : .stale
    }

    private func nonce(_ stamp: InlineArray<10, UInt8>, _ source: IPAddress) -> Nonce {
        var message = InlineArray<26, UInt8>(repeating: 0)
        for index in 0..<Self.stampLength { message[index] = stamp[index] }
        for index in 0..<8 {
            message[10 + index] = UInt8(truncatingIfNeeded: source.high >> UInt64(56 - 8 * index))
            message[18 + index] = UInt8(truncatingIfNeeded: source.low >> UInt64(56 - 8 * index))
        }
        let mac = hash.mac(message.span)
        var nonce = Nonce()
        for index in 0..<Self.stampLength { nonce.write(stamp[index], at: index) }
        for index in 0..<Self.macLength { nonce.write(mac[index], at: Self.stampLength + index) }
        return nonce
    }

    /// Time and counter, or `nil` for digits that we would not write.
    private static func stamp(of nonce: Span<UInt8>) -> InlineArray<10, UInt8>? {
        var stamp = InlineArray<10, UInt8>(repeating: 0)
        for index in 0..<stampLength {
            guard let high = Hex.value(nonce[2 * index]), let low = Hex.value(nonce[2 * index + 1]) else { return nil }
            stamp[index] = high << 4 | low
        }
        return stamp
    }
}

extension Nonce {
    fileprivate mutating func write(_ byte: UInt8, at index: Int) {
        ascii[2 * index] = Hex.digit(byte >> 4)
        ascii[2 * index + 1] = Hex.digit(byte & 15)
    }
}
