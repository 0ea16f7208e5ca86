// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

extension Administrator {
    // MARK: Who is there

    /// Does what an account of this machine asks, by the role that it has at this moment.
    ///
    /// - Parameter narrowed: The role that it wants to act in; it gets no right by that which it does not have.
    public func perform(
        _ command: Command,
        for account: LocalAccount,
        as narrowed: Role? = nil
    ) async throws(Refusal) -> Answer {
        let operators = store.snapshot.operators
        guard let role = OperatorRules.role(of: account, server: doorkeeper.server, among: operators) else {
            throw await turnAway(account)
        }
        if !OperatorRules.isAlwaysOwner(account.user, server: doorkeeper.server) { see(account) }
        return try await perform(command, by: Actor(name: account.description, role: role, narrowedTo: narrowed))
    }

    /// Somebody came to the control socket who is not let in.
    ///
    /// - Returns: What he is to be told.
    public func turnAway(_ account: LocalAccount) async -> Refusal {
        let refusal = OperatorRules.refusal(ofEntryBy: account)
        await alarm(refusal, of: "control.connect", by: account.description)
        return refusal
    }

    /// The first time in an hour: the list says who has not been here for long.
    private func see(_ account: LocalAccount) {
        let time = now()
        guard let name = account.name, seen[name].map({ time - $0 >= Limits.visit || time < $0 }) ?? true else {
            return
        }
        seen[name] = time
        // A disk that is full is said by the command that needs it.
        try? store.see(operator: name, at: time)
    }

    // MARK: ringfence operator

    func perform(_ command: OperatorCommand, by actor: Actor) async throws(Refusal) -> Answer {
        switch command {
        case .add(let account, let role): .operator(try await appoint(account, role, by: actor))
        case .list: .operators(try listOperators())
        case .remove(let account): .operator(try await dismiss(account, by: actor))
        }
    }

    private func appoint(_ name: String, _ role: Role, by actor: Actor) async throws(Refusal) -> OperatorReport {
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
        if let old, old.is(account), old.role == role { throw .alreadyOperator(old) }
        try await change(
            [.appoint(new)],
            [draft("operator.add", name, JournalDetail.of(old, became: new), actor)],
            notice: "\(account) may run the system as \(role), by \(actor.name)"
        )
        return try report(new)
    }

    private func dismiss(_ name: String, by actor: Actor) async throws(Refusal) -> OperatorReport {
        guard let old = store.snapshot.operators.first(where: { $0.account == name }) else {
            if let account = doorkeeper.account(named: name),
                OperatorRules.isAlwaysOwner(account.user, server: doorkeeper.server)
            {
                throw .alwaysOwner(account)
            }
            throw .noOperator(name)
        }
        let report = try report(old)
        try await change(
            [.dismiss(account: name)],
            [draft("operator.remove", name, JournalDetail.of(old, became: nil), actor)],
            notice: "\(report.account) may not run the system any more, by \(actor.name)"
        )
        return report
    }

    /// Those who may look at nothing but this extension: they go with it, or its number's next owner would be watched.
    func operators(of number: ExtensionNumber, by actor: Actor) -> [(change: Change, draft: JournalDraft)] {
        store.snapshot.operators.filter { $0.role == .ownExtension(number) }.map {
            let detail = JournalDetail.of($0, became: nil)
            return (.dismiss(account: $0.account), draft("operator.remove", $0.account, detail, actor))
        }
    }

    private func listOperators() throws(Refusal) -> [OperatorReport] {
        let always = Set([0, doorkeeper.server]).sorted().map { user in
            let account = doorkeeper.account(numbered: user)
            return OperatorReport(account: account, role: .owner, since: nil, lastSeen: nil, exists: true)
        }
        let lastSeen = try reading { try store.operatorsLastSeen() }
        return always
            + store.snapshot.operators.sorted { $0.account < $1.account }.map { report($0, lastSeen[$0.account]) }
    }

    private func report(_ value: Operator) throws(Refusal) -> OperatorReport {
        report(value, try reading { try store.operatorsLastSeen() }[value.account])
    }

    private func report(_ value: Operator, _ lastSeen: WallTime?) -> OperatorReport {
        let account = LocalAccount(name: value.account, user: value.user)
        return OperatorReport(
            account: account,
            role: value.role,
            since: value.since,
            lastSeen: lastSeen,
            exists: doorkeeper.account(named: value.account) == account
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
