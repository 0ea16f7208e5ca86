// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

extension Ledger {
    /// Reads the log of the ledger before this one. A leg that was running counts with what was reserved for it: its money is never
    /// restored, because nobody knows how long it was spoken, and counts once, whatever stands in the log twice.
    ///
    /// Ages are by the calendar, because nothing else survives a restart: what claims to be of the future counts as now.
    ///
    /// - Parameter entries: In the order in which they were written. May end anywhere.
    public init(
        recovering entries: some Sequence<LedgerEntry>,
        settings: SpendSettings,
        at moment: LedgerMoment,
        tick: Duration = .milliseconds(Limits.spendTick)
    ) {
        self.init(settings: settings, at: moment, tick: tick)
        var legs: [ChargeID: ChargedMoney] = [:]
        var over: Set<ChargeID> = []
        var order: [ChargeID] = []
        for entry in entries {
            read(entry, at: age(of: entry, moment), moment, &legs, &over, &order)
        }
        interrupted = order.filter { legs[$0] != nil }
        for charge in order { settled.insert(charge) }
        silence(moment)
    }

    /// When it was, in milliseconds of this ledger.
    private func age(of entry: LedgerEntry, _ moment: LedgerMoment) -> Int64 {
        let (age, overflow) = moment.wall.milliseconds.subtractingReportingOverflow(entry.at.milliseconds)
        return time(moment.now) - min(max(0, overflow ? .max : age), Limits.ledgerMemory)
    }

    private mutating func read(
        _ entry: LedgerEntry,
        at time: Int64,
        _ moment: LedgerMoment,
        _ legs: inout [ChargeID: ChargedMoney],
        _ over: inout Set<ChargeID>,
        _ order: inout [ChargeID]
    ) {
        let (charge, isAfterHours) = (entry.charge, entry.isAfterHours)
        switch entry.event {
        case .reserved(let payer, let micros):
            guard let chain = newChain(charge, payer, moment, legs, over) else { return }
            var money = ChargedMoney(chain: chain)
            money.take(micros, at: time, isAfterHours: isAfterHours, from: &books)
            legs[charge] = money
            order.append(charge)
        case .running(let payer, let slice, let micros, let returnable):
            guard let chain = newChain(charge, payer, moment, legs, over) else { return }
            legs[charge] = ChargedMoney(
                chain: chain,
                reserved: micros,
                slices: slice,
                returnable: returnable,
                at: time,
                isAfterHours: isAfterHours
            )
            order.append(charge)
        case .answered:
            if legs[charge]?.slices == 1 { legs[charge]?.move(to: time, in: &books) }
        case .extended(let slice, let micros):
            legs[charge]?.take(upTo: micros, slice: slice, at: time, isAfterHours: isAfterHours, from: &books)
        case .settled(let micros):
            over.insert(charge)
            legs.removeValue(forKey: charge)?.settleOnce(micros, at: time, isAfterHours: isAfterHours, in: &books)
        case .carried(let pool, let span, let micros):
            let limits = limiting(pool, at: moment.wall)
            guard let place = books.place(of: pool, at: self.time(moment.now), { _ in limits }) else { return }
            books.carry(micros, to: place, span, at: time, isAfterHours: isAfterHours)
        }
    }

    private mutating func newChain(
        _ charge: ChargeID,
        _ payer: Payer,
        _ moment: LedgerMoment,
        _ legs: [ChargeID: ChargedMoney],
        _ over: Set<ChargeID>
    ) -> SpendBooks.Chain? {
        guard legs[charge] == nil, !over.contains(charge) else { return nil }
        return chain(of: payer, at: time(moment.now), moment.wall)
    }

    /// What was reached before the restart was told before it.
    private mutating func silence(_ moment: LedgerMoment) {
        var unsaid: [SpendAlert] = []
        for place in books.accounts.indices { books.tell(place, at: time(moment.now), &unsaid) }
    }

    // MARK: The log anew

    /// Entries from which the same ledger can be recovered: to begin a new log with, when the old one has grown.
    ///
    /// At most 134 of a budget, and one of each leg.
    public mutating func carry(at moment: LedgerMoment) -> [LedgerEntry] {
        books.advance(to: time(moment.now))
        var entries: [LedgerEntry] = []
        for account in books.accounts {
            for span in SpendSpan.allCases {
                carry(account, span, isAfterHours: false, moment, &entries)
                carry(account, span, isAfterHours: true, moment, &entries)
            }
        }
        for leg in charges { if let leg { entries.append(running(leg, moment)) } }
        return entries
    }

    private func carry(
        _ account: SpendAccount,
        _ span: SpendSpan,
        isAfterHours: Bool,
        _ moment: LedgerMoment,
        _ entries: inout [LedgerEntry]
    ) {
        for part in account.contents(of: span, isAfterHours: isAfterHours) {
            entries.append(
                LedgerEntry(
                    charge: ChargeID(0),
                    at: wall(of: part.until, moment),
                    isAfterHours: isAfterHours,
                    event: .carried(account.pool, span, micros: min(part.micros, Money.largest.micros))
                )
            )
        }
    }

    private func running(_ leg: RunningCharge, _ moment: LedgerMoment) -> LedgerEntry {
        let (micros, time, isAfterHours) = leg.money.returnable
        let event = LedgerEntry.Event.running(
            leg.payer,
            slice: leg.money.slices,
            micros: leg.money.reserved,
            returnable: micros
        )
        return LedgerEntry(charge: leg.id, at: wall(of: time, moment), isAfterHours: isAfterHours, event: event)
    }

    /// When that was by the calendar; now for what is still to come.
    private func wall(of time: Int64, _ moment: LedgerMoment) -> WallTime {
        WallTime(milliseconds: moment.wall.milliseconds - max(0, self.time(moment.now) - time))
    }
}
