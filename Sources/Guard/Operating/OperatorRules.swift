// SPDX-License-Identifier: Apache-2.0

public import Model

/// Who is let in to the control socket, and who may be appointed.
public enum OperatorRules {
    /// What the kernel calls an account that it cannot name, such as one of another user namespace
    /// (`/proc/sys/kernel/overflowuid`), and what no account is called.
    private static let nobody: Set<UInt32> = [65_534, .max]

    /// The role of somebody; `nil` for one who is not let in.
    ///
    /// The account of the server and root own every file there is, so they are owners whatever the settings say, and
    /// nobody can be locked out for good.
    ///
    /// - Parameter server: The account that the server runs under.
    public static func role(of identity: Identity, server: UInt32, among operators: [Operator]) -> Role? {
        if isAlwaysOwner(identity, server: server) { return .owner }
        return operators.first { $0.is(identity) }?.role
    }

    public static func isAlwaysOwner(_ identity: Identity, server: UInt32) -> Bool {
        switch identity {
        case .account(let account): isAlwaysOwner(account.user, server: server)
        case .signedIn: false
        }
    }

    public static func isAlwaysOwner(_ user: UInt32, server: UInt32) -> Bool { user == 0 || user == server }

    /// Names of people who are there for the length of an attack on ourselves: this, and eight hexadecimal digits. They are removed
    /// after each, so nobody else is called so.
    public static let attackPrefix = "attack-"

    /// Whether somebody is there for an attack only.
    public static func isOfAttack(_ name: String, as role: Role) -> Bool {
        guard role == .auditor, name.hasPrefix(attackPrefix) else { return false }
        let digits = name.utf8.dropFirst(attackPrefix.utf8.count)
        return digits.count == 8 && digits.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    }

    /// Why an account cannot get a role; `nil` when it can.
    ///
    /// - Parameter account: As the machine knows it.
    public static func refusal(
        ofAppointing account: LocalAccount,
        as role: Role,
        server: UInt32,
        in snapshot: Snapshot
    ) -> Refusal? {
        if isAlwaysOwner(account.user, server: server) { return .alwaysOwner(account) }
        guard let name = account.name, !nobody.contains(account.user) else { return .nobodyInParticular(account) }
        if name.hasPrefix(attackPrefix) { return .namedLikeAnAttack(name) }
        if let other = snapshot.operators.first(where: { $0.user == account.user && $0.account != name }) {
            return .sameNumber(account, other)
        }
        if case .ownExtension(let number) = role, snapshot.extensions[number] == nil {
            return .noExtension(number, "\(account)")
        }
        let isNew = !snapshot.operators.contains { $0.account == name }
        return isNew && snapshot.operators.count >= Limits.operators ? .tooMany("\(account)") : nil
    }

    /// Why somebody cannot get a link to sign in with; `nil` when they can.
    ///
    /// - Parameters:
    ///   - name: As typed.
    ///   - role: What they are to be there for; `nil` to leave it as it is.
    ///   - isOnMachine: Whether an account of this machine does it, as an attack does.
    public static func refusal(
        ofInviting name: String,
        as role: Role?,
        in snapshot: Snapshot,
        isOnMachine: Bool
    ) -> Refusal? {
        guard Operator.isName(name) else { return .noSignInName(name) }
        let known = snapshot.operators.first { $0.account == name }
        guard let role = role ?? known?.role else { return .whatFor(name) }
        if name.hasPrefix(attackPrefix), !isOnMachine || !isOfAttack(name, as: role) { return .namedLikeAnAttack(name) }
        if case .ownExtension(let number) = role, snapshot.extensions[number] == nil {
            return .noExtension(number, name)
        }
        return known == nil && snapshot.operators.count >= Limits.operators ? .tooMany(name) : nil
    }

    /// Why somebody is turned away at the control socket.
    public static func refusal(ofEntryBy identity: Identity) -> Refusal {
        let who =
            switch identity {
            case .account(let account): "The account '\(account.name ?? "uid \(account.user)")'"
            case .signedIn(let name): "'\(name)'"
            }
        return Refusal(
            .roles,
            problem: "\(who) may not run this phone system.",
            reason: "whoever can send commands can enrol phones and read every call record",
            remedy: "run the command as the account that runs 'ringfence serve', or let that one say who may: "
                + "ringfence operator add"
        )
    }
}

extension Refusal {
    /// Also for whoever wants to take the role away.
    public static func alwaysOwner(_ account: LocalAccount) -> Self {
        Self(
            .roles,
            problem: "The role of \(account) cannot be changed.",
            reason: "it owns the files of this phone system, so it is an owner in any case, and the last way in",
            remedy: "name another account of this machine: ringfence operator add ACCOUNT --role auditor"
        )
    }

    fileprivate static func nobodyInParticular(_ account: LocalAccount) -> Self {
        Self(
            .roles,
            problem: "\(account) cannot be an operator.",
            reason: "the system gives that account to whatever has none of its own, so it says nothing about who asks",
            remedy: "make an account for the person: adduser NAME"
        )
    }

    fileprivate static func sameNumber(_ account: LocalAccount, _ other: Operator) -> Self {
        Self(
            .roles,
            problem: "\(account) cannot be an operator.",
            reason: "to the kernel it is the same account as \(other.account), which has the role \(other.role)",
            remedy: "remove that one first: ringfence operator remove \(other.account)"
        )
    }

    fileprivate static func noExtension(_ number: ExtensionNumber, _ account: String) -> Self {
        Self(
            .roles,
            problem: "\(account) cannot be an operator for extension \(number).",
            reason: "the extension does not exist, and would be somebody else's when it does",
            remedy: "add it first: ringfence extension add \(number)"
        )
    }

    fileprivate static func tooMany(_ account: String) -> Self {
        Self(
            .roles,
            problem: "\(account) was not made an operator.",
            reason: "there are \(Limits.operators) already, and each is an account that can be stolen",
            remedy: "remove those who no longer need it: ringfence operator list"
        )
    }
}

extension Refusal {
    fileprivate static func namedLikeAnAttack(_ name: String) -> Self {
        Self(
            problem: "\(name) was not made an operator.",
            reason:
                "names that begin with \(OperatorRules.attackPrefix) are of attacks on ourselves, which remove them afterwards",
            remedy: "choose another name: ringfence operator invite NAME --role ROLE"
        )
    }

    fileprivate static func noSignInName(_ name: String) -> Self {
        Self(
            problem: "That name cannot be used to sign in.",
            reason:
                "a name has 1 to \(Limits.signInNameCharacters) letters, digits and . - _ @ + and begins with a letter "
                + "or a digit",
            remedy: "choose one such as the person's address for mail: ringfence operator invite NAME --role ROLE"
        )
    }

    fileprivate static func whatFor(_ name: String) -> Self {
        Self(
            problem: "\(name) was not invited.",
            reason: "nobody of that name runs the system yet, and it was not said what they may do",
            remedy: "say it: ringfence operator invite \(name) --role auditor"
        )
    }
}
