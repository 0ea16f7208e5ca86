// SPDX-License-Identifier: Apache-2.0

/// The rules of OpenSIPS's module fraud_detection, as FRAUD.md 2.1 and 5.2 describe them, with the critical thresholds of 5.2.
///
/// They are kept for each user and rule prefix, here the country of a foreign number or the premium numbers of any; the count of a day
/// starts again at midnight; refused calls count too. Written from that description, not from the module's source.
struct VelocityDetector: Detector {
    let home: String
    let rules: RuleSet
    var alerts: [Alert] = []
    private var counters: [Key: Counter] = [:]

    static let callsPerMinute = 5
    static let callsPerDay = 30
    static let sequentialCalls = 6

    private struct Key: Hashable { var payer: Int, prefix: String }

    private struct Counter {
        var day = -1
        var total = 0
        var lastMinute: [Instant] = []
        var lastNumber = ""
        var sequential = 0
    }

    init(business: Business, rules: RuleSet) { (home, self.rules) = (business.home, rules) }

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict {
        guard let prefix = prefix(of: attempt.destination) else { return .allow }
        let key = Key(payer: attempt.payer, prefix: prefix)
        count(attempt.destination.digits, in: &counters[key, default: Counter()], at: now)
        guard let rule = exceeded(by: counters[key, default: Counter()]) else { return .allow }
        alerts.append(Alert(time: now, rule: rule, payer: attempt.payer))
        return .refuse(rule)
    }

    private func prefix(of destination: Destination) -> String? {
        switch destination.numberClass {
        case .premium, .personal, .satellite, .internationalNetwork: destination.numberClass.rawValue
        case .fixed, .mobile, .tollFree, .shared: destination.country == home ? nil : destination.country
        }
    }

    private func count(_ number: String, in counter: inout Counter, at now: Instant) {
        if counter.day != Calendar.day(of: now) { counter = Counter(day: Calendar.day(of: now)) }
        counter.total += 1
        counter.lastMinute.removeAll { $0 <= now - 60 }
        counter.lastMinute.append(now)
        counter.sequential = counter.lastNumber == number ? counter.sequential + 1 : 1
        counter.lastNumber = number
    }

    private func exceeded(by counter: Counter) -> Rule? {
        if rules.has(.callRate) && counter.lastMinute.count > Self.callsPerMinute { return .callRate }
        if rules.has(.callLimits) && counter.total > Self.callsPerDay { return .callLimits }
        if rules.has(.sameNumber) && counter.sequential > Self.sequentialCalls { return .sameNumber }
        return nil
    }
}
