// SPDX-License-Identifier: Apache-2.0

/// A key of a phone: `0` to `9`, `*` and `#`. Those of the fourth column are on no phone.
public struct PhoneKey: Hashable, Sendable {
    /// 0 to 9, 10 for `*` and 11 for `#` (RFC 4733 §3.2).
    public let code: UInt8

    public init?(code: UInt8) {
        guard code < 12 else { return nil }
        self.code = code
    }

    public init?(_ character: Character) {
        guard let code = Self.characters.firstIndex(of: character) else { return nil }
        self.code = UInt8(code)
    }

    public var character: Character { Self.characters[Int(code)] }
    public var isDigit: Bool { code < 10 }

    private static let characters = Array("0123456789*#")
    public static let hash = PhoneKey(known: 11)

    private init(known code: UInt8) { self.code = code }
}

/// The payload of a packet that says that a key is pressed (RFC 4733 §2.3).
public struct TelephoneEvent: Hashable, Sendable {
    public static let length = 4

    public let code: UInt8

    /// - Parameter payload: Exactly four bytes: several events in one packet exist only in redundant ones (§2.5.1.5), which nobody
    ///   was offered.
    public init?(_ payload: Span<UInt8>) {
        guard payload.count == Self.length else { return nil }
        code = payload[0]
    }
}

/// Which keys were pressed, of packets that say so again and again: those of one press have one timestamp (RFC 4733 §2.5.1.1), and
/// each of them may be lost or late.
struct KeyReader: Sendable {
    /// The latest presses that were counted.
    private var counted = InlineArray<8, UInt64>(repeating: .max)
    private var next = 0

    /// - Returns: The key, with the first packet of a press that is seen.
    mutating func take(_ event: TelephoneEvent, source: UInt32, timestamp: UInt32) -> PhoneKey? {
        let press = UInt64(source) << 32 | UInt64(timestamp)
        for place in counted.indices where counted[place] == press { return nil }
        guard press != .max, let key = PhoneKey(code: event.code) else { return nil }
        counted[next] = press
        next = (next + 1) % counted.count
        return key
    }
}
