// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where a business is reached, and from where.
public struct NetworkSettings: Hashable, Sendable, Codable {
    /// Where SIP is accepted. The first one over TLS is where phones are told to come. Empty until the first start has chosen.
    public var listeners: [EncryptedListener]
    /// Where media arrives: one range, or one for each version of IP. Empty until the first start has chosen.
    public var media: [MediaPorts]
    /// Networks that phones sit in: sources inside have larger budgets, and are never shut out.
    public var sites: [IPPrefix]
    /// Sites of the web whose pages may open a WebSocket, beside those under the names of this system.
    public var origins: [WebOrigin]
    /// PEM of the roots that sign the certificates of who connects, where a listener asks for one; `nil` for our own root.
    public var clientAuthority: String?
    /// Where the portal is reached by HTTPS; empty for nowhere.
    public var portal: [SocketAddress]
    /// Networks that may reach the portal; empty for this machine and private networks.
    public var admins: [IPPrefix]

    public init(
        listeners: [EncryptedListener] = [],
        media: [MediaPorts] = [],
        sites: [IPPrefix] = [],
        origins: [WebOrigin] = [],
        clientAuthority: String? = nil,
        portal: [SocketAddress] = [],
        admins: [IPPrefix] = []
    ) {
        (self.listeners, self.media, self.sites) = (listeners, media, sites)
        (self.origins, self.clientAuthority) = (origins, clientAuthority)
        (self.portal, self.admins) = (portal, admins)
    }

    /// The changes that bring it about where nothing of it is there yet.
    public var changes: [Change] {
        var changes = listeners.map(Change.listen) + sites.map(Change.addSite) + origins.map(Change.addOrigin)
        if !media.isEmpty { changes.append(.receiveMedia(media)) }
        if let clientAuthority { changes.append(.trustClients(of: clientAuthority)) }
        if !portal.isEmpty { changes.append(.servePortal(portal)) }
        if !admins.isEmpty { changes.append(.admit(admins)) }
        return changes
    }

    /// Takes what concerns it of a change.
    mutating func apply(_ change: Change) {
        switch change {
        case .addSite(let site): sites.append(site)
        case .removeSite(let site): sites.removeAll { $0 == site }
        case .addOrigin(let origin): origins.append(origin)
        case .removeOrigin(let origin): origins.removeAll { $0 == origin }
        case .listen(let listener): listeners.append(listener)
        case .stopListening(let listener): listeners.removeAll { $0 == listener }
        case .receiveMedia(let ports): media = ports
        case .trustClients(let authority): clientAuthority = authority
        case .servePortal(let addresses): portal = addresses
        case .admit(let networks): admins = networks
        case .put, .remove, .enrol, .revoke, .except, .withdraw, .appoint, .dismiss, .keepHours, .keepBackups, .retain,
            .issue,
            .recall,
            .outside:
            break
        }
    }
}
