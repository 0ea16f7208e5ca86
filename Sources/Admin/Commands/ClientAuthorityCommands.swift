// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Says which roots sign the certificates of who connects, where a listener asks for one. New connections are held to it.
public struct TrustClients: Command {
    public struct Reply: Codable, Hashable, Sendable {
        /// Whether it is the root of this system.
        public let isOwn: Bool

        public init(isOwn: Bool) { self.isOwn = isOwn }
    }

    public static let name = "client-ca.set"
    public static let rights: [Right] = [.changeNetwork]

    /// PEM; `nil` for the root of this system.
    public let authority: String?

    public init(authority: String?) { self.authority = authority }

    public static func harmless(_: ExtensionNumber) -> Self { Self(authority: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        if let authority { try await administrator.engine.check(clientAuthority: authority) }
        let name = authority == nil ? "our own root" : "other roots"
        let old = administrator.store.snapshot.network.clientAuthority
        try await administrator.change(
            [.trustClients(of: authority)],
            [caller.draft(Self.name, name, JournalDetail.ofAuthority(old, became: authority))],
            notice: "Certificates of who connects are signed by \(name), by \(caller.name)"
        )
        return Reply(isOwn: authority == nil)
    }
}
