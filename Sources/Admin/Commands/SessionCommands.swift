// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Who is signed in to the portal, the newest first.
public struct ListSessions: Command {
    public static let name = "session.list"
    public static let rights: [Right] = [.seeOperators]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [SessionReport] {
        let (operators, time) = (administrator.store.snapshot.operators, administrator.now())
        return try await administrator.reading { try $0.sessions() }
            .filter { PortalSessionRules.holds($0, among: operators, at: time) }.map(SessionReport.init)
    }
}

/// Ends sessions of somebody: each browser has to sign in again.
public struct EndSessions: Command {
    public static let name = "session.end"
    public static let rights: [Right] = [.appointOperators]

    /// Whose, as typed.
    public let name: String
    /// One of them, as typed; `nil` for all.
    public let id: String?

    public init(of name: String, id: String? = nil) { (self.name, self.id) = (name, id) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(of: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> [SessionReport] {
        let all = try await administrator.reading { try $0.sessions() }
        let ending = all.filter { $0.name == name && $0.id == id ?? $0.id }
        guard !ending.isEmpty else { throw .noSession(name) }
        let entry = caller.draft(Self.name, name, JournalDetail.ended(ending))
        let ids = ending.map(\.id)
        try administrator.writing { try $0.endSessions(ids, journal: entry, at: administrator.now()) }
        administrator.tell(entry, "\(ids.count) sessions of \(name) were ended by \(caller.name)")
        return ending.map(SessionReport.init)
    }
}

/// One browser in which somebody is signed in.
public struct SessionReport: Hashable, Sendable, Codable {
    public let id: String
    public let name: String
    public let role: Role
    public let since: WallTime
    /// To a minute.
    public let lastSeen: WallTime
    public let source: EventSource
    /// What the browser calls itself; from outside, so shown as text only.
    public let agent: String

    public init(_ session: PortalSession) {
        (id, name, role) = (session.id, session.name, session.role)
        (since, lastSeen) = (session.since, session.lastSeen)
        (source, agent) = (session.source, session.agent)
    }
}

extension Refusal {
    fileprivate static func noSession(_ name: String) -> Self {
        Self(
            problem: "Nothing was ended.",
            reason: "\(quoted(name)) has no such session",
            remedy: "see who is signed in: ringfence session list"
        )
    }
}
