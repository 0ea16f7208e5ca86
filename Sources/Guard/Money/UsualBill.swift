// SPDX-License-Identifier: Apache-2.0

public import Model

/// What calls cost a business in an ordinary month by its provider's itemised bill, ordinary calls at home left out.
public struct UsualBill: Hashable, Sendable {
    public let month: Money
    public let dearestDay: Money
    /// Of one extension.
    public let dearestExtensionDay: Money

    /// - Returns: `nil` unless a day of one extension costs at most a day of all, and that at most the month.
    public init?(month: Money, dearestDay: Money, dearestExtensionDay: Money) {
        guard dearestExtensionDay <= dearestDay, dearestDay <= month else { return nil }
        (self.month, self.dearestDay, self.dearestExtensionDay) = (month, dearestDay, dearestExtensionDay)
    }
}

/// Budgets that leave an ordinary month alone and little more.
public struct FittedLimits: Hashable, Sendable, Codable {
    public let business: SpendLimits
    public let eachExtension: SpendLimits
    /// What the ordinary month needs; `nil` when the ceiling has room for it.
    public let ceiling: SpendLimits?

    public init(business: SpendLimits, eachExtension: SpendLimits, ceiling: SpendLimits?) {
        (self.business, self.eachExtension, self.ceiling) = (business, eachExtension, ceiling)
    }
}

extension SpendRules {
    /// Twice the dearest day is a day, half of it an hour; a week is three such days, or twice a quarter of the month where that is
    /// more. Whole units, at least a quarter of what a new business has, and never above the ceiling.
    public static func fit(_ bill: UsualBill, under ceiling: SpendLimits) -> FittedLimits {
        let least = SpendSettings()
        let week = bill.month.micros / 2
        let business = limits(bill.dearestDay, week: week, atLeast: least.businessLimits)
        let eachExtension = limits(bill.dearestExtensionDay, week: 0, atLeast: least.extensionLimits)
        return FittedLimits(
            business: business.capped(by: ceiling),
            eachExtension: eachExtension.capped(by: ceiling),
            ceiling: business.isWithin(ceiling) ? nil : business
        )
    }

    private static func limits(_ dearest: Money, week: Int64, atLeast least: SpendLimits) -> SpendLimits {
        let day = max(units(dearest.micros * 2), least.day.percent(25))
        let hour = max(units(dearest.micros), least.hour.percent(25))
        let long = max(units(max(day.micros * 3, week)), least.week.percent(25))
        return SpendLimits(hour: min(hour, day), day: day, week: max(day, long)) ?? least
    }

    /// Rounded up.
    private static func units(_ micros: Int64) -> Money { Money(units: (micros + 999_999) / 1_000_000) }
}
