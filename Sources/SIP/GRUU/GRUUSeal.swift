// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Seals what a temporary GRUU stands for into its user part, and knows its own when they come back, without
/// remembering any of them.
///
/// Nobody without the key can tell whether two of them are of one phone, or make or change one.
///
/// Source: RFC 5627 §3.1.2 and appendix A.2.
///
/// ```
/// tgruu. ‖ random ‖ (registration ‖ session) ⊕ HMAC(key 1, random) ‖ HMAC(key 2, everything before) cut to 16 bytes
///          └ 24 digits  └ 32 digits                                  └ 32 digits
/// ```
public struct GRUUSeal: Sendable {
    /// What a temporary GRUU stands for.
    public struct Content: Hashable, Sendable {
        /// Which registration of a contact.
        public let registration: UInt64
        /// Which series of REGISTERs, by ``GRUUSeal/session(of:)``: another Call-ID ends those that were given before
        /// (RFC 5627 §5.4).
        public let session: UInt64

        public init(registration: UInt64, session: UInt64) {
            (self.registration, self.session) = (registration, session)
        }
    }

    private static let prefix: StaticString = "tgruu."
    private static let randomLength = 12
    private static let sealedLength = 28
    private static let macLength = 16
    /// Of the user part, in ASCII bytes.
    public static let length = 6 + 2 * (sealedLength + macLength)

    private let stream: KeyedHash
    private let mac: KeyedHash
    private let sessions: KeyedHash

    /// - Parameters:
    ///   - key: 32 random bytes. Whoever has them can make GRUUs, and see through those of others.
    ///   - domain: Whose GRUUs they are; one of another domain does not open.
    /// - Precondition: `key` has 32 bytes.
    public init(key: [UInt8], domain: String) {
        let root = KeyedHash(key: key.span)
        stream = root.derived(for: "temporary GRUU of \(domain), stream")
        mac = root.derived(for: "temporary GRUU of \(domain), authentication")
        sessions = root.derived(for: "temporary GRUU of \(domain), session")
    }

    /// Names a Call-ID of REGISTERs without telling it.
    public func session(of callID: [UInt8]) -> UInt64 {
        let mac = sessions.mac(callID.span)
        return (0..<8).reduce(0) { $0 << 8 | UInt64(mac[$1]) }
    }

    /// Makes the user part of a temporary GRUU, which is another one each time.
    public func seal(_ content: Content, using entropy: Entropy) -> [UInt8] {
        var bytes = InlineArray<28, UInt8>(repeating: 0)
        let random = entropy.bytes(Self.randomLength)
        for index in random.indices { bytes[index] = random[index] }
        for index in 0..<8 {
            bytes[12 + index] = UInt8(truncatingIfNeeded: content.registration >> UInt64(56 - 8 * index))
            bytes[20 + index] = UInt8(truncatingIfNeeded: content.session >> UInt64(56 - 8 * index))
        }
        hide(&bytes)
        var user: [UInt8] = []
        user.reserveCapacity(Self.length)
        user.append(raw: Self.prefix)
        for index in 0..<Self.sealedLength { Hex.append(bytes[index], to: &user) }
        let mac = mac.mac(bytes.span)
        for index in 0..<Self.macLength { Hex.append(mac[index], to: &user) }
        return user
    }

    /// Reads a user part that somebody sent, with its escapes undone.
    ///
    /// - Returns: `nil` for everything that ``seal(_:using:)`` did not make with this key for this domain. Upper-case digits
    ///   are not ours: a temporary GRUU has one spelling.
    public func open(_ user: Span<UInt8>) -> Content? {
        guard user.count == Self.length, Self.hasPrefix(user) else { return nil }
        var bytes = InlineArray<28, UInt8>(repeating: 0)
        var theirs = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<Self.sealedLength + Self.macLength {
            guard let byte = Self.byte(user, at: 6 + 2 * index) else { return nil }
            if index < Self.sealedLength { bytes[index] = byte } else { theirs[index - Self.sealedLength] = byte }
        }
        let mac = mac.mac(bytes.span)
        guard isEqual(mac.span.extracting(0..<Self.macLength), theirs.span) else { return nil }
        hide(&bytes)
        var (registration, session) = (UInt64(0), UInt64(0))
        for index in 0..<8 {
            registration = registration << 8 | UInt64(bytes[12 + index])
            session = session << 8 | UInt64(bytes[20 + index])
        }
        return Content(registration: registration, session: session)
    }

    /// Hides the content under a stream that its random part chooses, or shows it again.
    private func hide(_ bytes: inout InlineArray<28, UInt8>) {
        let stream = stream.mac(bytes.span.extracting(0..<Self.randomLength))
        for index in 0..<16 { bytes[Self.randomLength + index] ^= stream[index] }
    }

    private static func hasPrefix(_ user: Span<UInt8>) -> Bool {
        prefix.withUTF8Buffer { prefix in
            let prefix = unsafe prefix.span
            return prefix.indices.allSatisfy { prefix[$0] == user[$0] }
        }
    }

    private static func byte(_ user: Span<UInt8>, at index: Int) -> UInt8? {
        let (first, second) = (user[index], user[index + 1])
        guard let high = Hex.value(first), let low = Hex.value(second) else { return nil }
        let byte = high << 4 | low
        return Hex.digit(high) == first && Hex.digit(low) == second ? byte : nil
    }
}
