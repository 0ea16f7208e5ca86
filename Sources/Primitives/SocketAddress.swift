// SPDX-License-Identifier: Apache-2.0

/// An address and a port.
public struct SocketAddress: Hashable, Sendable {
    public var ip: IPAddress
    public var port: UInt16

    public init(ip: IPAddress, port: UInt16) {
        self.ip = ip
        self.port = port
    }

    /// Reads `192.0.2.1:5061` or `[2001:db8::1]:5061`; names are not addresses.
    public init?(parsing text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"),
            case let digits = text[text.index(after: colon)...], digits.first != "+",
            let port = UInt16(digits),
            let ip = IPAddress(parsing: text[..<colon]),
            ip.isIPv4 || text.first == "["
        else { return nil }
        self.init(ip: ip, port: port)
    }
}

extension SocketAddress: CustomStringConvertible {
    public var description: String { ip.isIPv4 ? "\(ip):\(port)" : "[\(ip)]:\(port)" }
}
