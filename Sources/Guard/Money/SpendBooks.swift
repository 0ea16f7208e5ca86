// SPDX-License-Identifier: Apache-2.0

import Model

/// The budgets of a business with what was taken from them. Times are milliseconds of the ledger.
struct SpendBooks: Sendable {
    private(set) var accounts: [SpendAccount] = []
    private var places: [SpendPool: Int32] = [:]

    /// The places of the budgets that a leg takes from; -1 for one that it has not.
    typealias Chain = InlineArray<5, Int32>

    static let noChain = Chain(repeating: -1)

    /// An ordinary call at home takes from budgets apart; from those of its group and its trunk only where somebody has set one: what
    /// was set for all of a trunk's calls is for these too. The ceiling stands above the sum of both kinds.
    ///
    /// - Parameters:
    ///   - isSet: Whether a budget has limits of its own.
    ///   - limits: Asked for budgets that are not counted yet.
    /// - Returns: `nil` when there are too many budgets.
    mutating func chain(
        of payer: Payer,
        at now: Int64,
        isSet: (SpendPool) -> Bool,
        limits: (SpendPool) -> Limiting
    ) -> Chain? {
        let isAtHome = payer.isAtHome
        let (trunk, group) = (SpendPool.trunk(payer.trunk), payer.group.map(SpendPool.group))
        let pools: InlineArray<5, SpendPool?> = [
            isAtHome ? .extensionAtHome(payer.extension) : .extension(payer.extension),
            group.flatMap { isAtHome && !isSet($0) ? nil : $0 },
            isAtHome ? .home : .business,
            isAtHome && !isSet(trunk) ? nil : trunk,
            .ceiling,
        ]
        var chain = Self.noChain
        for link in pools.indices {
            guard let pool = pools[link] else { continue }
            guard let place = place(of: pool, at: now, limits) else { return nil }
            chain[link] = place
        }
        return chain
    }

    /// What an account may spend, open and closed.
    typealias Limiting = (open: SpendLimits, closed: SpendLimits)

    mutating func place(of pool: SpendPool, at now: Int64, _ limits: (SpendPool) -> Limiting) -> Int32? {
        if let place = places[pool] { return place }
        guard accounts.count < Limits.spendPools else { return nil }
        let (open, closed) = limits(pool)
        places[pool] = Int32(accounts.count)
        accounts.append(SpendAccount(pool: pool, limits: open, closedLimits: closed, at: now))
        return Int32(accounts.count - 1)
    }

    func account(of pool: SpendPool) -> SpendAccount? { places[pool].map { accounts[Int($0)] } }

    /// Sets the limits of all of them anew.
    mutating func limit(by limits: (SpendPool) -> Limiting) {
        for place in accounts.indices {
            (accounts[place].limits, accounts[place].closedLimits) = limits(accounts[place].pool)
        }
    }

    /// The first budget of a chain that has no room for an amount, and in which window; `nil` when all have.
    mutating func lack(_ micros: Int64, in chain: Chain, at now: Int64, isAfterHours: Bool) -> BudgetLack? {
        for link in chain.indices where chain[link] >= 0 {
            let place = Int(chain[link])
            accounts[place].advance(to: now)
            if let lack = accounts[place].lack(micros, isAfterHours: isAfterHours) {
                return BudgetLack(place: place, span: lack.span, isAfterHours: lack.isAfterHours)
            }
        }
        return nil
    }

    mutating func add(_ micros: Int64, to chain: Chain, at time: Int64, isAfterHours: Bool) {
        for link in chain.indices where chain[link] >= 0 {
            accounts[Int(chain[link])].add(micros, at: time, isAfterHours: isAfterHours)
        }
    }

    mutating func remove(_ micros: Int64, from chain: Chain, at time: Int64, isAfterHours: Bool) {
        for link in chain.indices where chain[link] >= 0 {
            accounts[Int(chain[link])].remove(micros, at: time, isAfterHours: isAfterHours)
        }
    }

    mutating func tell(_ chain: Chain, at now: Int64, _ alerts: inout [SpendAlert]) {
        for link in chain.indices where chain[link] >= 0 { accounts[Int(chain[link])].tell(at: now, &alerts) }
    }

    /// Tells that one had no room.
    mutating func tell(_ lack: BudgetLack, at now: Int64, _ alerts: inout [SpendAlert]) {
        accounts[lack.place].tell(at: now, lack: (lack.span, lack.isAfterHours), &alerts)
    }

    /// What a budget has reached.
    mutating func tell(_ place: Int, at now: Int64, _ alerts: inout [SpendAlert]) {
        accounts[place].advance(to: now)
        accounts[place].tell(at: now, &alerts)
    }

    mutating func advance(to now: Int64) {
        for place in accounts.indices { accounts[place].advance(to: now) }
    }

    mutating func mark(_ place: Int, isExhausted: Bool) { accounts[place].isExhausted = isExhausted }

    mutating func carry(_ micros: Int64, to place: Int32, _ span: SpendSpan, at time: Int64, isAfterHours: Bool) {
        accounts[Int(place)].add(micros, at: time, to: span, isAfterHours: isAfterHours)
    }
}

/// A budget without room.
struct BudgetLack {
    let place: Int
    let span: SpendSpan
    let isAfterHours: Bool
}

/// What one leg has taken from its budgets, the newest two slices apart, because only of those something can come back: what is
/// reserved ahead is never more than a slice and the rest of the one before. Slices of the same five seconds are one.
struct ChargedMoney: Sendable {
    private struct Slice: Sendable {
        var micros: Int64 = 0
        var time: Int64 = 0
        var isAfterHours = false

        /// Whether it stands in the same parts of all windows, which all begin at a multiple of five seconds.
        func isTogether(with time: Int64, _ isAfterHours: Bool) -> Bool {
            self.time / 5_000 == time / 5_000 && self.isAfterHours == isAfterHours
        }
    }

    let chain: SpendBooks.Chain
    /// All that is reserved for it.
    private(set) var reserved: Int64 = 0
    /// How many slices it was given.
    private(set) var slices: UInt32 = 0
    private var newest = Slice()
    private var before = Slice()

    init(chain: SpendBooks.Chain) { self.chain = chain }

    /// Takes another slice.
    mutating func take(_ micros: Int64, at time: Int64, isAfterHours: Bool, from books: inout SpendBooks) {
        books.add(micros, to: chain, at: time, isAfterHours: isAfterHours)
        if newest.isTogether(with: time, isAfterHours) {
            newest.micros += micros
        } else {
            (before, newest) = (newest, Slice(micros: micros, time: time, isAfterHours: isAfterHours))
        }
        reserved += micros
        slices &+= 1
    }

    /// The call is answered: what was reserved while it rang counts from now.
    mutating func move(to time: Int64, in books: inout SpendBooks) {
        books.remove(newest.micros, from: chain, at: newest.time, isAfterHours: newest.isAfterHours)
        newest.time = time
        books.add(newest.micros, to: chain, at: time, isAfterHours: newest.isAfterHours)
    }

    /// It is over: takes what is missing, or gives back what is too much.
    mutating func settle(_ micros: Int64, at time: Int64, isAfterHours: Bool, in books: inout SpendBooks) {
        guard micros < reserved else {
            return take(micros - reserved, at: time, isAfterHours: isAfterHours, from: &books)
        }
        let excess = reserved - micros
        let first = min(excess, newest.micros)
        books.remove(first, from: chain, at: newest.time, isAfterHours: newest.isAfterHours)
        let second = min(excess - first, before.micros)
        books.remove(second, from: chain, at: before.time, isAfterHours: before.isAfterHours)
        reserved = micros
    }

    // MARK: Over a restart

    /// It is over and not needed any more.
    consuming func settleOnce(_ micros: Int64, at time: Int64, isAfterHours: Bool, in books: inout SpendBooks) {
        var money = self
        money.settle(micros, at: time, isAfterHours: isAfterHours, in: &books)
    }

    /// What may come back, and when it was taken.
    var returnable: (micros: Int64, time: Int64, isAfterHours: Bool) {
        (newest.micros, newest.time, newest.isAfterHours)
    }

    /// As it was written down: it stands in the books already.
    init(
        chain: SpendBooks.Chain,
        reserved: Int64,
        slices: UInt32,
        returnable: Int64,
        at time: Int64,
        isAfterHours: Bool
    ) {
        (self.chain, self.reserved, self.slices) = (chain, reserved, slices)
        newest = Slice(micros: min(returnable, reserved), time: time, isAfterHours: isAfterHours)
    }

    /// Takes what a slice with a number brought, when it is new.
    mutating func take(
        upTo micros: Int64,
        slice: UInt32,
        at time: Int64,
        isAfterHours: Bool,
        from books: inout SpendBooks
    ) {
        guard slice > slices, micros >= reserved else { return }
        take(micros - reserved, at: time, isAfterHours: isAfterHours, from: &books)
        slices = slice
    }
}
