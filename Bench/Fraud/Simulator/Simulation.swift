// SPDX-License-Identifier: Apache-2.0

/// Runs a scenario against a detector, moment by moment.
///
/// The detector is told what has happened, never what is planned; money is lost by what was spoken until the call ended.
struct Simulation<Control: Detector> {
    private let scenario: Scenario
    private(set) var detector: Control
    private(set) var calls: [SimulatedCall] = []
    private(set) var outcome: Outcome
    /// What the detector decided, if it is kept.
    private(set) var decisions: [Decision] = []
    private let keepsDecisions: Bool

    private var queue = EventQueue()
    private var nextCall = 0
    private var nextCircumstance = 0
    /// Of each line, how many calls it has placed, and how many of the last were refused or cut.
    private var lines: [(placed: Int, refusals: Int)]
    private var alive = 0
    private var nextTick = 0
    private var cuts: [Cut] = []
    private var lastAlert: [AlertKey: Instant] = [:]

    /// A decision of the detector about a call, and when.
    struct Decision: Hashable {
        enum What: Hashable { case verdict(Verdict), cut(Rule) }
        var time: Instant
        var call: CallID
        var what: What
    }

    private struct AlertKey: Hashable { var rule: Rule, payer: Int? }

    init(_ scenario: Scenario, _ detector: Control, keepsDecisions: Bool = false) {
        (self.scenario, self.detector, self.keepsDecisions) = (scenario, detector, keepsDecisions)
        outcome = Outcome(kind: scenario.business.kind, attack: scenario.attack.map(AttackOutcome.init))
        lines = (scenario.attack?.lines ?? []).map { _ in (0, 0) }
    }

    mutating func run() {
        for line in lines.indices { schedule(line, after: 0) }
        while let time = nextTime {
            if detector.tickPeriod > 0 && alive > 0 && nextTick <= time { tick() } else { step(at: time) }
        }
    }

    /// The earliest of what is due, what is planned and what happens beside.
    private var nextTime: Instant? {
        var time = queue.nextTime
        if nextCall < scenario.calls.count { time = min(time ?? .max, scenario.calls[nextCall].start) }
        if nextCircumstance < scenario.circumstances.count {
            time = min(time ?? .max, scenario.circumstances[nextCircumstance].time)
        }
        return time
    }

    private mutating func step(at now: Instant) {
        if queue.nextTime == now, let due = queue.take() {
            perform(due, at: now)
        } else if nextCircumstance < scenario.circumstances.count, scenario.circumstances[nextCircumstance].time == now
        {
            detector.happened(scenario.circumstances[nextCircumstance].kind, at: now)
            nextCircumstance += 1
        } else {
            place(scenario.calls[nextCall], line: nil, at: now)
            nextCall += 1
        }
        takeAlerts()
    }

    private mutating func perform(_ due: EventQueue.Kind, at now: Instant) {
        switch due {
        case .confirmation(let id): conclude(id, at: now)
        case .answer(let id): answer(id, at: now)
        case .end(let id): if !calls[id].isOver { end(id, at: now, by: nil) }
        case .line(let line): placeNext(of: line, at: now)
        }
    }

    private mutating func tick() {
        let now = nextTick
        nextTick += detector.tickPeriod
        detector.tick(at: now, ending: &cuts)
        for cut in cuts where !calls[cut.call].isOver {
            keep(.cut(cut.rule), of: cut.call, at: now)
            end(cut.call, at: now, by: cut.rule)
        }
        cuts.removeAll(keepingCapacity: true)
        takeAlerts()
    }

    // MARK: A call

    private mutating func place(_ planned: PlannedCall, line: Int?, at now: Instant) {
        let id = calls.count
        calls.append(SimulatedCall(planned: planned, line: line, state: .ringing))
        count(tried: id)
        let attempt = Attempt(
            id: id,
            payer: planned.payer,
            destination: planned.destination,
            route: planned.route,
            origin: planned.origin,
            onBehalfOf: planned.onBehalfOf
        )
        let verdict = detector.attempt(attempt, at: now)
        keep(.verdict(verdict), of: id, at: now)
        switch verdict {
        case .allow:
            live(at: now)
            ring(id, at: now)
        case .refuse(let rule): refuse(id, by: rule, at: now)
        case .confirm(let question, let rule):
            live(at: now)
            calls[id].state = .asked(question, rule)
            queue.add(.confirmation(id), at: now + question.delay)
        }
    }

    private mutating func live(at now: Instant) {
        alive += 1
        let period = detector.tickPeriod
        if alive == 1 && period > 0 { nextTick = (now / period + 1) * period }
    }

    private mutating func conclude(_ id: CallID, at now: Instant) {
        guard case .asked(let question, let rule) = calls[id].state else { return }
        if let can = calls[id].planned.canConfirm, can >= question {
            detector.confirmed(id, at: now)
            if calls[id].line == nil { outcome.legitimate.asked += 1 }
            ring(id, at: now)
        } else {
            alive -= 1
            detector.ended(id, at: now)
            refuse(id, by: rule, at: now)
        }
    }

    private mutating func ring(_ id: CallID, at now: Instant) {
        calls[id].state = .ringing
        let planned = calls[id].planned
        queue.add(planned.isAnswered ? .answer(id) : .end(id), at: now + planned.ringing)
    }

    private mutating func answer(_ id: CallID, at now: Instant) {
        guard case .ringing = calls[id].state else { return }
        calls[id].state = .up(since: now)
        if calls[id].line != nil && outcome.attack?.firstLoss == nil { outcome.attack?.firstLoss = now }
        detector.answered(id, at: now)
        queue.add(.end(id), at: now + calls[id].planned.talk)
    }

    private mutating func end(_ id: CallID, at now: Instant, by rule: Rule?) {
        if case .up(let since) = calls[id].state { settle(calls[id], spoken: now - since, at: now) }
        calls[id].state = .over
        alive -= 1
        detector.ended(id, at: now)
        if let rule { count(hit: id, by: rule, at: now, isCut: true) }
        if let line = calls[id].line { lineEnded(line, isRefused: rule != nil, at: now) }
    }

    private mutating func refuse(_ id: CallID, by rule: Rule, at now: Instant) {
        calls[id].state = .over
        count(hit: id, by: rule, at: now, isCut: false)
        if let line = calls[id].line { lineEnded(line, isRefused: true, at: now) }
    }

    // MARK: Lines of the attack

    private mutating func placeNext(of line: Int, at now: Instant) {
        guard let attack = scenario.attack else { return }
        let index = lines[line].placed
        lines[line].placed += 1
        place(attack.lines[line].call(index, at: now), line: line, at: now)
    }

    private mutating func lineEnded(_ line: Int, isRefused: Bool, at now: Instant) {
        lines[line].refusals = isRefused ? lines[line].refusals + 1 : 0
        schedule(line, after: now)
    }

    private mutating func schedule(_ line: Int, after now: Instant) {
        let (placed, refusals) = lines[line]
        guard let start = scenario.attack?.lines[line].start(of: placed, after: now, refusals: refusals) else { return }
        queue.add(.line(line), at: max(now, start))
    }

    // MARK: Counting

    private mutating func keep(_ what: Decision.What, of call: CallID, at now: Instant) {
        if keepsDecisions { decisions.append(Decision(time: now, call: call, what: what)) }
    }

    private mutating func count(tried id: CallID) {
        if calls[id].line == nil { outcome.legitimate.calls += 1 } else { outcome.attack?.attempts += 1 }
    }

    private mutating func settle(_ call: SimulatedCall, spoken: Int, at now: Instant) {
        let cost = call.planned.destination.price.cost(seconds: spoken)
        guard call.line != nil else {
            outcome.legitimate.cost += cost
            outcome.legitimate.spoken += spoken
            return
        }
        outcome.attack?.loss += cost
        outcome.attack?.spoken += spoken
        outcome.attack?.lastLoss = now
    }

    private mutating func count(hit id: CallID, by rule: Rule, at now: Instant, isCut: Bool) {
        guard calls[id].line == nil else {
            if isCut { outcome.attack?.cut += 1 } else { outcome.attack?.refused += 1 }
            notice(at: now)
            return
        }
        outcome.legitimate.hits[rule, default: 0] += 1
        if isCut {
            outcome.legitimate.cut += 1
        } else if rule.isPolicy {
            outcome.legitimate.refusedByPolicy += 1
        } else {
            outcome.legitimate.refusedByRules += 1
        }
    }

    private mutating func notice(at now: Instant) {
        if outcome.attack?.noticed == nil { outcome.attack?.noticed = now }
    }

    /// An alert is one for each rule and extension in 24 hours. It is true when an attack has begun and is not over for a day, and
    /// it names one of the attacked extensions or none.
    private mutating func takeAlerts() {
        guard !detector.alerts.isEmpty else { return }
        for alert in detector.alerts {
            let key = AlertKey(rule: alert.rule, payer: alert.payer)
            if let last = lastAlert[key], alert.time < last + Calendar.day { continue }
            lastAlert[key] = alert.time
            judge(alert)
        }
        detector.alerts.removeAll(keepingCapacity: true)
    }

    private mutating func judge(_ alert: Alert) {
        guard let attack = scenario.attack, (attack.begins...attack.ends + Calendar.day).contains(alert.time),
            alert.payer.map({ attack.payers.contains($0) }) ?? true
        else { return outcome.falseAlerts += 1 }
        outcome.trueAlerts += 1
        notice(at: alert.time)
    }
}
