// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Makes a token for a program. It is shown in the answer and kept nowhere.
public struct IssueToken: Command {
    public static let name = "token.issue"
    public static let rights: [Right] = [.appointOperators]

    /// As typed.
    public let name: String
    public let role: Role
    public let days: Int
    /// The only commands it is good for; empty for all that are not dangerous.
    public let commands: [String]

    public init(name: String, role: Role, days: Int = 90, commands: [String] = []) {
        (self.name, self.role, self.days, self.commands) = (name, role, days, commands)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(name: "-", role: .auditor, days: 0) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> IssuedToken {
        guard let name = ShortName(parsing: name) else { throw .noTokenName(name) }
        let (time, snapshot) = (administrator.now(), administrator.store.snapshot)
        let until = time + .seconds(86_400 * min(max(days, 0), 10_000))
        let named = commands.map { (name: $0, rights: CommandRegistry.command(named: $0)?.rights) }
        let rule = TokenRules.refusal(ofIssuing: name, as: role, for: named, until: until, in: snapshot, at: time)
        if let rule { throw rule }
        let text = "rft_" + OneTimeToken.make(using: administrator.tokens)
        let token = APIToken(
            name: name,
            hash: OneTimeToken.hash(text),
            role: role,
            commands: commands,
            issuedBy: caller.name,
            since: time,
            until: until
        )
        try await administrator.change(
            [.issue(token)],
            [caller.draft(Self.name, name.text, JournalDetail.of(nil, became: TokenReport(token)))],
            notice: "A program may work as \(role) by the token '\(name)', by \(caller.name)"
        )
        return IssuedToken(report: TokenReport(token), token: text)
    }
}

/// A token as it is shown once.
public struct IssuedToken: Hashable, Sendable, Codable, CustomStringConvertible {
    public let report: TokenReport
    /// Stands in `Authorization: Bearer`.
    public let token: String

    public var description: String { "IssuedToken(\(report.name))" }
}

/// A token without what it is shown by.
public struct TokenReport: Hashable, Sendable, Codable {
    public let name: ShortName
    public let role: Role
    public let commands: [String]
    public let issuedBy: String
    public let since: WallTime
    public let until: WallTime

    public init(_ token: APIToken) {
        (name, role, commands) = (token.name, token.role, token.commands)
        (issuedBy, since, until) = (token.issuedBy, token.since, token.until)
    }
}

public struct ListTokens: Command {
    public static let name = "token.list"
    public static let rights: [Right] = [.seeOperators]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [TokenReport] {
        administrator.store.snapshot.tokens.map(TokenReport.init)
    }
}

/// Takes a token back: it is good for nothing from now on.
public struct RevokeToken: Command {
    public static let name = "token.revoke"
    public static let rights: [Right] = [.appointOperators]

    /// As typed.
    public let name: String

    public init(name: String) { self.name = name }

    public static func harmless(_: ExtensionNumber) -> Self { Self(name: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> TokenReport {
        guard let old = administrator.store.snapshot.tokens.first(where: { $0.name.text == name }) else {
            throw .noToken(name)
        }
        let report = TokenReport(old)
        try await administrator.change(
            [.recall(token: old.name)],
            [caller.draft(Self.name, old.name.text, JournalDetail.of(report, became: nil))],
            notice: "The token '\(old.name)' is good for nothing any more, by \(caller.name)"
        )
        return report
    }
}

extension Snapshot {
    /// The token that a program shows. A stranger's is looked for in memory, so it keeps nobody from the store.
    ///
    /// - Parameter text: As it stands in the request.
    /// - Returns: `nil` where it is good for nothing, whatever the reason.
    public func token(shown text: String, at now: WallTime) -> APIToken? {
        let hash = OneTimeToken.hash(text)
        return tokens.first { $0.hash == hash && TokenRules.holds($0, at: now) }
    }
}

extension Administrator {
    /// Does what a program asks for that showed a token. It is looked up again, so one that was revoked meanwhile is good for nothing.
    public func perform<Asked: Command>(
        _ command: Asked,
        showing token: APIToken
    ) async throws(Refusal) -> Asked.Reply {
        let name = "\(token.name) (token)"
        guard store.snapshot.tokens.contains(token), TokenRules.holds(token, at: now()) else { throw .badToken }
        if let rule = TokenRules.refusal(of: Asked.name, needing: command.needed, by: token) {
            await alarm(rule, of: Asked.name, by: name)
            throw rule
        }
        return try await perform(command, by: Actor(name: name, role: token.role))
    }

    /// Somebody came to the API with something that is no token.
    public func noteBadToken(from source: EventSource) {
        let event = SecurityEvent(
            at: now(),
            kind: .signInFailed,
            source: source,
            detail: "a program showed a token that is good for nothing"
        )
        events.publish(.noticed(event))
    }
}

extension Refusal {
    /// The same for one that never was, that was revoked and that is over.
    public static let badToken = Self(
        .roles,
        problem: "That token is good for nothing.",
        reason: "it was never made, or it was revoked, or its time is over",
        remedy: "make one: ringfence token issue NAME --role ROLE"
    )

    fileprivate static func noTokenName(_ name: String) -> Self {
        Self(
            problem: "\(quoted(name)) cannot be the name of a token.",
            reason: "a name has 1 to 32 letters, digits and hyphens",
            remedy: "name the program: ringfence token issue wallboard --role auditor"
        )
    }

    fileprivate static func noToken(_ name: String) -> Self {
        Self(
            problem: "There is no token \(quoted(name)).",
            reason: "it was revoked, or never made",
            remedy: "see those there are: ringfence token list"
        )
    }
}
