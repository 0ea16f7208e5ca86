// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control dormant-extensions: how long an extension may stay unused")
struct DormancyTests {
    private let now = WallTime(milliseconds: 1_800_000_000_000)

    private func ago(_ days: Int64, _ seconds: Int64 = 0) -> WallTime { now + .seconds(-days * 86_400 - seconds) }

    private func value(createdAt: WallTime, isEnabled: Bool = true, until: WallTime? = nil) throws -> Extension {
        Extension(
            number: try #require(ExtensionNumber(parsing: "204")),
            name: "x",
            isEnabled: isEnabled,
            reservation: until.map { Reservation(reason: "lift", grantedBy: "alice", from: now, until: $0) },
            createdAt: createdAt
        )
    }

    @Test func `people hear of it after sixty days, to the second`() throws {
        let value = try value(createdAt: ago(500))
        let almost = ExtensionUse(usedAt: ago(60) + .milliseconds(1))
        #expect(DormancyRules.decide(value, almost, at: now) == .inUse)
        #expect(DormancyRules.decide(value, ExtensionUse(usedAt: ago(60)), at: now) == .unused(days: 60))
        #expect(DormancyRules.decide(value, ExtensionUse(usedAt: ago(89)), at: now) == .unused(days: 89))
    }

    @Test func `it ends after ninety days, and not before people have known of it for thirty`() throws {
        let value = try value(createdAt: ago(500))
        let told = [(ago(30), true), (ago(30) + .milliseconds(1), false), (ago(0), false)]
        for (toldAt, ends) in told {
            let verdict = DormancyRules.decide(value, ExtensionUse(usedAt: ago(90), toldAt: toldAt), at: now)
            #expect(verdict == (ends ? .dormant(days: 90) : .unused(days: 90)))
        }
        #expect(DormancyRules.decide(value, ExtensionUse(usedAt: ago(400)), at: now) == .unused(days: 400))
        let early = ExtensionUse(usedAt: ago(90) + .milliseconds(1), toldAt: ago(30))
        #expect(DormancyRules.decide(value, early, at: now) == .unused(days: 89))
    }

    @Test func `one that was never used counts from its creation, or from when it was enabled again`() throws {
        let value = try value(createdAt: ago(61))
        #expect(DormancyRules.decide(value, ExtensionUse(), at: now) == .unused(days: 61))
        #expect(DormancyRules.decide(value, ExtensionUse(countedFrom: ago(3)), at: now) == .inUse)
        #expect(DormancyRules.unusedDays(value, ExtensionUse(usedAt: ago(-5)), at: now) == 0)
    }

    @Test func `a disabled one has nothing to lose, and a reserved one stays until its end`() throws {
        let use = ExtensionUse(usedAt: ago(100), toldAt: ago(40))
        #expect(DormancyRules.decide(try value(createdAt: ago(500), isEnabled: false), use, at: now) == .disabled)
        let until = now + .seconds(1)
        let reserved = try value(createdAt: ago(500), until: until)
        #expect(DormancyRules.decide(reserved, use, at: now) == .reserved(until: until))
        #expect(DormancyRules.decide(reserved, use, at: until) == .dormant(days: 100))
    }

    @Test func `a reservation ends within four hundred days`() throws {
        let number = try #require(ExtensionNumber(parsing: "204"))
        for (days, isRefused) in [(400, false), (401, true)] as [(Int64, Bool)] {
            let reservation = Reservation(reason: "lift", grantedBy: "alice", from: now, until: ago(-days))
            #expect((DormancyRules.refusal(of: reservation, for: number)?.control == .dormantExtensions) == isRefused)
        }
    }
}
