// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What a program may do that shows a token. Nobody types a code for it, so it does nothing dangerous that was not named one by one.
public enum TokenRules {
    /// Of a business.
    public static let most = 64
    /// The longest that one is good for; then somebody decides again.
    public static let longest: Duration = .seconds(366 * 86_400)
    /// Commands that one can be bound to.
    public static let commands = 32

    /// Why none is made; `nil` where it is.
    ///
    /// - Parameters:
    ///   - rights: For each command that is named, what it takes; `nil` for one that there is not.
    public static func refusal(
        ofIssuing name: ShortName,
        as role: Role,
        for commands: [(name: String, rights: [Right]?)],
        until: WallTime,
        in snapshot: Snapshot,
        at now: WallTime
    ) -> Refusal? {
        if snapshot.tokens.contains(where: { $0.name == name }) { return .tokenExists(name) }
        if snapshot.tokens.count >= most { return .tooManyTokens }
        if role == .owner { return .noOwner }
        if case .ownExtension(let number) = role, snapshot.extensions[number] == nil {
            return .noTokenExtension(number)
        }
        guard until > now, until - now <= longest else { return .tokenTooLong }
        guard commands.count <= Self.commands else { return .tooManyCommands }
        for command in commands {
            guard let rights = command.rights else { return .noSuchCommand(command.name) }
            if rights.contains(where: isForPeople) { return .forPeople(command.name) }
            guard rights.allSatisfy({ Authoriser.reach(of: role, with: $0) != .nothing }) else {
                return .notForRole(command.name, role)
            }
        }
        return nil
    }

    /// Whether one is good at this moment. A clock that was set back makes it no good.
    public static func holds(_ token: APIToken, at now: WallTime) -> Bool { now >= token.since && now < token.until }

    /// Why it does not let this be done; `nil` where it does, as far as its role does.
    public static func refusal(of command: String, needing rights: [Right], by token: APIToken) -> Refusal? {
        if !token.commands.isEmpty {
            return token.commands.contains(command) && !rights.contains(where: isForPeople)
                ? nil : .notNamed(command, token.name)
        }
        guard rights.contains(where: { SecondFactorRules.isDangerous($0) || isForPeople($0) }) else { return nil }
        return .dangerous(command, token.name)
    }

    /// What only somebody does who can be asked: a stolen token must not make others, let people in or open backups.
    private static func isForPeople(_ right: Right) -> Bool {
        switch right {
        case .appointOperators, .keepBackups, .changeRetention, .acceptJournal, .keepProofs: true
        default: false
        }
    }
}

extension Refusal {
    fileprivate static func tokenExists(_ name: ShortName) -> Self {
        Self(
            problem: "There is a token '\(name)' already.",
            reason: "two programs of one name cannot be told apart in the journal",
            remedy: "revoke it first, or choose another name: ringfence token revoke \(name)"
        )
    }

    fileprivate static let tooManyTokens = Self(
        problem: "No token was made.",
        reason: "there are \(TokenRules.most) already, and each is a way in that can be stolen",
        remedy: "revoke those that nobody needs: ringfence token list"
    )

    fileprivate static let noOwner = Self(
        .roles,
        problem: "A token cannot have the role owner.",
        reason: "an owner decides who may do what, and a program cannot be asked why",
        remedy: "give it less, such as: --role auditor, or --role administrator with --only for each command"
    )

    fileprivate static let tokenTooLong = Self(
        problem: "A token is good for 1 to 366 days.",
        reason: "one that nobody looks at again is found by somebody else one day",
        remedy: "say for how long: --days 90"
    )

    fileprivate static let tooManyCommands = Self(
        problem: "A token is bound to at most \(TokenRules.commands) commands.",
        reason: "a list that nobody reads protects nothing",
        remedy: "choose a role that may no more than the program needs"
    )

    fileprivate static func noSuchCommand(_ name: String) -> Self {
        Self(
            problem: "There is no command '\(name.prefix(40).filter(\.isASCII))'.",
            reason: "commands are named by a noun and a verb, such as call.list",
            remedy: "see them in the description of the API: /api/v1/openapi.json"
        )
    }

    fileprivate static func forPeople(_ name: String) -> Self {
        Self(
            .roles,
            problem: "No token is good for \(name).",
            reason: "whoever stole it could make others or let people in, and nobody could be asked",
            remedy: "do it in the portal or on the machine"
        )
    }

    fileprivate static func notForRole(_ name: String, _ role: Role) -> Self {
        Self(
            .roles,
            problem: "The role \(role) is not for \(name).",
            reason: "a token gives no right that its role has not",
            remedy: "choose another role: ringfence operator add --help"
        )
    }

    fileprivate static func notNamed(_ command: String, _ token: ShortName) -> Self {
        Self(
            .roles,
            problem: "The token '\(token)' is not for \(command).",
            reason: "it is bound to the commands that were named when it was made",
            remedy: "make another one: ringfence token issue NAME --only \(command)"
        )
    }

    fileprivate static func dangerous(_ command: String, _ token: ShortName) -> Self {
        Self(
            .roles,
            problem: "The token '\(token)' is not for \(command).",
            reason: "people show a code of their second factor for it, and a program has none",
            remedy: "make a token that names it: ringfence token issue NAME --role ROLE --only \(command)"
        )
    }

    fileprivate static func noTokenExtension(_ number: ExtensionNumber) -> Self {
        Self(
            .roles,
            problem: "No token was made for extension \(number).",
            reason: "the extension does not exist, and would be somebody else's when it does",
            remedy: "add it first: ringfence extension add \(number)"
        )
    }
}
