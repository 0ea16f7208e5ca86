// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// The networks that phones sit in.
public struct ListSites: Command {
    public static let name = "site.list"
    public static let rights: [Right] = [.seeNetwork]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [IPPrefix] {
        administrator.store.snapshot.network.sites
    }
}

/// Says that phones sit in a network: its sources have larger budgets from now on, and are never shut out. Bans inside it end.
public struct AddSite: Command {
    public static let name = "site.add"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed.
    public let prefix: String

    public init(prefix: String) { self.prefix = prefix }

    public static func harmless(_: ExtensionNumber) -> Self { Self(prefix: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> IPPrefix {
        guard let site = IPPrefix(parsing: prefix) else { throw .noNetwork(prefix) }
        if let refusal = NetworkRules.refusal(ofSite: site, in: administrator.store.snapshot.network) { throw refusal }
        try await administrator.change(
            [.addSite(site)],
            [caller.draft(Self.name, site.description, JournalDetail.of(nil, became: site))],
            notice: "\(site) is a network of our phones, by \(caller.name)"
        )
        await administrator.liftBansOfSites(for: caller)
        return site
    }
}

/// Says that phones sit there no more.
public struct RemoveSite: Command {
    public static let name = "site.remove"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed.
    public let prefix: String

    public init(prefix: String) { self.prefix = prefix }

    public static func harmless(_: ExtensionNumber) -> Self { Self(prefix: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> IPPrefix {
        guard let site = IPPrefix(parsing: prefix) else { throw .noNetwork(prefix) }
        guard administrator.store.snapshot.network.sites.contains(site) else { throw .notASite(site) }
        let traces = administrator.callerTraces(of: site, by: caller)
        try await administrator.change(
            [.removeSite(site)] + traces.map(\.change),
            [caller.draft(Self.name, site.description, JournalDetail.of(site, became: nil))] + traces.map(\.draft),
            notice: "\(site) is no longer a network of our phones, by \(caller.name)"
        )
        return site
    }
}

extension Refusal {
    fileprivate static func noNetwork(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a network.",
            reason: "a network is an address and how many of its bits count, such as 10.1.0.0/16",
            remedy: "give one like this: ringfence site add 10.1.0.0/16"
        )
    }

    fileprivate static func notASite(_ site: IPPrefix) -> Self {
        Self(
            problem: "\(site) is no site.",
            reason: "nobody has added it, or it was removed",
            remedy: "see which ones there are: ringfence site list"
        )
    }
}
