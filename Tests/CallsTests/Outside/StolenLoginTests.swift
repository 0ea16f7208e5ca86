// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Guard
import Model
import Primitives
import SIP
import Testing

/// What somebody gets who has the login of one phone, through the whole switchboard, with a provider that would take every call.
@Suite("Control country-dialing, premium-numbers, spend-limit: a stolen login")
struct StolenLoginTests {
    /// Every tenth number of the number plan's sample.
    private static func numbers() throws -> [(number: String, region: String, numberClass: String)] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/number-plan.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
        return stride(from: 0, to: lines.count, by: 10).compactMap { index in
            let parts = lines[index].split(separator: " ").map(String.init)
            return parts.count == 3 ? ("+" + parts[0], parts[1], parts[2]) : nil
        }
    }

    @Test func `T01 out of the box it reaches no number outside the home country, and none that is paid inside it`()
        throws
    {
        var scene = try OutsideScene()
        let usual = ["geographic", "mobile", "geographic-or-mobile", "toll-free"]
        let refused = try Self.numbers().filter { $0.region != "DE" || !usual.contains($0.numberClass) }
        let paid = [
            "+499001000000", "+49137000000", "+8816000000000", "+870773000000", "+979000000000", "+19002000000",
        ]
        var statuses: [Int: Int] = [:]
        for (index, number) in (refused.map(\.number) + paid).enumerated() {
            scene.office.wait(.seconds(1))
            let heard = try scene.dial(number, callID: "call-\(index)")
            statuses[heard.last?.status ?? 0, default: 0] += 1
            #expect([403, 404, 484].contains(heard.last?.status), "\(number)")
        }
        #expect(refused.count > 500 && statuses[403, default: 0] > 200, "\(statuses)")
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
        print("a stolen login, \(refused.count + paid.count) numbers: refused \(statuses.sorted { $0.key < $1.key })")
    }

    /// Thirty calls at once to a country that is open, two by each of fifteen extensions. All limits but those of money are as wide
    /// as they go, which lets 24 of them begin.
    @Test(arguments: [0, 3])
    func `T01 with a country opened, thirty calls are ended by the budget with the published overshoot and no more`(
        secondsLate: Int
    ) throws {
        var burst = try Burst(perMinute: 400_000)
        let begun = try burst.begin()
        #expect(begun == Self.widest)
        let before = try #require(burst.business())
        #expect(before.running == begun && before.overshoot == Money(clamping: Int64(begun) * 6_667))
        let published = Money(clamping: before.overshoot.micros * Int64(secondsLate))
        for second in 1...1_000 where burst.hasCalls {
            burst.pass(isLooked: second % (1 + secondsLate) == 0)
        }
        let after = try #require(burst.business())
        let limit = SpendSettings().businessLimits.hour
        let cost = burst.cost()
        #expect(after.running == 0 && burst.ended == begun)
        #expect(cost.micros <= limit.micros + published.micros, "\(cost) of \(limit), published \(published)")
        #expect(cost.micros > limit.micros / 2, "\(cost)")
        let hour = try #require(after.lines.first { $0.span == .hour && !$0.isAfterHours })
        #expect(hour.spent == cost, "the books and the records say the same")
        print(
            "\(begun) of thirty calls of 0.40 a minute, looked at every \(1 + secondsLate) s: cost \(cost) of \(limit), "
                + "published overshoot \(published)"
        )
    }

    /// Costly calls of a business at a time, at most.
    private static let widest = 24

    @Test func `T01 three refused numbers are told of, and after six the extension calls nothing costly for an hour`()
        throws
    {
        var scene = try OutsideScene { dialing, _ in
            dialing.rights.countries[.austria] = CountryRule(.open)
        }
        var told: [Int: [SecurityEventKind]] = [:]
        let numbers = [
            "+9607710000", "+2203010000", "+221701000000", "+37121000000", "+499001000000", "+8816000000000",
            "+5351000000",
        ]
        for (index, number) in numbers.enumerated() {
            let before = scene.office.events.count
            #expect(try scene.dial(number, callID: "try-\(index)").last?.status == 403)
            told[index + 1] = scene.office.events.dropFirst(before).map(\.kind)
        }
        #expect(told[1] == [.abroadRefused] && told.values.flatMap(\.self).contains(.unusualCalls), "\(told)")
        #expect(told.values.flatMap(\.self).contains(.callsStopped), "\(told)")
        let heard = try scene.dial("004317654321", callID: "after")
        #expect(heard.last?.status == 403, "\(heard.last?.text(.warning) ?? "")")
        #expect(try scene.dial("040555123", callID: "home").map(\.status) == [100], "ordinary calls go on")
        scene.pass(seconds: 3_700)
        #expect(try scene.dial("004317654321", callID: "later").map(\.status) == [100])
    }

    @Test func `T01 trying by codes what is open is told of and stopped as dialling it is`() throws {
        var scene = try OutsideScene { dialing, _ in
            dialing.rights.countries[.austria] = CountryRule(.open)
        }
        let number = try #require(ExtensionNumber(parsing: "101"))
        var own = try #require(scene.office.snapshot.extensions[number])
        own.forwarding = .outside
        scene.office.apply([.put(own)])
        for (index, target) in ["+9607710000", "+499001000000", "+8816000000000", "+499001000001"].enumerated() {
            _ = try scene.dial("*21*\(target)", callID: "code-\(index)")
            let ask = try #require(scene.office.asks.last?.ask)
            let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
            guard
                case .refused(let refusal) = FeatureRules.decide(
                    ask.request,
                    by: ask.phone,
                    in: scene.office.snapshot,
                    as: origin
                )
            else {
                Issue.record("\(target) may be forwarded to")
                return
            }
            try scene.office.change([], refusing: refusal)
        }
        #expect(scene.office.events.contains { $0.kind == .unusualCalls || $0.kind == .callsStopped })
        #expect(scene.office.events.contains { $0.kind == .callsStopped })
    }

    @Test func `T11 people are told of a costly call of a phone that comes from elsewhere, and of none at home`() throws
    {
        var scene = try OutsideScene { dialing, _ in
            dialing.rights.countries[.austria] = CountryRule(.open)
        }
        var moved = try Phone("phone-101-000001", in: &scene.office, from: "203.0.113.9:40000")
        moved.callID = "reg-moved"
        let answer = try moved.register(&scene.office)
        #expect(answer.status == 200)
        _ = try moved.call(&scene.office, "040555123", callID: "home")
        #expect(!scene.office.events.contains { $0.kind == .unusualCalls })
        scene.office.wait(.seconds(2))
        _ = try moved.call(&scene.office, "004317654321", callID: "abroad")
        let told = scene.office.events.filter { $0.kind == .unusualCalls }
        #expect(told.count == 1 && told[0].control == .callPatterns)
        #expect(told.first?.detail.contains("[call-patterns: new-network]") == true, "\(told.map(\.detail))")
    }

    @Test func `what was counted and cannot be read is told of, and what can is taken up`() throws {
        let scene = try OutsideScene()
        var board = scene.office.switchboard
        var turn = Turn(at: scene.office.moment)
        board.takeUp(nil as CountedCalls?, &turn)
        #expect(
            turn.actions.contains { if case .report(let event) = $0 { event.kind == .countersLost } else { false } }
        )
        let counted = try #require(board.gate).counted(at: board.ledgerMoment(at: scene.office.moment))
        turn = Turn(at: scene.office.moment)
        board.takeUp(counted, &turn)
        #expect(!turn.actions.contains { if case .report = $0 { true } else { false } })
    }

    @Test func `T01 out of the box one stolen login has two calls at a time, whatever is open`() throws {
        var scene = try OutsideScene(rates: [("+43", 400_000)]) { dialing, _ in
            dialing.rights.countries[.austria] = CountryRule(.open)
        }
        var statuses: [Int] = []
        for index in 0..<8 {
            statuses.append(try scene.dial("0043176543\(index)0", callID: "burst-\(index)").last?.status ?? 0)
            if let invite = scene.office.received(on: scene.provider.flow).first(where: { $0.method == .invite }) {
                _ = scene.say(180, to: invite)
            }
            scene.office.wait(.seconds(1))
        }
        #expect(statuses.count { $0 == 100 } == 2, "\(statuses)")
        #expect(Set(statuses) == [100, 486], "\(statuses)")
        let events = scene.office.events.filter { $0.kind == .callLimit }
        #expect(events.count == 6 && events.allSatisfy { $0.control == .callLimits })
        let refused = scene.office.records.filter { $0.status == 486 }
        #expect(!refused.isEmpty && refused.allSatisfy { $0.control == .callLimits }, "\(refused.map(\.control))")
    }
}

/// Fifteen extensions with a phone each, which call Austria twice, and a provider that answers at once.
private struct Burst {
    var scene: OutsideScene
    private var phones: [Phone] = []
    private var invites: [Message] = []
    private(set) var ended = 0

    init(perMinute: Int64) throws {
        let numbers = (201...215).map(String.init)
        scene = try OutsideScene(rates: [("+43", perMinute)], more: numbers, relays: 64) { dialing, spending in
            dialing.rights.countries[.austria] = CountryRule(.open)
            spending.extensionLimits = spending.businessLimits
        }
        var (limits, patterns) = (CallLimitSettings(), PatternSettings())
        let isWide = limits.setAbroad(percent: 100, least: 60)
        #expect(isWide)
        limits.trunk = try #require(CallLimitSettings.Limit(simultaneous: 60, perSecond: 60, perMinute: 600))
        for rule in PatternRule.allCases {
            if let threshold = PatternThreshold(warn: rule.widest, block: rule.widest, minutes: 1) {
                _ = patterns.set(rule, to: threshold)
            }
        }
        scene.office.apply([
            .outside(.limitCalls(limits)), .outside(.watch(patterns)),
            .outside(.putTrunk(try OutsideScene.trunk("main", calls: 60))),
        ])
        for (index, number) in numbers.enumerated() {
            var phone = try Phone("phone-\(number)-000001", in: &scene.office, from: "192.0.2.\(100 + index):50000")
            try phone.register(&scene.office)
            phones.append(phone)
        }
    }

    mutating func begin() throws -> Int {
        for place in phones.indices {
            for call in 0..<2 {
                var phone = phones[place]
                let number = "00431\(700 + 2 * place + call)\(1_000 + 37 * place + call)"
                _ = try phone.call(&scene.office, number, callID: "burst-\(place)-\(call)")
                guard let invite = scene.office.received(on: scene.provider.flow).first(where: { $0.method == .invite })
                else { continue }
                scene.office.deliver(
                    scene.provider.answer(invite, 200, sdp: SDP.answer(to: invite)),
                    on: scene.provider.flow
                )
                if let answer = scene.office.received(on: phone.flow).last(where: { $0.status == 200 }) {
                    let sequence = try answer.cseq().number
                    scene.office.deliver(phone.inDialog("ACK", of: answer, sequence: sequence), on: phone.flow)
                    invites.append(invite)
                }
                phones[place] = phone
            }
        }
        return invites.count
    }

    var hasCalls: Bool { ended < invites.count }

    func business() -> SpendStanding? {
        var board = scene.office.switchboard
        return board.standings(at: scene.office.moment).first { $0.pool == .business }
    }

    /// A second. What is asked is answered; what is told to end ends.
    ///
    /// - Parameter isLooked: Whether the switchboard is woken now: otherwise it is late.
    mutating func pass(isLooked: Bool) {
        if isLooked { scene.office.wait(.seconds(1)) } else { scene.office.sleep(.seconds(1)) }
        for phone in phones + [scene.provider] {
            for request in scene.office.received(on: phone.flow) {
                if request.method == .options { scene.office.deliver(phone.answer(request, 200), on: phone.flow) }
                guard request.method == .bye else { continue }
                scene.office.deliver(phone.answer(request, 200), on: phone.flow)
                if phone.flow.id == scene.provider.flow.id { ended += 1 }
            }
        }
    }

    /// What the records say that all legs cost.
    func cost() -> Money {
        var last: [String: CallRecord] = [:]
        for record in scene.office.records { last[record.id] = record }
        return Money(clamping: last.values.flatMap(\.charges).reduce(0) { $0 + ($1.cost ?? $1.reserved).micros })
    }
}

extension Region {
    fileprivate static let austria = Region(parsing: "AT") ?? .international
}
