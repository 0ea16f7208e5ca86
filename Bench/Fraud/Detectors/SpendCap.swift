// SPDX-License-Identifier: Apache-2.0

/// A cap on what an extension spends on foreign and premium numbers in 24 hours, as FRAUD.md 5.2 has it: 12 euros, 3 out of hours.
///
/// When it is passed, the extension may call home numbers only for 24 hours. The cost of a call is known when it ends; with `isLive` it is
/// also counted each five seconds, and running calls are cut.
struct SpendCap: Detector {
    let business: Business
    let isLive: Bool
    var alerts: [Alert] = []
    private var running: [CallID: Running] = [:]
    private var spent: [Int: [Item]] = [:]
    private var blockedUntil: [Int: Instant] = [:]

    static let openCap = Money(euros: 12)
    static let closedCap = Money(euros: 3)

    private struct Running { var payer: Int, price: Price, since: Instant? }
    private struct Item { var time: Instant, cost: Money }

    init(business: Business, isLive: Bool) { (self.business, self.isLive) = (business, isLive) }

    var tickPeriod: Int { isLive ? 5 : 0 }

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict {
        let destination = attempt.destination
        guard !destination.isOrdinary(in: business.home) else { return .allow }
        if let until = blockedUntil[attempt.payer], now < until { return .refuse(.spendLimit) }
        running[attempt.id] = Running(payer: attempt.payer, price: destination.price, since: nil)
        return .allow
    }

    mutating func answered(_ call: CallID, at now: Instant) { running[call]?.since = now }

    mutating func ended(_ call: CallID, at now: Instant) {
        guard let over = running.removeValue(forKey: call), let since = over.since else { return }
        spent[over.payer, default: []].append(Item(time: now, cost: over.price.cost(seconds: now - since)))
        if total(of: over.payer, at: now) >= cap(at: now) { block(over.payer, at: now) }
    }

    mutating func tick(at now: Instant, ending cuts: inout [Cut]) {
        guard !running.isEmpty else { return }
        var live: [Int: Money] = [:]
        for call in running.values {
            live[call.payer, default: .zero] += call.since.map { call.price.cost(seconds: now - $0) } ?? .zero
        }
        // Sorted: the order of a dictionary is another in each run.
        for payer in live.keys.sorted() {
            guard live[payer, default: .zero] + total(of: payer, at: now) >= cap(at: now) else { continue }
            block(payer, at: now)
            cuts += running.filter { $0.value.payer == payer }.keys.sorted().map { Cut(call: $0, rule: .spendLimit) }
        }
    }

    private func cap(at now: Instant) -> Money { business.hours.isOpen(at: now) ? Self.openCap : Self.closedCap }

    private mutating func total(of payer: Int, at now: Instant) -> Money {
        spent[payer]?.removeAll { $0.time <= now - Calendar.day }
        return (spent[payer] ?? []).reduce(.zero) { $0 + $1.cost }
    }

    private mutating func block(_ payer: Int, at now: Instant) {
        if blockedUntil[payer, default: 0] <= now { alerts.append(Alert(time: now, rule: .spendLimit, payer: payer)) }
        blockedUntil[payer] = now + Calendar.day
    }
}
