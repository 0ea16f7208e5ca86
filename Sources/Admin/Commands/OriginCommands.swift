// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// The sites of the web whose pages may open a WebSocket, beside those under the names of this system.
public struct ListOrigins: Command {
    public static let name = "origin.list"
    public static let rights: [Right] = [.seeNetwork]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [WebOrigin] {
        administrator.store.snapshot.network.origins
    }
}

/// Lets pages of a site of the web open a WebSocket from now on.
public struct AddOrigin: Command {
    public static let name = "origin.add"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed.
    public let origin: String

    public init(origin: String) { self.origin = origin }

    public static func harmless(_: ExtensionNumber) -> Self { Self(origin: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> WebOrigin {
        guard let origin = WebOrigin(parsing: origin) else { throw .noOrigin(self.origin) }
        if let refusal = NetworkRules.refusal(of: origin, in: administrator.store.snapshot.network) { throw refusal }
        try await administrator.change(
            [.addOrigin(origin)],
            [caller.draft(Self.name, origin.text, JournalDetail.of(nil, became: origin))],
            notice: "Pages of \(origin) may open a WebSocket, by \(caller.name)"
        )
        return origin
    }
}

/// Keeps pages of a web site from opening a WebSocket. WebSockets that are open stay: they belong to phones.
public struct RemoveOrigin: Command {
    public static let name = "origin.remove"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed.
    public let origin: String

    public init(origin: String) { self.origin = origin }

    public static func harmless(_: ExtensionNumber) -> Self { Self(origin: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> WebOrigin {
        guard let origin = WebOrigin(parsing: origin) else { throw .noOrigin(self.origin) }
        guard administrator.store.snapshot.network.origins.contains(origin) else { throw .notLetIn(origin) }
        try await administrator.change(
            [.removeOrigin(origin)],
            [caller.draft(Self.name, origin.text, JournalDetail.of(origin, became: nil))],
            notice: "Pages of \(origin) can no longer open a WebSocket, by \(caller.name)"
        )
        return origin
    }
}

extension Refusal {
    fileprivate static func noOrigin(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a web site.",
            reason: "browsers name one by its scheme, its host and perhaps a port, and nothing behind that",
            remedy: "give one like this: ringfence origin add https://intranet.example.com"
        )
    }

    fileprivate static func notLetIn(_ origin: WebOrigin) -> Self {
        Self(
            problem: "Pages of \(origin) were not let in.",
            reason: "nobody has added it, or it was removed",
            remedy: "see which ones are: ringfence origin list"
        )
    }
}
