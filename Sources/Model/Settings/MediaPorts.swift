// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where media arrives: one RTP port for all calls, the next one for RTCP, and the rest for legs without encryption.
public struct MediaPorts: Hashable, Sendable {
    /// The port a server takes when nobody chose one.
    public static let defaultFirst: UInt16 = 40_000

    /// Written into every SDP, so it is an address that phones can reach, never `0.0.0.0`.
    public let address: IPAddress
    /// RTP of every call. Even, as RFC 3550 §11 asks.
    public let first: UInt16
    /// The end of the range, at least `first + 1`.
    public let last: UInt16

    /// - Returns: `nil` when `first` is odd or 0, `last` is not above it, or the address is not one of a single host.
    public init?(address: IPAddress, first: UInt16, last: UInt16) {
        guard first > 0, first % 2 == 0, last > first, !address.isUnspecified, !address.isMulticastOrBroadcast else {
            return nil
        }
        self.address = address
        self.first = first
        self.last = last
    }

    /// Reads `192.0.2.1:40000-40001` or `[2001:db8::1]:40000-40001`.
    public init?(parsing text: some StringProtocol) {
        guard let dash = text.lastIndex(of: "-"), let last = UInt16(text[text.index(after: dash)...]),
            let start = SocketAddress(parsing: text[..<dash])
        else { return nil }
        self.init(address: start.ip, first: start.port, last: last)
    }

    /// What is left for legs without encryption, two ports for each; `nil` where there are none, so that no exception
    /// for a provider can be used.
    public var plain: ClosedRange<UInt16>? { last - first >= 3 ? first + 2...last : nil }

    public var rtp: SocketAddress { SocketAddress(ip: address, port: first) }
    public var rtcp: SocketAddress { SocketAddress(ip: address, port: first + 1) }
}

extension MediaPorts: CustomStringConvertible {
    public var description: String { "\(rtp)-\(last)" }
}

extension MediaPorts: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("media ports are 192.0.2.1:40000-40001", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

extension [MediaPorts] {
    /// - Returns: `nil` unless it is one range, or one of each version of IP.
    public init?(checking ranges: [MediaPorts]) {
        guard (1...2).contains(ranges.count), Set(ranges.map(\.address.isIPv4)).count == ranges.count else {
            return nil
        }
        self = ranges
    }
}
