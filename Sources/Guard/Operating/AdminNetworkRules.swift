// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Which networks may reach the portal. Everybody else gets no answer, not even to a TLS handshake.
public enum AdminNetworkRules {
    /// This machine and private networks (RFC 1918, RFC 4193, link-local), where nobody has named any. The rest of 127.0.0.0/8 is nobody's:
    /// from there `attack run` comes as a stranger.
    public static let usual: [IPPrefix] = [
        "127.0.0.0/16", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7",
        "fe80::/10",
    ].map {
        guard let prefix = IPPrefix(parsing: $0) else { preconditionFailure("\($0) is a network") }
        return prefix
    }

    /// - Parameter address: Of the socket's other end; what headers say does not count.
    public static func admits(_ address: IPAddress, in network: NetworkSettings) -> Bool {
        (network.admins.isEmpty ? usual : network.admins).contains { $0.contains(address) }
    }

    /// Whether a network is more of the internet than one business has. Private networks never are.
    public static func isWiderThanABusiness(_ prefix: IPPrefix) -> Bool {
        if usual.contains(where: { $0.contains(prefix.address) }) || prefix.address.isLoopback { return false }
        return prefix.length < (prefix.address.isIPv4 ? Limits.widestAdminNetwork.v4 : Limits.widestAdminNetwork.v6)
    }

    /// Why these cannot be the networks; `nil` when they can.
    public static func refusal(of networks: [IPPrefix]) -> Refusal? {
        for prefix in networks where isWide(prefix) {
            return .notAdmitted(
                "\(prefix)",
                "it is half the world, and whoever reaches a sign-in can attack it",
                "name the networks that operators sit in: ringfence portal admit 10.1.0.0/16"
            )
        }
        guard networks.count <= Limits.adminNetworks else {
            return .notAdmitted(
                "So many networks",
                "there may be \(Limits.adminNetworks)",
                "name those that operators sit in: ringfence portal admit 10.1.0.0/16"
            )
        }
        return nil
    }

    /// Whether it is much of the world: also a network of IPv6 that all of IPv4 is in.
    private static func isWide(_ prefix: IPPrefix) -> Bool {
        let (least, isIPv4) = (Limits.shortestAdminNetwork, prefix.address.isIPv4)
        return prefix.length < (isIPv4 ? least.v4 : least.v6) || !isIPv4 && prefix.contains(IPAddress(v4: 0))
    }

    /// Why the portal cannot be reached there; `nil` when it can.
    public static func refusal(of places: [SocketAddress], in network: NetworkSettings) -> Refusal? {
        guard places.count <= Limits.portalListeners else {
            return .notServed("everywhere", "it is reached on \(Limits.portalListeners) addresses at most")
        }
        for place in places {
            if place.ip.isMulticastOrBroadcast { return .notServed("\(place)", "it is no address of a machine") }
            if network.listeners.contains(where: { $0.address == place }) {
                return .notServed("\(place)", "phones connect there")
            }
        }
        return nil
    }
}

extension Refusal {
    fileprivate static func notAdmitted(_ what: String, _ reason: String, _ remedy: String) -> Self {
        Self(.adminNetworks, problem: "\(what) cannot reach the portal.", reason: reason, remedy: remedy)
    }

    fileprivate static func notServed(_ place: String, _ reason: String) -> Self {
        Self(
            problem: "The portal is not reached on \(place).",
            reason: reason,
            remedy: "name an address of this machine with a port of its own: ringfence portal listen 192.0.2.10:8443"
        )
    }
}
