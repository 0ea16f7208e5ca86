// SPDX-License-Identifier: Apache-2.0

/// A network: an address and how many of its leading bits count.
public struct IPPrefix: Hashable, Sendable {
    public let address: IPAddress
    /// In IPv6 terms, 0…128; an IPv4 `/24` is 120.
    private let bits: Int

    /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address.
    public init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(parsing: first) else { return nil }
        var bits = 128
        if parts.count == 2 {
            guard parts[1].first != "+", let length = UInt8(parts[1]).map(Int.init),
                length <= (address.isIPv4 ? 32 : 128)
            else { return nil }
            bits = address.isIPv4 ? length + 96 : length
        }
        self.bits = bits
        self.address = Self.mask(address, bits)
    }

    /// How many leading bits count, as it is written: 0…32 in IPv4, 0…128 in IPv6.
    public var length: Int { address.isIPv4 ? bits - 96 : bits }

    public func contains(_ other: IPAddress) -> Bool { Self.mask(other, bits) == address }

    private static func mask(_ address: IPAddress, _ bits: Int) -> IPAddress {
        let high: UInt64 = bits == 0 ? 0 : bits >= 64 ? .max : ~(.max >> UInt64(bits))
        let low: UInt64 = bits <= 64 ? 0 : bits == 128 ? .max : ~(.max >> UInt64(bits - 64))
        return IPAddress(high: address.high & high, low: address.low & low)
    }
}

extension IPPrefix: CustomStringConvertible {
    public var description: String { "\(address)/\(length)" }
}
