// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Lowers the ceiling above all budgets, at once.
public struct LowerCeiling: Command {
    public static let name = "ceiling.lower"
    public static let rights: [Right] = [.changeSpending]

    /// Amounts, as typed.
    public let hour: String
    public let day: String
    public let week: String

    public init(hour: String, day: String, week: String) { (self.hour, self.day, self.week) = (hour, day, week) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(hour: "-", day: "-", week: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> SpendOverview {
        guard let limits = try SpendLimits(typed: hour, day, week) else { throw .notAllThree }
        let (old, now) = (administrator.store.snapshot.outside.spending, administrator.now())
        var new = old
        guard new.lowerCeiling(to: limits, at: now) else { throw .notLower(old.ceiling(at: now)) }
        return try await administrator.spend(
            new,
            caller.draft(Self.name, "ceiling", JournalDetail.of(old.ceiling(at: now), became: limits)),
            notice: "The ceiling above all budgets was lowered to \(limits) by \(caller.name)"
        )
    }
}

/// Asks for a higher one. It holds a day after somebody else agreed.
public struct RaiseCeiling: Command {
    public static let name = "ceiling.raise"
    public static let rights: [Right] = [.changeSpending]

    /// Amounts, as typed.
    public let hour: String
    public let day: String
    public let week: String

    public init(hour: String, day: String, week: String) { (self.hour, self.day, self.week) = (hour, day, week) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(hour: "-", day: "-", week: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> SpendOverview {
        guard let limits = try SpendLimits(typed: hour, day, week) else { throw .notAllThree }
        let account = try caller.account()
        let (old, now) = (administrator.store.snapshot.outside.spending, administrator.now())
        if let refusal = CeilingRules.refusal(ofAsking: account, for: limits, in: old, at: now) { throw refusal }
        var new = old
        // What a raise of before has brought stays.
        new.dropRaise(at: now)
        new.ask(for: CeilingRaise(to: limits, request: .init(by: account, at: now)))
        return try await administrator.spend(
            new,
            caller.draft(Self.name, "ceiling", JournalDetail.of(old.ceiling(at: now), became: limits)),
            notice: "\(caller.name) ASKS for a higher ceiling above all budgets: \(limits)"
        )
    }
}

/// Agrees to the raise that somebody else asked for.
public struct AgreeToCeiling: Command {
    public static let name = "ceiling.agree"
    public static let rights: [Right] = [.changeSpending]

    /// What is agreed to, as typed: so that nobody agrees to something else than they were told.
    public let week: String

    public init(week: String) { self.week = week }

    public static func harmless(_: ExtensionNumber) -> Self { Self(week: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> SpendOverview {
        let week = try Money(typed: week)
        let account = try caller.account()
        let (old, now) = (administrator.store.snapshot.outside.spending, administrator.now())
        if let refusal = CeilingRules.refusal(ofAgreeing: account, in: old, at: now) { throw refusal }
        guard let raise = old.raise, raise.limits.week == week else { throw .otherRaise(old.raise) }
        var new = old
        new.agree(by: account, at: now)
        return try await administrator.spend(
            new,
            caller.draft(Self.name, "ceiling", JournalDetail.of(old.raise, became: new.raise)),
            notice: "The ceiling above all budgets RISES to \(raise.limits) in a day: \(caller.name) agrees with "
                + "\(raise.request.account)"
        )
    }
}

/// Takes the raise back that somebody asked for, agreed or not. What holds already stays.
public struct DropCeilingRaise: Command {
    public static let name = "ceiling.drop"
    public static let rights: [Right] = [.changeSpending]

    /// What was asked for, as typed: so that nobody drops something else than they were told of.
    public let week: String

    public init(week: String) { self.week = week }

    public static func harmless(_: ExtensionNumber) -> Self { Self(week: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> SpendOverview {
        let week = try Money(typed: week)
        let (old, now) = (administrator.store.snapshot.outside.spending, administrator.now())
        guard let raise = old.raise, !raise.isDue(at: now), raise.limits.week == week else {
            throw .otherRaise(old.raise)
        }
        var new = old
        new.dropRaise(at: now)
        return try await administrator.spend(
            new,
            caller.draft(Self.name, "ceiling", JournalDetail.of(raise, became: nil)),
            notice: "The higher ceiling that \(raise.request.account) asked for was dropped by \(caller.name)"
        )
    }
}

extension Refusal {
    fileprivate static func notLower(_ ceiling: SpendLimits) -> Self {
        Self(
            .spendLimit,
            problem: "The ceiling above all budgets was not lowered.",
            reason: "a part of it would be higher than the one in force, \(ceiling)",
            remedy: "raise it with somebody else and a day: ringfence spend ceiling raise"
        )
    }

    fileprivate static func otherRaise(_ raise: CeilingRaise?) -> Self {
        Self(
            .spendLimit,
            problem: "Nothing was done about the ceiling above all budgets.",
            reason: raise.map { "what somebody asked for is \($0.limits)" } ?? "nobody has asked for a higher one",
            remedy: "see it: ringfence spend show"
        )
    }
}
