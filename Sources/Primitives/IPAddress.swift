// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address. IPv4 is kept in its mapped form (`::ffff:a.b.c.d`), so `::ffff:192.0.2.1` and `192.0.2.1`
/// are one value and no list can be passed by writing an address the other way.
public struct IPAddress: Hashable, Sendable {
    /// The first and the last eight bytes, in network order.
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter v4: The address in host order: 127.0.0.1 is `0x7F00_0001`.
    public init(v4: UInt32) {
        self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(v4))
    }

    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// The IPv4 address in host order, or `nil` for IPv6.
    public var v4: UInt32? { isIPv4 ? UInt32(truncatingIfNeeded: low) : nil }

    /// In network order: 4 for IPv4, 16 for IPv6.
    public var bytes: [UInt8] {
        let all = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
        return isIPv4 ? Array(all.suffix(4)) : all
    }

    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        if let v4 { return v4 >> 24 == 127 }
        return high == 0 && low == 1
    }

    /// 169.254.0.0/16 or fe80::/10.
    public var isLinkLocal: Bool {
        if let v4 { return v4 >> 16 == 0xA9FE }
        return high >> 54 == 0x3FA
    }

    /// 0.0.0.0 or ::.
    public var isUnspecified: Bool { high == 0 && (low == 0 || low == 0xFFFF_0000_0000) }

    /// 224.0.0.0/4, 255.255.255.255 or ff00::/8.
    public var isMulticastOrBroadcast: Bool {
        if let v4 { return v4 >> 28 == 0xE || v4 == .max }
        return high >> 56 == 0xFF
    }

    /// Who is counted together: one IPv4 address, or one IPv6 /64, because a host there owns all of it.
    public var accountable: IPAddress { isIPv4 ? self : IPAddress(high: high, low: 0) }
}

extension IPAddress {
    /// Reads `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`; `nil` for anything else, names included.
    public init?(parsing text: some StringProtocol) {
        var bytes = Array(text.utf8)
        guard bytes.count <= 47 else { return nil }
        if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let words = Self.words(bytes[...]) else { return nil }
            let halves = (
                words[0..<4].reduce(0) { $0 << 16 | UInt64($1) }, words[4..<8].reduce(0) { $0 << 16 | UInt64($1) }
            )
            self.init(high: halves.0, low: halves.1)
        } else {
            guard let v4 = Self.quad(bytes[...]) else { return nil }
            self.init(v4: v4)
        }
    }

    private static func quad(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            // A leading zero would be octal to some readers and decimal to others.
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var octet = 0
            for byte in part {
                guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
                octet = octet * 10 + Int(byte - UInt8(ascii: "0"))
            }
            guard octet <= 255 else { return nil }
            value = value << 8 | UInt32(octet)
        }
        return value
    }

    private static func words(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (3...9).contains(parts.count) else { return nil }
        var before: [UInt16] = []
        var after: [UInt16]?
        for (index, part) in parts.enumerated() {
            if part.isEmpty {
                if index == 0 || index == parts.count - 1 {
                    // A single colon at an end is only legal as half of `::`.
                    let neighbour = index == 0 ? parts[1] : parts[parts.count - 2]
                    guard neighbour.isEmpty else { return nil }
                    continue
                }
                guard after == nil else { return nil }
                after = []
                continue
            }
            guard let words = part.contains(UInt8(ascii: ".")) && index == parts.count - 1 ? embedded(part) : word(part)
            else { return nil }
            if after == nil { before += words } else { after? += words }
        }
        guard let after else { return before.count == 8 ? before : nil }
        guard before.count + after.count < 8 else { return nil }
        return before + Array(repeating: 0, count: 8 - before.count - after.count) + after
    }

    private static func embedded(_ part: ArraySlice<UInt8>) -> [UInt16]? {
        quad(part).map { [UInt16($0 >> 16), UInt16(truncatingIfNeeded: $0)] }
    }

    private static func word(_ part: ArraySlice<UInt8>) -> [UInt16]? {
        guard part.count <= 4 else { return nil }
        var value: UInt16 = 0
        for byte in part {
            guard let digit = Hex.value(byte) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return [value]
    }
}

extension IPAddress: CustomStringConvertible {
    /// `192.0.2.1`, or IPv6 as RFC 5952 writes it, without brackets.
    public var description: String {
        if let v4 { return "\(v4 >> 24).\(v4 >> 16 & 255).\(v4 >> 8 & 255).\(v4 & 255)" }
        let words = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> (48 - 16 * UInt64($0 % 4))) }
        var (best, bestLength, index) = (0, 1, 0)
        while index < 8 {
            var end = index
            while end < 8, words[end] == 0 { end += 1 }
            if end - index > bestLength { (best, bestLength) = (index, end - index) }
            index = max(end, index + 1)
        }
        let text = { (slice: ArraySlice<UInt16>) in slice.map { String($0, radix: 16) }.joined(separator: ":") }
        guard bestLength > 1 else { return text(words[...]) }
        return text(words[..<best]) + "::" + text(words[(best + bestLength)...])
    }
}
