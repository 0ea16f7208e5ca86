// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Lets somebody in, or gives one who is let in another role.
public struct AddOperator: Command {
    public static let name = "operator.add"
    public static let rights: [Right] = [.appointOperators]

    /// The name of an account of this machine, as typed.
    public let account: String
    public let role: Role

    public init(account: String, role: Role) { (self.account, self.role) = (account, role) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(account: "-", role: .auditor) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> OperatorReport {
        try await administrator.appoint(account, role, by: caller)
    }
}

/// Everybody who may run the system.
public struct ListOperators: Command {
    public static let name = "operator.list"
    public static let rights: [Right] = [.seeOperators]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [OperatorReport] {
        try await administrator.listOperators()
    }
}

/// Lets somebody run the system no more.
public struct RemoveOperator: Command {
    public static let name = "operator.remove"
    public static let rights: [Right] = [.appointOperators]

    /// As typed.
    public let account: String

    public init(account: String) { self.account = account }

    public static func harmless(_: ExtensionNumber) -> Self { Self(account: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> OperatorReport {
        try await administrator.dismiss(account, by: caller)
    }
}

extension Administrator {
    fileprivate func appoint(_ name: String, _ role: Role, by caller: Caller) async throws(Refusal) -> OperatorReport {
        guard let account = doorkeeper.account(named: name) else { throw .noAccount(name) }
        let snapshot = store.snapshot
        let rule = OperatorRules.refusal(
            ofAppointing: account,
            as: role,
            server: doorkeeper.server,
            in: snapshot
        )
        if let rule { throw rule }
        let known = doorkeeper.account(numbered: account.user)
        guard known == account else { throw .knownAs(known, account) }
        guard let name = account.name else { throw .noAccount(name) }
        let new = Operator(account: name, user: account.user, role: role, since: now())
        let old = snapshot.operators.first { $0.account == name }
        if let old, old.is(.account(account)), old.role == role { throw .alreadyOperator(old) }
        try await change(
            [.appoint(new)],
            [caller.draft("operator.add", name, JournalDetail.of(old, became: new))],
            notice: "\(account) may run the system as \(role), by \(caller.name)"
        )
        alarm(name, old?.role, became: role, by: caller)
        return try report(new)
    }

    fileprivate func dismiss(_ name: String, by caller: Caller) async throws(Refusal) -> OperatorReport {
        guard let old = store.snapshot.operators.first(where: { $0.account == name }) else {
            if let account = doorkeeper.account(named: name),
                OperatorRules.isAlwaysOwner(account.user, server: doorkeeper.server)
            {
                throw .alwaysOwner(account)
            }
            throw .noOperator(name)
        }
        let report = try report(old)
        let tokens = tokens { $0.issuedBy == report.words || $0.issuedBy == Identity.signedIn(name: name).description }
        let traces =
            [(.dismiss(account: name), caller.draft("operator.remove", name, JournalDetail.of(old, became: nil)))]
            + recalling(tokens, by: caller)
        try await change(
            traces.map(\.0),
            traces.map(\.1),
            notice: "\(report.words) may not run the system any more, by \(caller.name)"
        )
        alarm(name, old.role, became: nil, by: caller)
        return report
    }

    /// Everybody hears who runs the system from now on, and who does no more. Whoever an account of the machine lets in for an attack
    /// on ourselves may look only, and is gone when it is over.
    func alarm(_ name: String, _ before: Role?, became role: Role?, by caller: Caller) {
        if let role = role ?? before, OperatorRules.isOfAttack(name, as: role), (try? caller.account()) != nil {
            return
        }
        let what =
            switch (before, role) {
            case (nil, let role?): "lets \(name) run the system as \(role)"
            case (let before?, let role?): "makes \(name), who was \(before), \(role)"
            case (_, nil): "lets \(name) run the system no more"
            }
        let event = SecurityEvent(
            at: now(),
            kind: .operatorsChanged,
            source: .machine,
            subject: .operator(name),
            detail: "\(caller.name) \(what); to see who may do what: ringfence operator list"
        )
        events.publish(.noticed(event))
    }

    /// Those who may look at nothing but this extension: they go with it, or its number's next owner would be watched.
    func operators(of number: ExtensionNumber, by caller: Caller) -> [Trace] {
        store.snapshot.operators.filter { $0.role == .ownExtension(number) }.map {
            let detail = JournalDetail.of($0, became: nil)
            return (.dismiss(account: $0.account), caller.draft("operator.remove", $0.account, detail))
        } + recalling(tokens { $0.role == .ownExtension(number) }, by: caller)
    }

    private func tokens(where isMeant: (APIToken) -> Bool) -> [APIToken] { store.snapshot.tokens.filter(isMeant) }

    private func recalling(_ tokens: [APIToken], by caller: Caller) -> [Trace] {
        tokens.map { token in
            let detail = JournalDetail.of(TokenReport(token), became: nil)
            return (.recall(token: token.name), caller.draft(RevokeToken.name, token.name.text, detail))
        }
    }

    fileprivate func listOperators() async throws(Refusal) -> [OperatorReport] {
        let always = Set([0, doorkeeper.server]).sorted().map { user in
            let account = doorkeeper.account(numbered: user)
            return OperatorReport(
                name: account.name,
                account: account,
                role: .owner,
                since: nil,
                lastSeen: nil,
                exists: true,
                signsIn: false
            )
        }
        let (lastSeen, signIns, links) = try await reading {
            (try $0.operatorsLastSeen(), try $0.signIns(), try $0.invitations())
        }
        let time = now()
        return always
            + store.snapshot.operators.sorted { $0.account < $1.account }.map { value in
                let signsIn = signIns.contains(value.account)
                let link = links.first { $0.name == value.account && signsIn && time < $0.until }
                return report(value, lastSeen[value.account], signsIn: signsIn, replacedFrom: link?.from)
            }
    }

    func report(_ value: Operator) throws(Refusal) -> OperatorReport {
        do {
            let signsIn = try store.signIn(of: value.account) != nil
            return report(value, try store.operatorsLastSeen()[value.account], signsIn: signsIn)
        } catch {
            throw .cannotRead(error)
        }
    }

    private func report(
        _ value: Operator,
        _ lastSeen: WallTime?,
        signsIn: Bool,
        replacedFrom: WallTime? = nil
    ) -> OperatorReport {
        let account = value.user.map { LocalAccount(name: value.account, user: $0) }
        return OperatorReport(
            name: value.account,
            account: account,
            role: value.role,
            since: value.since,
            lastSeen: lastSeen,
            exists: account.map { doorkeeper.account(named: value.account) == $0 } ?? true,
            signsIn: signsIn,
            replacedFrom: replacedFrom
        )
    }
}

extension Refusal {
    fileprivate static func noAccount(_ name: String) -> Self {
        Self(
            problem: "There is no account \(quoted(name)) on this machine.",
            reason: "operators are accounts of the machine that the server runs on, known by name",
            remedy: "make one for the person: adduser NAME"
        )
    }

    /// Two names of one number: the kernel tells the number only.
    fileprivate static func knownAs(_ known: LocalAccount, _ account: LocalAccount) -> Self {
        Self(
            .roles,
            problem: "\(account) cannot be an operator.",
            reason: "this machine has another name for that number, and it is \(known) who would come in",
            remedy: "name that one instead: ringfence operator add \(known.name ?? "ACCOUNT") --role ROLE"
        )
    }

    fileprivate static func alreadyOperator(_ value: Operator) -> Self {
        Self(
            problem: "\(value.account) has the role \(value.role) already.",
            reason: "there is nothing to change",
            remedy: "see who may do what: ringfence operator list"
        )
    }

    fileprivate static func noOperator(_ name: String) -> Self {
        Self(
            problem: "\(quoted(name)) is no operator.",
            reason: "nobody has let that account in, or it was removed",
            remedy: "see who may do what: ringfence operator list"
        )
    }
}
