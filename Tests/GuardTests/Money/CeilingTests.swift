// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control spend-limit: the ceiling")
struct CeilingTests {
    private let alice = LocalAccount(name: "alice", user: 1_001)
    private let bob = LocalAccount(name: "bob", user: 1_002)
    private let day = Duration.seconds(86_400)

    private func higher() throws -> SpendLimits { try .units(100, 1_000, 2_000) }

    @Test("no limit exceeds the ceiling, whoever set it")
    func caps() throws {
        var settings = SpendSettings()
        settings.businessLimits = try .units(1_000, 1_000, 1_000)
        #expect(settings.limits(of: .business, at: Till.noon) == settings.ceiling)
        #expect(SpendRules.refusal(of: try higher(), for: .business, in: settings, at: Till.noon) != nil)
        #expect(SpendRules.refusal(of: settings.ceiling, for: .business, in: settings, at: Till.noon) == nil)
    }

    @Test("a higher ceiling takes two operators and a day")
    func raise() throws {
        var settings = SpendSettings()
        let before = settings.ceiling
        #expect(CeilingRules.refusal(ofAsking: alice, for: try higher(), in: settings, at: Till.noon) == nil)
        settings.ask(for: CeilingRaise(to: try higher(), request: .init(by: alice, at: Till.noon)))
        #expect(settings.ceiling(at: Till.noon + day + day) == before, "nobody agreed")
        #expect(CeilingRules.refusal(ofAgreeing: alice, in: settings, at: Till.noon) != nil, "the same person")
        #expect(CeilingRules.refusal(ofAgreeing: bob, in: settings, at: Till.noon + day) == nil)
        settings.agree(by: bob, at: Till.noon + day)
        #expect(settings.ceiling(at: Till.noon + day + day + .milliseconds(-1)) == before)
        let raised = try higher()
        #expect(settings.ceiling(at: Till.noon + day + day) == raised)
    }

    @Test("one account under two names raises nothing")
    func sameAccount() throws {
        var settings = SpendSettings()
        settings.ask(for: CeilingRaise(to: try higher(), request: .init(by: alice, at: Till.noon)))
        settings.agree(by: LocalAccount(name: "mallory", user: 1_001), at: Till.noon)
        #expect(settings.ceiling(at: Till.noon + day + day) == settings.ceiling)
    }

    @Test("a request that nobody agreed to within a week is over")
    func stale() throws {
        var settings = SpendSettings()
        settings.ask(for: CeilingRaise(to: try higher(), request: .init(by: alice, at: Till.noon)))
        let late = Till.noon + .seconds(8 * 86_400)
        #expect(CeilingRules.refusal(ofAgreeing: bob, in: settings, at: late) != nil)
        settings.agree(by: bob, at: late)
        #expect(settings.ceiling(at: late + day) == settings.ceiling)
        #expect(CeilingRules.refusal(ofAsking: bob, for: try higher(), in: settings, at: late) == nil)
    }

    @Test("a second request cannot take the place of one that waits, and a raise that holds survives the next one")
    func second() throws {
        var settings = SpendSettings()
        settings.ask(for: CeilingRaise(to: try higher(), request: .init(by: alice, at: Till.noon)))
        #expect(
            CeilingRules.refusal(ofAsking: bob, for: try .units(200, 2_000, 3_000), in: settings, at: Till.noon) != nil
        )
        settings.agree(by: bob, at: Till.noon)
        let later = Till.noon + day
        #expect(CeilingRules.refusal(ofAsking: bob, for: try .units(200, 2_000, 3_000), in: settings, at: later) == nil)
        settings.ask(for: CeilingRaise(to: try .units(200, 2_000, 3_000), request: .init(by: bob, at: later)))
        let raised = try higher()
        #expect(settings.ceiling(at: later) == raised)
    }

    @Test("it is lowered at once, and what is higher in part is no lowering")
    func lower() throws {
        var settings = SpendSettings()
        let ceiling = settings.ceiling
        let isRaised = settings.lowerCeiling(to: try .units(1, 2, 501), at: Till.noon)
        #expect(!isRaised)
        #expect(settings.ceiling == ceiling)
        let isLowered = settings.lowerCeiling(to: try .units(1, 2, 3), at: Till.noon)
        #expect(isLowered)
        let lowered = try SpendLimits.units(1, 2, 3)
        #expect(settings.limits(of: .business, at: Till.noon) == lowered)
        #expect(CeilingRules.refusal(ofAsking: alice, for: try .units(0, 2, 5), in: settings, at: Till.noon) != nil)
    }

    @Test("a raise that becomes due counts for calls that run")
    func running() throws {
        var settings = SpendSettings()
        settings.extensionLimits = try .units(1_000, 1_000, 1_000)
        settings.businessLimits = settings.extensionLimits
        settings.sharedLimits = settings.extensionLimits
        _ = settings.lowerCeiling(to: try .units(1, 1, 1), at: Till.noon)
        settings.ask(for: CeilingRaise(to: try .units(5, 5, 5), request: .init(by: alice, at: Till.noon)))
        settings.agree(by: bob, at: Till.noon)
        var till = Till(settings)
        #expect(till.ledger.standing(of: .business, at: till.now).lines.first?.limit == Money(units: 1))
        till.clock = 86_400_000
        till.ledger.tick(till.now, &till.turn)
        #expect(till.ledger.standing(of: .business, at: till.now).lines.first?.limit == Money(units: 5))
    }
}
