// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What one leg to the outside costs, with everything that a bill is checked by: whose it is, by which price, and what was reserved
/// before it was spoken. Part of the record of its call, and written again with each slice.
public struct LegCharge: Hashable, Sendable, Codable, Identifiable {
    public let id: ChargeID
    public let payer: Payer
    public private(set) var number: PhoneNumber
    public let region: Region?
    public let numberClass: NumberClass
    /// The price list, which import of it, and the prefix that fitted.
    public let deck: ShortName
    public let version: UInt32
    public let prefix: NumberPrefix
    public let tariff: Tariff
    public let currency: Currency
    /// All that was reserved so far.
    public var reserved: Money
    /// How many slices that is: 1 for the first.
    public var slices: UInt32
    public let reservedAt: WallTime
    /// When the last slice was.
    public var extendedAt: WallTime?
    public var answeredAt: WallTime?
    /// What it cost in the end; `nil` while it runs. One that the server did not see the end of counts with what was reserved.
    public var cost: Money?
    public var settledAt: WallTime?
    /// Whether the business was closed when it began.
    public let isAfterHours: Bool

    public init(
        id: ChargeID,
        payer: Payer,
        number: PhoneNumber,
        region: Region?,
        numberClass: NumberClass,
        deck: ShortName,
        version: UInt32,
        prefix: NumberPrefix,
        tariff: Tariff,
        currency: Currency,
        reserved: Money,
        reservedAt: WallTime,
        isAfterHours: Bool
    ) {
        (self.id, self.payer, self.number, self.region) = (id, payer, number, region)
        (self.numberClass, self.deck, self.version, self.prefix) = (numberClass, deck, version, prefix)
        (self.tariff, self.currency, self.reserved) = (tariff, currency, reserved)
        (self.reservedAt, self.isAfterHours) = (reservedAt, isAfterHours)
        slices = 1
    }

    /// The same without whom it was for: the prefix that was priced stays, and zeros come behind it, which is nobody's number.
    public func withoutNumber() -> Self {
        var (charge, rest) = (self, number.value)
        var scale: UInt64 = 1
        while rest > prefix.value { (rest, scale) = (rest / 10, scale * 10) }
        if let blank = PhoneNumber(value: rest * scale) { charge.number = blank }
        return charge
    }

    /// What counts against budgets: the cost, or all that was reserved while nobody knows it.
    public var counted: Money { cost ?? reserved }

    /// The same as entries of a ledger, to begin a new one with.
    public var entries: [LedgerEntry] {
        var entries = [entry(.reserved(payer, micros: reserved.micros), at: reservedAt)]
        if let answeredAt { entries.append(entry(.answered, at: answeredAt)) }
        if slices > 1 {
            let event = LedgerEntry.Event.extended(slice: slices, micros: reserved.micros)
            entries.append(entry(event, at: extendedAt ?? reservedAt))
        }
        if let cost { entries.append(entry(.settled(micros: cost.micros), at: settledAt ?? extendedAt ?? reservedAt)) }
        return entries
    }

    private func entry(_ event: LedgerEntry.Event, at time: WallTime) -> LedgerEntry {
        LedgerEntry(charge: id, at: time, isAfterHours: isAfterHours, event: event)
    }

    /// Follows what a ledger did.
    public mutating func follow(_ entry: LedgerEntry) {
        switch entry.event {
        case .answered: answeredAt = entry.at
        case .extended(let slice, let micros):
            (slices, reserved, extendedAt) = (slice, Money(clamping: micros), entry.at)
        case .settled(let micros): (cost, settledAt) = (Money(clamping: micros), entry.at)
        case .reserved, .carried, .running: break
        }
    }
}
