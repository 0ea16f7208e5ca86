// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Accepts SIP over TLS, or over secure WebSockets, on one more address, from the next start on.
public struct AddListener: Command {
    public static let name = "listener.add"
    public static let rights: [Right] = [.changeNetwork]

    public let kind: EncryptedListener.Kind
    /// `192.0.2.1:5061`, as typed.
    public let address: String
    public let clients: ClientCertificates

    public init(_ kind: EncryptedListener.Kind, address: String, clients: ClientCertificates = .none) {
        (self.kind, self.address, self.clients) = (kind, address, clients)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(.tls, address: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> EncryptedListener {
        guard let place = SocketAddress(parsing: address) else { throw .noAddress(address) }
        let new = EncryptedListener(kind, place, clients: clients)
        if let refusal = NetworkRules.refusal(of: new, in: administrator.store.snapshot.network) { throw refusal }
        try await administrator.change(
            [.listen(new)],
            [caller.draft(Self.name, place.description, JournalDetail.of(nil, became: new))],
            notice: "SIP is accepted on \(place) from the next start on, by \(caller.name)"
        )
        return new
    }
}

/// Accepts SIP there no more, from the next start on.
public struct RemoveListener: Command {
    public static let name = "listener.remove"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed.
    public let address: String

    public init(address: String) { self.address = address }

    public static func harmless(_: ExtensionNumber) -> Self { Self(address: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> EncryptedListener {
        guard let place = SocketAddress(parsing: address) else { throw .noAddress(address) }
        let network = administrator.store.snapshot.network
        guard let old = network.listeners.first(where: { $0.address == place }) else { throw .noListener(place) }
        if let refusal = NetworkRules.refusal(ofClosing: old, in: network) { throw refusal }
        try await administrator.change(
            [.stopListening(old)],
            [caller.draft(Self.name, place.description, JournalDetail.of(old, became: nil))],
            notice: "From the next start on SIP is no longer accepted on \(place), by \(caller.name)"
        )
        return old
    }
}

extension Refusal {
    fileprivate static func noAddress(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no address with a port.",
            reason: "phones connect to one, such as 192.0.2.10:5061",
            remedy: "give one like this: ringfence listener add tls 192.0.2.10:5061"
        )
    }

    fileprivate static func noListener(_ address: SocketAddress) -> Self {
        Self(
            problem: "There is no listener on \(address) to remove.",
            reason: "nobody has added one, or it was removed; what an exception opened is withdrawn",
            remedy: "see which ones there are: ringfence listener list"
        )
    }
}
