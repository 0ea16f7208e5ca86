// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Who is shut out as one: an IPv4 address, or the /64 of an IPv6 address, because a host there owns all of it.
public struct BanSource: Hashable, Sendable {
    /// In its accountable form.
    public let address: IPAddress

    public init(_ address: IPAddress) {
        self.address = address.accountable
    }

    /// Reads `203.0.113.7`, `2001:db8:1:2::9` or `2001:db8:1:2::/64`.
    ///
    /// - Returns: `nil` for names, for larger and smaller networks, and for addresses that no single host has.
    public init?(parsing text: some StringProtocol) {
        let isNetwork = text.hasSuffix("/64")
        guard let address = IPAddress(parsing: isNetwork ? text.dropLast(3) : text[...]), !isNetwork || !address.isIPv4,
            !address.isUnspecified, !address.isMulticastOrBroadcast
        else { return nil }
        self.init(address)
    }
}

extension BanSource: CustomStringConvertible {
    public var description: String { address.isIPv4 ? address.description : "\(address)/64" }
}

extension BanSource: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a source is an address or an IPv6 /64", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws {
        try encoder.encodeText(description)
    }
}

/// Somebody is shut out for a while: connections are closed and datagrams dropped before a byte of them is read.
public struct Ban: Hashable, Sendable, Codable {
    public enum Reason: String, Hashable, Sendable, Codable, CaseIterable {
        case guessing
        case scanning
        case malformed
        case forging
        case flooding
        /// A person decided it.
        case decision
    }

    public let source: BanSource
    public let reason: Reason
    /// What was seen, with numbers; or why a person decided it. Untrusted in part: shown as text only.
    public let evidence: String
    public let since: WallTime
    /// The first moment at which it no longer holds.
    public let until: WallTime
    /// How many bans of this source in a row this is, from 1: each lasts twice as long as the one before.
    public let repetition: Int
    /// `ringfence`, or who decided it.
    public let actor: String

    public init(
        source: BanSource,
        reason: Reason,
        evidence: String,
        since: WallTime,
        until: WallTime,
        repetition: Int = 1,
        actor: String = "ringfence"
    ) {
        (self.source, self.reason, self.evidence) = (source, reason, evidence)
        (self.since, self.until, self.repetition, self.actor) = (since, until, repetition, actor)
    }

    /// Whether the system imposed it.
    public var isAutomatic: Bool { actor == "ringfence" }

    public func holds(at now: WallTime) -> Bool { now < until }

    /// The command that ends it.
    public var remedy: String { "ringfence ban remove \(source)" }
}
