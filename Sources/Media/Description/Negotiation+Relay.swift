// SPDX-License-Identifier: Apache-2.0

public import Primitives

// What the relay has to know.
extension Negotiation {
    /// This leg as an end of a relay; `nil` until both sides have said what they use.
    ///
    /// - Parameters:
    ///   - signalling: Where the peer's signalling comes from.
    ///   - prefixes: Where a provider's audio comes from, as the owner has said; empty for a phone, and where nobody has.
    ///     A host inside counts as vouched for, like the one that signals; on a plain leg, hosts outside do not exist.
    ///   - isAllowed: Whether audio may ever go to a host that the description names.
    public func end(
        signalling: IPAddress,
        prefixes: [IPPrefix] = [],
        isAllowed: (IPAddress) -> Bool
    ) -> MediaEnd? {
        guard let remote else { return nil }
        let host = remote.address.flatMap { isAllowed($0) ? $0 : nil }
        switch protection {
        case .srtp where association != nil: return overMediaPath(remote, at: host, signalling).map(MediaEnd.dtls)
        case .srtp: return encrypted(remote, at: host, signalling, prefixes).map(MediaEnd.network)
        case .plain: return .plain(plain(remote, at: host, signalling, prefixes))
        }
    }

    private func encrypted(
        _ remote: AudioDescription,
        at host: IPAddress?,
        _ signalling: IPAddress,
        _ prefixes: [IPPrefix]
    ) -> LegMedia? {
        guard let keys else { return nil }
        let rtp = host.map { SocketAddress(ip: $0, port: remote.port) }
        let vouched = host.flatMap { host in prefixes.contains { $0.contains(host) } ? host : nil }
        return LegMedia(
            address: rtp,
            rtcpAddress: remote.rtcpMux ? rtp : host.map { SocketAddress(ip: $0, port: remote.rtcpPort) },
            rtcpMux: remote.rtcpMux,
            signallingAddress: vouched ?? signalling,
            receive: keys.receive,
            send: keys.send,
            sends: remote.direction.sends,
            receives: host != nil && remote.direction.receives
        )
    }

    private func overMediaPath(
        _ remote: AudioDescription,
        at host: IPAddress?,
        _ signalling: IPAddress
    ) -> DTLSMedia? {
        guard let association, let identity else { return nil }
        var ice: DTLSMedia.ICE?
        if let local = self.ice, let remote = association.ice { ice = DTLSMedia.ICE(local: local, remote: remote) }
        return DTLSMedia(
            leg: local.sessionID,
            address: host.map { SocketAddress(ip: $0, port: remote.port) },
            signallingAddress: signalling,
            identity: identity,
            peer: association.peer,
            isClient: association.isClient,
            ice: ice,
            rtcpMux: remote.rtcpMux,
            sends: remote.direction.sends,
            receives: (host != nil || ice != nil) && remote.direction.receives
        )
    }

    private func plain(
        _ remote: AudioDescription,
        at host: IPAddress?,
        _ signalling: IPAddress,
        _ prefixes: [IPPrefix]
    ) -> PlainMedia {
        PlainMedia(
            local: SocketAddress(ip: local.address, port: local.port),
            address: host.map { SocketAddress(ip: $0, port: remote.port) },
            rtcpAddress: host.map { SocketAddress(ip: $0, port: remote.rtcpPort) },
            signallingAddress: signalling,
            prefixes: prefixes,
            sends: remote.direction.sends,
            receives: host != nil && remote.direction.receives
        )
    }
}

extension MediaEnd {
    /// Whether its peer's direction lets it send media; an end of our own always may.
    public var sends: Bool {
        switch self {
        case .network(let media): media.sends
        case .dtls(let media): media.sends
        case .plain(let media): media.sends
        case .echo, .studio: true
        }
    }

    /// The same, but nothing that its peer sends is taken.
    public func silenced() -> MediaEnd {
        switch self {
        case .network(var media):
            media.sends = false
            return .network(media)
        case .dtls(var media):
            media.sends = false
            return .dtls(media)
        case .plain(var media):
            media.sends = false
            return .plain(media)
        case .echo, .studio: return self
        }
    }

    /// The same, while the call rings.
    public func early() -> MediaEnd {
        switch self {
        case .dtls(var media):
            media.isEarly = true
            return .dtls(media)
        case .network, .plain, .echo, .studio: return self
        }
    }

    /// The same, but its peer has left.
    public func left() -> MediaEnd {
        switch self {
        case .network(var media):
            media.isGone = true
            return .network(media)
        case .dtls(var media):
            media.isGone = true
            return .dtls(media)
        case .plain(var media):
            media.isGone = true
            return .plain(media)
        case .echo, .studio: return self
        }
    }
}
