// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Which addresses an alert may be delivered to (row P10): whoever may name a server could else have this system ask its own
/// neighbours, or the machine that knows its host's passwords.
public enum DeliveryReach {
    /// Why nothing is delivered there; `nil` where it may be.
    ///
    /// - Parameter allowsPrivate: Whether somebody with a reason said that the channel leads inside.
    public static func obstacle(to address: IPAddress, allowingPrivate allowsPrivate: Bool) -> Obstacle? {
        if neverPublic.contains(where: { $0.contains(address) }) { return .special(address) }
        if inside.contains(where: { $0.contains(address) }) { return allowsPrivate ? nil : .inside(address) }
        guard address.isIPv4 || global.contains(address) else { return .special(address) }
        return nil
    }

    /// The same for all that a name leads to: one that is not allowed spoils the name, because it would be taken next time.
    public static func obstacle(to addresses: [IPAddress], allowingPrivate allowsPrivate: Bool) -> Obstacle? {
        addresses.lazy.compactMap { obstacle(to: $0, allowingPrivate: allowsPrivate) }.first
    }

    public enum Obstacle: Hashable, Sendable, CustomStringConvertible {
        /// Of this machine, or of a private network.
        case inside(IPAddress)
        /// Nothing there takes alerts, whatever anybody says: IANA's special-purpose registries, and addresses of clouds.
        case special(IPAddress)

        public var description: String {
            switch self {
            case .inside(let address): "\(address) is inside, on this machine or in a private network"
            case .special(let address): "\(address) is an address for something else, such as the machine's own network"
            }
        }
    }

    /// RFC 1918, RFC 6598, RFC 4193, and the machine itself.
    private static let inside = prefixes(
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7"
    )

    /// RFC 6890 and what was registered since; the last three are where clouds tell a machine its secrets. What carries an IPv4
    /// address inside of an IPv6 one is among them: a translator could lead anywhere.
    private static let neverPublic = prefixes(
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "fd00:ec2::254/128"
    )

    private static let global = prefixes("2000::/3")[0]

    private static func prefixes(_ texts: String...) -> [IPPrefix] {
        texts.map { text in
            guard let prefix = IPPrefix(parsing: text) else { preconditionFailure("'\(text)' is no network") }
            return prefix
        }
    }
}
