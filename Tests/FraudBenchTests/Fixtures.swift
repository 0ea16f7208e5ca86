// SPDX-License-Identifier: Apache-2.0

@testable import FraudBench

/// A detector that writes down all it is told, and asks another one.
struct Spy<Inner: Detector>: Detector {
    var inner: Inner
    /// When something was said, and all of it.
    var told: [Told] = []

    struct Told: Equatable {
        var time: Instant
        var what: String
    }

    init(_ inner: Inner) { self.inner = inner }

    var tickPeriod: Int { inner.tickPeriod }

    var alerts: [Alert] {
        get { inner.alerts }
        set { inner.alerts = newValue }
    }

    private mutating func note(_ what: String, _ now: Instant) { told.append(Told(time: now, what: what)) }

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict {
        let fields = [
            String(attempt.id), String(attempt.payer), attempt.destination.digits, attempt.route.rawValue,
            String(attempt.origin.device), String(attempt.origin.address), attempt.onBehalfOf ?? "-",
        ]
        note(fields.joined(separator: " "), now)
        return inner.attempt(attempt, at: now)
    }

    mutating func confirmed(_ call: CallID, at now: Instant) {
        note("confirmed \(call)", now)
        inner.confirmed(call, at: now)
    }

    mutating func answered(_ call: CallID, at now: Instant) {
        note("answered \(call)", now)
        inner.answered(call, at: now)
    }

    mutating func tick(at now: Instant, ending cuts: inout [Cut]) {
        note("tick", now)
        inner.tick(at: now, ending: &cuts)
    }

    mutating func ended(_ call: CallID, at now: Instant) {
        note("ended \(call)", now)
        inner.ended(call, at: now)
    }

    mutating func happened(_ circumstance: Circumstance.Kind, at now: Instant) {
        note("\(circumstance)", now)
        inner.happened(circumstance, at: now)
    }
}

/// Does the same to every call.
struct Rote: Detector {
    var verdict = Verdict.allow
    var tickPeriod = 0
    /// Ends every call at the first tick.
    var cutsAll = false
    /// Gives this with every attempt.
    var alert: Alert?
    var alerts: [Alert] = []
    private var alive: [CallID] = []

    init(_ verdict: Verdict = .allow, tickPeriod: Int = 0, cutsAll: Bool = false, alert: Alert? = nil) {
        (self.verdict, self.tickPeriod, self.cutsAll, self.alert) = (verdict, tickPeriod, cutsAll, alert)
    }

    mutating func attempt(_ attempt: Attempt, at now: Instant) -> Verdict {
        if var alert {
            alert.time = now
            alerts.append(alert)
        }
        return verdict
    }

    mutating func answered(_ call: CallID, at now: Instant) { alive.append(call) }

    mutating func ended(_ call: CallID, at now: Instant) { alive.removeAll { $0 == call } }

    mutating func tick(at now: Instant, ending cuts: inout [Cut]) {
        if cutsAll { cuts += alive.map { Cut(call: $0, rule: .maximumDuration) } }
    }
}

extension Business {
    /// An office in Germany with ten extensions that may call France.
    static let office = Business(
        index: 0,
        kind: .office,
        home: "DE",
        extensionCount: 10,
        hours: OpeningHours(weekdays: 8..<18, holidays: Calendar.holidays),
        opened: ["FR"],
        classes: [.fixed, .mobile, .tollFree, .shared],
        roster: [],
        hasProgram: false,
        hasCallbackForm: false,
        allowsDialThrough: false,
        forwardsAbroad: false
    )
}

extension Scenario {
    /// An office that is attacked.
    static func attacked(_ kind: AttackKind, _ reach: Reach = .closed, seed: UInt64 = 7) -> Scenario {
        Scenario(business: .office, attack: (kind, reach), seed: seed)
    }

    static let quiet = Scenario(business: .office, attack: nil, seed: 7)

    /// The attack alone.
    func withoutPeople() -> Scenario {
        var scenario = self
        scenario.calls = []
        return scenario
    }

    /// The same until `moment`, and something else from then on.
    func altered(from moment: Instant) -> Scenario {
        var scenario = self
        scenario.calls = calls.enumerated().compactMap { index, call in
            call.start >= moment ? Self.later(call, index) : Self.longer(call, than: moment)
        }
        scenario.circumstances.removeAll { $0.time >= moment && $0.time % 2 == 0 }
        for line in scenario.attack?.lines.indices ?? 0..<0 {
            scenario.attack?.lines[line].windows =
                attack?.lines[line].windows.compactMap { window in
                    window.lowerBound < moment ? window.lowerBound..<min(window.upperBound, moment) : nil
                } ?? []
        }
        return scenario
    }

    private static func later(_ call: PlannedCall, _ index: Int) -> PlannedCall? {
        guard index % 2 == 0 else { return nil }
        var call = call
        call.destination.digits = "252612345678"
        call.talk += 3_000
        return call
    }

    private static func longer(_ call: PlannedCall, than moment: Instant) -> PlannedCall {
        var call = call
        if call.isAnswered && call.start + call.ringing + call.talk > moment { call.talk += 4_000 }
        return call
    }
}

/// Runs `scenario` and gives the simulation back.
func simulated<Control: Detector>(_ scenario: Scenario, _ detector: Control) -> Simulation<Control> {
    var simulation = Simulation(scenario, detector, keepsDecisions: true)
    simulation.run()
    return simulation
}
