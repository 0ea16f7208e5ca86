// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What may be said about where a business is reached, and from where.
public enum NetworkRules {
    /// Why a network cannot become a site; `nil` when it can.
    ///
    /// Sources inside a site are given more and are never shut out, so it is as wide as an owner's own network can be.
    public static func refusal(ofSite site: IPPrefix, in network: NetworkSettings) -> Refusal? {
        let shortest = site.address.isIPv4 ? Limits.shortestSite.v4 : Limits.shortestSite.v6
        guard site.length >= shortest else {
            return .noSite(site, "it is wider than /\(shortest), and whoever is inside could not be shut out")
        }
        guard !network.sites.contains(site) else { return .noSite(site, "it is one already") }
        guard network.sites.count < Limits.sites else { return .noSite(site, "there are \(Limits.sites) already") }
        return nil
    }

    /// Why pages of a site of the web cannot be let in; `nil` when they can.
    public static func refusal(of origin: WebOrigin, in network: NetworkSettings) -> Refusal? {
        guard !network.origins.contains(origin) else { return .noOrigin(origin, "they may already") }
        guard network.origins.count < Limits.origins else {
            return .noOrigin(origin, "there are \(Limits.origins) already")
        }
        return nil
    }

    /// Why nothing can be accepted there; `nil` when it can.
    public static func refusal(of listener: EncryptedListener, in network: NetworkSettings) -> Refusal? {
        guard !listener.address.ip.isMulticastOrBroadcast, listener.address.port > 0 else {
            return .noListener(listener, "it is no address and port that a phone could connect to")
        }
        guard !network.listeners.contains(where: { $0.address == listener.address }) else {
            return .noListener(listener, "that address is one already")
        }
        guard network.listeners.count < Limits.listeners else {
            return .noListener(listener, "there are \(Limits.listeners) already")
        }
        return nil
    }

    /// Why a listener cannot be given up; `nil` when it can.
    public static func refusal(ofClosing listener: EncryptedListener, in network: NetworkSettings) -> Refusal? {
        let others = network.listeners.filter { $0 != listener }
        return others.contains { $0.kind == .tls } ? nil : .lastListener(listener)
    }
}

extension Refusal {
    fileprivate static func noSite(_ site: IPPrefix, _ reason: String) -> Self {
        Self(
            .floodProtection,
            problem: "\(site) was not made a site.",
            reason: reason,
            remedy: "name the network that the phones sit in: ringfence site add 10.1.0.0/16"
        )
    }

    fileprivate static func noOrigin(_ origin: WebOrigin, _ reason: String) -> Self {
        Self(
            problem: "Pages of \(origin) were not let in.",
            reason: reason,
            remedy: "see which ones are: ringfence origin list"
        )
    }

    fileprivate static func noListener(_ listener: EncryptedListener, _ reason: String) -> Self {
        Self(
            problem: "No listener was added on \(listener.address).",
            reason: reason,
            remedy: "see which ones there are: ringfence listener list"
        )
    }

    fileprivate static func lastListener(_ listener: EncryptedListener) -> Self {
        Self(
            .signallingEncryption,
            problem: "The listener on \(listener.address) stays.",
            reason: "it is the last one over TLS, and phones could not register any more",
            remedy: "add the one that takes its place first: ringfence listener add tls IP:PORT"
        )
    }
}
