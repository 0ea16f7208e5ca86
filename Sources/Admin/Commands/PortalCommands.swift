// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Where the portal is reached, and from which networks.
public struct PortalReport: Hashable, Sendable, Codable {
    /// As the settings say.
    public let places: [SocketAddress]
    /// Where it is open at this moment.
    public let open: [SocketAddress]
    public let networks: [IPPrefix]
    /// Whether nobody has named these.
    public let areUsual: Bool
}

public struct ShowPortal: Command {
    public static let name = "portal.show"
    public static let rights: [Right] = [.seeNetwork]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> PortalReport {
        administrator.portalReport
    }
}

/// Says where the portal is reached from the next start on, instead of where it was.
public struct ServePortal: Command {
    public static let name = "portal.listen"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed; none for nowhere.
    public let addresses: [String]

    public init(addresses: [String]) { self.addresses = addresses }

    public static func harmless(_: ExtensionNumber) -> Self { Self(addresses: ["-"]) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PortalReport {
        var places: [SocketAddress] = []
        for text in addresses {
            guard let place = SocketAddress(parsing: text), place.port > 0 else { throw .noPlace(text) }
            if !places.contains(place) { places.append(place) }
        }
        let network = administrator.store.snapshot.network
        if let refusal = AdminNetworkRules.refusal(of: places, in: network) { throw refusal }
        let new = places
        try await administrator.change(
            [.servePortal(new)],
            [caller.draft(Self.name, "portal", JournalDetail.of(network.portal, became: new))],
            notice: "Where the portal is reached was changed by \(caller.name)"
        )
        return administrator.portalReport
    }
}

/// Says which networks may reach the portal from this moment on, instead of those that might.
public struct AdmitNetworks: Command {
    public static let name = "portal.admit"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed; none for this machine and private networks.
    public let networks: [String]

    public init(networks: [String]) { self.networks = networks }

    public static func harmless(_: ExtensionNumber) -> Self { Self(networks: ["-"]) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PortalReport {
        var prefixes: [IPPrefix] = []
        for text in networks {
            guard let prefix = IPPrefix(parsing: text) else { throw .noAdminNetwork(text) }
            if !prefixes.contains(prefix) { prefixes.append(prefix) }
        }
        if let refusal = AdminNetworkRules.refusal(of: prefixes) { throw refusal }
        let (old, new) = (administrator.store.snapshot.network.admins, prefixes)
        try await administrator.change(
            [.admit(new)],
            [caller.draft(Self.name, "portal", JournalDetail.of(old, became: new))],
            notice: "Which networks may reach the portal was changed by \(caller.name)"
        )
        return administrator.portalReport
    }
}

extension Administrator {
    fileprivate var portalReport: PortalReport {
        let network = store.snapshot.network
        return PortalReport(
            places: network.portal,
            open: portal,
            networks: network.admins.isEmpty ? AdminNetworkRules.usual : network.admins,
            areUsual: network.admins.isEmpty
        )
    }

    /// The portal says where it is open.
    public func portalOpened(on places: [SocketAddress]) { portal = places }
}

extension Refusal {
    fileprivate static func noPlace(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no address with a port.",
            reason: "browsers connect to one, such as 192.0.2.10:8443",
            remedy: "give one like this: ringfence portal listen 192.0.2.10:8443"
        )
    }

    fileprivate static func noAdminNetwork(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a network.",
            reason: "a network is an address and how many of its bits count, such as 10.1.0.0/16",
            remedy: "give one like this: ringfence portal admit 10.1.0.0/16"
        )
    }
}
