// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// What calls may cost, and what they have cost.
public struct ShowSpend: Command {
    public static let name = "spend.show"
    public static let rights: [Right] = [.seeSpending]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> SpendOverview {
        let standings = await administrator.engine.live(.spending).spending
        return administrator.overview(standings)
    }
}

/// Whose limits are set: one budget, or each of a kind that has none of its own.
public enum SpendSubject: Hashable, Sendable {
    case pool(SpendPool)
    case eachExtension
    /// Each group and each trunk.
    case eachShared
    /// The calls at home of each extension.
    case eachExtensionAtHome

    /// Reads `business`, `extension 201`, `trunk main`, `group sales`, `home`, `home 201`, `extensions`, `shared` or
    /// `home extensions`.
    public init?(parsing text: some StringProtocol) {
        switch text {
        case "extensions": self = .eachExtension
        case "shared": self = .eachShared
        case "home extensions": self = .eachExtensionAtHome
        default:
            // The ceiling is raised by two people, and lowered by a command of its own.
            guard let pool = SpendPool(parsing: text), pool != .ceiling else { return nil }
            self = .pool(pool)
        }
    }

    /// For people.
    public var words: String {
        switch self {
        case .pool(.business): "the business"
        case .pool(.home): "the business at home"
        case .pool(.extensionAtHome(let number)): "extension \(number) at home"
        case .pool(let pool): "\(pool)"
        case .eachExtension: "each extension"
        case .eachShared: "each group and each trunk"
        case .eachExtensionAtHome: "each extension at home"
        }
    }
}

/// Says what a budget may spend within an hour, a day and a week.
public struct SetSpendLimits: Command {
    public static let name = "spend.limit"
    public static let rights: [Right] = [.changeSpending]

    /// What ``SpendSubject`` reads, as typed.
    public let subject: String
    /// Amounts, as typed: `12.50`; all three, or none to take limits of its own away.
    public let hour: String?
    public let day: String?
    public let week: String?

    public init(subject: String, hour: String?, day: String?, week: String?) {
        (self.subject, self.hour, self.day, self.week) = (subject, hour, day, week)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(subject: "-", hour: nil, day: nil, week: nil) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> SpendOverview {
        guard let subject = SpendSubject(parsing: subject) else { throw .noBudget(self.subject) }
        let old = administrator.store.snapshot.outside.spending
        let limits = try SpendLimits(typed: hour, day, week)
        if let limits, !limits.isWithin(old.ceiling(at: administrator.now())) {
            throw .aboveCeiling(subject, old.ceiling(at: administrator.now()))
        }
        let new = try administrator.setting(limits, of: subject, in: old)
        let words = limits.map { "\($0)" } ?? "what all others may"
        return try await administrator.spend(
            new,
            caller.draft(Self.name, self.subject, JournalDetail.of(old.limits(of: subject), became: limits)),
            notice: "Calls of \(subject.words) may cost \(words), by \(caller.name)"
        )
    }
}

/// Says what one call, one minute and one answer may cost, and how long calls may last. What is left out stays.
public struct SetSpendPrices: Command {
    public static let name = "spend.price"
    public static let rights: [Right] = [.changeSpending]

    /// Amounts, as typed.
    public var perCall: String?
    public var perMinute: String?
    public var setUp: String?
    /// What a minute, and an answer, may cost so that a call at home is an ordinary one.
    public var ordinary: String?
    /// Hundredths of each limit that may be spent while the business is closed.
    public var afterHours: Int?
    /// Minutes.
    public var longestInternational: Int?
    public var longestNational: Int?
    /// `EUR`, as typed.
    public var currency: String?

    public init() {}

    /// Of no currency that there could be.
    public static func harmless(_: ExtensionNumber) -> Self {
        var command = Self()
        command.currency = "-"
        return command
    }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> SpendOverview {
        let old = administrator.store.snapshot.outside.spending
        var new = old
        if let perCall { new.perCall = try Money(typed: perCall) }
        if let perMinute { new.highestPerMinute = try Money(typed: perMinute) }
        if let setUp { new.highestSetUp = try Money(typed: setUp) }
        if let ordinary { new.ordinaryPerMinute = try Money(typed: ordinary) }
        if let afterHours {
            guard let percent = Percent(afterHours) else { throw .noPercent(afterHours) }
            new.afterHours = percent
        }
        if let longestInternational { new.longestInternational = try LongestCall(typed: longestInternational) }
        if let longestNational { new.longestNational = try LongestCall(typed: longestNational) }
        if let currency {
            guard let currency = Currency(parsing: currency) else { throw .noCurrency(currency) }
            new.currency = currency
        }
        guard new != old else { throw .spendingIsSo }
        return try await administrator.spend(
            new,
            caller.draft(Self.name, "prices", JournalDetail.of(SpendPrices(old), became: SpendPrices(new))),
            notice: "What a call may cost was changed by \(caller.name)"
        )
    }
}

/// Fits the budgets to what calls cost in an ordinary month.
public struct FitSpendLimits: Command {
    public static let name = "spend.fit"
    public static let rights: [Right] = [.changeSpending]

    /// Amounts, as typed: of the month, of its dearest day, and of the dearest day of one extension.
    public let month: String
    public let day: String
    public let extensionDay: String
    /// Whether they are set, and not only said.
    public let sets: Bool

    public init(month: String, day: String, extensionDay: String, sets: Bool) {
        (self.month, self.day, self.extensionDay, self.sets) = (month, day, extensionDay, sets)
    }

    public static func harmless(_: ExtensionNumber) -> Self {
        Self(month: "-", day: "-", extensionDay: "-", sets: false)
    }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> FittedLimits
    {
        let bill = UsualBill(
            month: try Money(typed: month),
            dearestDay: try Money(typed: day),
            dearestExtensionDay: try Money(typed: extensionDay)
        )
        guard let bill else { throw .noBill }
        let old = administrator.store.snapshot.outside.spending
        let fitted = SpendRules.fit(bill, under: old.ceiling(at: administrator.now()))
        guard sets else { return fitted }
        var new = old
        (new.businessLimits, new.sharedLimits, new.extensionLimits) = (
            fitted.business, fitted.business, fitted.eachExtension
        )
        guard new != old else { throw .spendingIsSo }
        let before = FittedLimits(business: old.businessLimits, eachExtension: old.extensionLimits, ceiling: nil)
        _ = try await administrator.spend(
            new,
            caller.draft(Self.name, "budgets", JournalDetail.of(before, became: fitted)),
            notice: "Budgets were fitted to a bill of \(bill.month) a month by \(caller.name)"
        )
        return fitted
    }
}

/// What one call may cost, for the journal.
struct SpendPrices: Encodable {
    let currency: Currency
    let perCall: Money
    let perMinute: Money
    let setUp: Money
    let ordinary: Money
    let afterHours: Percent
    let longestInternational: LongestCall
    let longestNational: LongestCall

    init(_ settings: SpendSettings) {
        (currency, perCall, ordinary) = (settings.currency, settings.perCall, settings.ordinaryPerMinute)
        (perMinute, setUp, afterHours) = (settings.highestPerMinute, settings.highestSetUp, settings.afterHours)
        (longestInternational, longestNational) = (settings.longestInternational, settings.longestNational)
    }
}

extension Administrator {
    func overview(_ standings: [SpendStanding]?) -> SpendOverview {
        SpendOverview(settings: store.snapshot.outside.spending, standings: standings, at: now())
    }

    func spend(_ settings: SpendSettings, _ draft: JournalDraft, notice: String) async throws(Refusal) -> SpendOverview
    {
        try await change([.outside(.spend(settings))], [draft], notice: notice)
        return overview(await engine.live(.spending).spending)
    }

    fileprivate func setting(
        _ limits: SpendLimits?,
        of subject: SpendSubject,
        in settings: SpendSettings
    ) throws(Refusal) -> SpendSettings {
        var new = settings
        switch (subject, limits) {
        case (.pool(.business), let limits?): new.businessLimits = limits
        case (.eachExtension, let limits?): new.extensionLimits = limits
        case (.eachShared, let limits?): new.sharedLimits = limits
        case (.eachExtensionAtHome, let limits?): new.extensionHomeLimits = limits
        case (.pool(.home), let limits?): new.homeLimits = limits
        case (.pool(let pool), let limits) where pool != .business && pool != .home:
            switch pool {
            case .extension(let number), .extensionAtHome(let number): _ = try find(number.text)
            case .business, .group, .trunk, .home, .ceiling: break
            }
            if case .trunk(let name) = pool { _ = try trunk(name.text) }
            guard new.own[pool] != nil || new.own.count < Model.Limits.setBudgets else { throw .tooManyBudgets }
            new.own[pool] = limits
        case (.pool, nil), (.eachExtension, nil), (.eachShared, nil), (.eachExtensionAtHome, nil), (.pool, _?):
            throw .noneOfItsOwn(subject)
        }
        guard new != settings else { throw .spendingIsSo }
        return new
    }
}

extension SpendSettings {
    /// The limits that were set for it; `nil` where it has none of its own.
    fileprivate func limits(of subject: SpendSubject) -> SpendLimits? {
        switch subject {
        case .pool(.business): businessLimits
        case .eachExtension: extensionLimits
        case .eachShared: sharedLimits
        case .eachExtensionAtHome: extensionHomeLimits
        case .pool(.home): homeLimits
        case .pool(let pool): own[pool]
        }
    }
}

extension SpendLimits {
    /// - Returns: `nil` where all three are left out.
    init?(typed hour: String?, _ day: String?, _ week: String?) throws(Refusal) {
        guard hour != nil || day != nil || week != nil else { return nil }
        guard let hour, let day, let week else { throw .notAllThree }
        guard let limits = Self(hour: try Money(typed: hour), day: try Money(typed: day), week: try Money(typed: week))
        else { throw .notAllThree }
        self = limits
    }
}

extension Money {
    init(typed text: String) throws(Refusal) {
        guard let money = Self(parsing: text) else { throw .noAmount(text) }
        self = money
    }
}

extension LongestCall {
    fileprivate init(typed minutes: Int) throws(Refusal) {
        guard let longest = Self(minutes: minutes) else { throw .noLength(minutes) }
        self = longest
    }
}
