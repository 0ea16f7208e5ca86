// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FraudBench

@Suite("Simulated fraud: accounting")
struct AccountingTests {
    @Test("Without control the loss is the price of all that was spoken, call by call", arguments: AttackKind.allCases)
    func lossIsSumOfCalls(kind: AttackKind) {
        let simulation = simulated(.attacked(kind), NoControl())
        var (loss, cost, spoken) = (Money.zero, Money.zero, 0)
        for call in simulation.calls where call.planned.isAnswered {
            let price = call.planned.destination.price.cost(seconds: call.planned.talk)
            if call.line == nil { cost += price } else { (loss, spoken) = (loss + price, spoken + call.planned.talk) }
        }
        #expect(simulation.outcome.attack?.loss == loss)
        #expect(simulation.outcome.attack?.spoken == spoken)
        #expect(simulation.outcome.legitimate.cost == cost)
        #expect(simulation.outcome.attack?.attempts == simulation.calls.count { $0.line != nil })
        #expect(loss > .zero)
    }

    @Test("Who refuses everything loses nothing, and every call is counted once")
    func refuseAll() {
        let outcome = simulated(.attacked(.spread), Rote(.refuse(.countryDialing))).outcome
        #expect(outcome.attack?.loss == .zero)
        #expect(outcome.attack?.refused == outcome.attack?.attempts)
        #expect(outcome.legitimate.refusedByPolicy == outcome.legitimate.calls)
        #expect(outcome.legitimate.refusedByRules == 0)
        #expect(outcome.legitimate.cost == .zero)
    }

    @Test("A call that is cut costs what was spoken until the tick, and not what was planned", arguments: [1, 5])
    func cutCosts(period: Int) {
        let simulation = simulated(Scenario.attacked(.chain59).withoutPeople(), Rote(tickPeriod: period, cutsAll: true))
        var most = Money.zero
        for call in simulation.calls where call.planned.isAnswered {
            most += call.planned.destination.price.cost(seconds: period)
        }
        let attack = simulation.outcome.attack
        #expect(attack?.cut == simulation.calls.count { $0.planned.isAnswered })
        #expect((attack?.loss ?? .zero) <= most)
        #expect((attack?.spoken ?? 0) <= period * (attack?.cut ?? 0))
        #expect((attack?.loss ?? .zero) > .zero)
    }

    @Test("A price is paid in its increments, and an answer pays the first")
    func increments() {
        let whole = Price(setup: .zero, minute: Money(millis: 600), firstIncrement: 60, nextIncrement: 60)
        #expect(whole.cost(seconds: 0) == Money(millis: 600))
        #expect(whole.cost(seconds: 60) == Money(millis: 600))
        #expect(whole.cost(seconds: 61) == Money(millis: 1_200))
        let exact = Price(setup: Money(millis: 50), minute: Money(millis: 60), firstIncrement: 30, nextIncrement: 6)
        #expect(exact.cost(seconds: 5) == Money(millis: 80))
        #expect(exact.cost(seconds: 31) == Money(millis: 86))
        #expect(Price.free.cost(seconds: 9_999) == .zero)
    }

    @Test("A program answers no question; a thief hears digits but has no code; an insider has one")
    func questions() {
        func ask(_ kind: AttackKind, _ question: Question) -> AttackOutcome? {
            simulated(Scenario.attacked(kind).withoutPeople(), Rote(.confirm(question, .origin))).outcome.attack
        }
        #expect(ask(.weekendBurst, .digits)?.loss == .zero)
        #expect(ask(.stolenSoftphone, .code)?.loss == .zero)
        #expect((ask(.stolenSoftphone, .digits)?.loss ?? .zero) > .zero)
        #expect((ask(.insider, .code)?.loss ?? .zero) > .zero)
        #expect(ask(.insider, .person)?.loss == .zero)
    }

    @Test("People who cannot answer a question count as refused, by policy or by a rule; the others as asked")
    func peopleWhoAreAsked() {
        let outcome = simulated(.quiet, Rote(.confirm(.code, .callRate))).outcome
        let people = outcome.legitimate
        #expect(people.asked + people.refusedByRules == people.calls)
        #expect(people.asked > 0 && people.refusedByRules > 0 && people.refusedByPolicy == 0)
    }

    @Test("An alert is true while an attack runs on its extension, and false otherwise; repeats of a day are one")
    func alerts() {
        let quiet = simulated(.quiet, Rote(alert: Alert(time: 0, rule: .callRate, payer: nil))).outcome
        #expect((20...Calendar.days).contains(quiet.falseAlerts))
        #expect(quiet.trueAlerts == 0)
        let scenario = Scenario.attacked(.weekendBurst).withoutPeople()
        let right = simulated(scenario, Rote(alert: Alert(time: 0, rule: .callRate, payer: nil))).outcome
        #expect(right.falseAlerts == 0 && right.trueAlerts > 0)
        #expect(right.attack?.noticed != nil)
        let elsewhere = (0..<10).first { scenario.attack?.payers.contains($0) == false }
        let wrong = simulated(scenario, Rote(alert: Alert(time: 0, rule: .callRate, payer: elsewhere))).outcome
        #expect(wrong.trueAlerts == 0 && wrong.falseAlerts > 0)
    }
}
