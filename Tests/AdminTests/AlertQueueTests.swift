// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives
import Testing

@Suite("Which alert goes out when")
struct AlertQueueTests {
    private let owner: ShortName
    private let siem: ShortName

    init() throws {
        owner = try #require(ShortName(parsing: "owner"))
        siem = try #require(ShortName(parsing: "siem"))
    }

    private func item(
        _ kind: SecurityEventKind = .banned,
        _ severity: Finding.Severity = .warning,
        _ text: String = "x",
        at time: WallTime = noon
    ) -> AlertMessage.Item {
        AlertMessage.Item(at: time, Finding(Finding.Code(kind), severity, text))
    }

    /// Sends what is due, and takes all of it.
    private func send(_ queue: inout AlertQueue, at now: WallTime) -> [AlertMessage] {
        let messages = queue.begin(at: now)
        return messages.compactMap { queue.end($0.id, failure: nil, at: now) }
    }

    @Test func `the first goes at once, and what comes of its kind within a minute is one message after that minute`() {
        var queue = AlertQueue()
        _ = queue.add(item(), for: owner, id: "a", at: noon)
        #expect(send(&queue, at: noon).map(\.id) == ["a"])
        for second in 1..<50 {
            _ = queue.add(item(at: noon + .seconds(second)), for: owner, id: "b\(second)", at: noon + .seconds(second))
            #expect(send(&queue, at: noon + .seconds(second)).isEmpty)
        }
        #expect(queue.next == noon + .seconds(60))
        let summary = send(&queue, at: noon + .seconds(60))
        #expect(summary.map(\.id) == ["b1"] && summary[0].count == 49)
        #expect(summary[0].items.count == 20 && summary[0].more == 29)
        #expect(queue.count == 0 && queue.next == nil)
    }

    @Test func `another kind and another channel do not wait for it`() {
        var queue = AlertQueue()
        _ = queue.add(item(), for: owner, id: "a", at: noon)
        #expect(send(&queue, at: noon).count == 1)
        _ = queue.add(item(.trunkDown), for: owner, id: "b", at: noon)
        _ = queue.add(item(), for: siem, id: "c", at: noon)
        #expect(Set(send(&queue, at: noon).map(\.id)) == ["b", "c"])
    }

    @Test func `the worst goes first, and one message of a channel is on its way at a time`() {
        var queue = AlertQueue()
        _ = queue.add(item(.signedInAnew, .notice), for: owner, id: "a", at: noon)
        _ = queue.add(item(.journalBroken, .critical), for: owner, id: "b", at: noon)
        #expect(queue.begin(at: noon).map(\.id) == ["b"])
        #expect(queue.begin(at: noon).isEmpty && queue.next == nil)
        _ = queue.end("b", failure: nil, at: noon)
        #expect(queue.begin(at: noon).map(\.id) == ["a"])
    }

    @Test func `what was tried once never changes, and what comes meanwhile is the next message`() {
        var queue = AlertQueue()
        _ = queue.add(item(), for: owner, id: "a", at: noon)
        #expect(queue.begin(at: noon).first?.state == .sealed)
        let next = queue.add(item(), for: owner, id: "b", at: noon)
        #expect(next.id == "b" && next.state == .open)
        let failed = queue.end("a", failure: DeliveryFailure("away"), at: noon)
        #expect(failed?.count == 1 && failed?.failure == "away" && failed?.waits == true)
    }

    @Test func `a mail server that is away for a day gets everything, nothing twice, and within five minutes`() {
        var queue = AlertQueue()
        var now = noon
        var tries: [String: Int] = [:]
        var written = 0
        let back = noon + .seconds(86_400)
        while now < back {
            // Something happens each ten minutes.
            if (now - noon).components.seconds % 600 == 0 {
                _ = queue.add(item(.banned, .warning, "\(written)", at: now), for: owner, id: "m\(written)", at: now)
                written += 1
            }
            for message in queue.begin(at: now) {
                tries[message.id, default: 0] += 1
                _ = queue.end(message.id, failure: DeliveryFailure("away"), at: now)
            }
            now = now + .seconds(10)
        }
        #expect(written == 144 && tries.keys.count == 1, "one waits sealed, the rest gathers in another")
        #expect((tries["m0"] ?? 0) < 300, "a try each five minutes")
        #expect(queue.report(of: owner).failingSince == noon)
        var delivered: [AlertMessage] = []
        while now < back + .seconds(900) {
            delivered += send(&queue, at: now)
            if delivered.count == 1, tries["first"] == nil {
                tries["first"] = 1
                #expect(now <= back + .seconds(310))
            }
            now = now + .seconds(10)
        }
        #expect(delivered.reduce(0) { $0 + $1.count } == 144 && Set(delivered.map(\.id)).count == delivered.count)
        #expect(queue.count == 0 && queue.report(of: owner).failingSince == nil)
    }

    @Test func `a restart takes up what was kept, whatever was on its way, and tells nothing anew within the minute`() {
        var queue = AlertQueue()
        var disk: [String: AlertMessage] = [:]
        func keep(_ message: AlertMessage) { disk[message.id] = message }
        keep(queue.add(item(), for: owner, id: "a", at: noon))
        for message in queue.begin(at: noon) { keep(message) }
        // kill -9: nobody knows whether it arrived.
        var second = AlertQueue(kept: Array(disk.values))
        let again = second.begin(at: noon + .seconds(1))
        #expect(again.map(\.id) == ["a"] && again[0].attempts == 2, "the same message, by its id")
        if let end = second.end("a", failure: nil, at: noon + .seconds(1)) { keep(end) }
        var third = AlertQueue(kept: Array(disk.values))
        #expect(third.count == 0 && third.begin(at: noon + .seconds(2)).isEmpty)
        _ = third.add(item(), for: owner, id: "b", at: noon + .seconds(2))
        #expect(third.begin(at: noon + .seconds(2)).isEmpty, "one a minute, over a restart too")
        #expect(third.next == noon + .seconds(61))
    }

    @Test func `a message that is refused for good lets others pass, and is given up after three tries`() {
        var queue = AlertQueue()
        _ = queue.add(item(.journalBroken, .critical), for: owner, id: "bad", at: noon)
        _ = queue.add(item(), for: owner, id: "good", at: noon)
        let refused = DeliveryFailure("550 no", isOfMessage: true)
        #expect(queue.begin(at: noon).map(\.id) == ["bad"])
        _ = queue.end("bad", failure: refused, at: noon)
        #expect(queue.report(of: owner).failure == "550 no", "people hear of it while nothing else passes")
        #expect(queue.begin(at: noon + .seconds(1)).map(\.id) == ["good"])
        _ = queue.end("good", failure: nil, at: noon + .seconds(1))
        #expect(queue.report(of: owner).failure == nil)
        var now = noon + .seconds(10)
        var end: AlertMessage?
        _ = queue.add(item(.journalBroken, .critical), for: owner, id: "next", at: noon)
        while end?.endedAt == nil, now < noon + .seconds(600) {
            for message in queue.begin(at: now) { end = queue.end(message.id, failure: refused, at: now) }
            now = now + .seconds(10)
        }
        #expect(end?.id == "bad" && end?.state == .lost(at: end?.endedAt ?? noon))
        #expect(send(&queue, at: now + .seconds(60)).map(\.id) == ["next"], "its kind is mute no more")
    }

    @Test func `a message that nobody takes is given up after a week of tries, and not when a clock is set ahead`() {
        var queue = AlertQueue()
        _ = queue.add(item(), for: owner, id: "a", at: noon)
        var now = noon + .seconds(30 * 86_400)
        #expect(queue.begin(at: now).map(\.id) == ["a"])
        #expect(queue.end("a", failure: DeliveryFailure("away"), at: now)?.waits == true)
        var end: AlertMessage?
        for _ in 0..<400 where end?.endedAt == nil {
            now = now + .seconds(300)
            for message in queue.begin(at: now) {
                end = queue.end(message.id, failure: DeliveryFailure("away"), at: now)
            }
        }
        #expect(end?.state == .lost(at: end?.endedAt ?? noon) && queue.count == 0)
    }

    @Test func `a channel that is gone takes nothing with it, and one that was mended is tried at once`() {
        var queue = AlertQueue()
        _ = queue.add(item(), for: owner, id: "a", at: noon)
        _ = queue.add(item(), for: siem, id: "b", at: noon)
        _ = queue.begin(at: noon)
        queue.forget(owner)
        #expect(queue.end("a", failure: nil, at: noon) == nil)
        for round in 0..<5 {
            _ = queue.end("b", failure: DeliveryFailure("away"), at: noon + .seconds(round * 1_000))
            _ = queue.begin(at: noon + .seconds((round + 1) * 1_000))
        }
        _ = queue.end("b", failure: DeliveryFailure("away"), at: noon + .seconds(6_000))
        #expect(queue.begin(at: noon + .seconds(6_001)).isEmpty)
        queue.retry(siem, at: noon + .seconds(6_001))
        #expect(queue.begin(at: noon + .seconds(6_001)).map(\.id) == ["b"])
    }

    @Test func `a test that arrives has everything tried that waits for its channel`() {
        var queue = AlertQueue()
        _ = queue.add(item(), for: siem, id: "a", at: noon)
        _ = queue.begin(at: noon)
        _ = queue.end("a", failure: DeliveryFailure("away"), at: noon)
        #expect(queue.report(of: siem).failingSince == noon && queue.begin(at: noon + .seconds(1)).isEmpty)
        queue.pass(siem, at: noon + .seconds(2))
        let report = queue.report(of: siem)
        #expect(report.failingSince == nil && report.deliveredAt == noon + .seconds(2) && report.waiting == 1)
        #expect(queue.begin(at: noon + .seconds(2)).map(\.id) == ["a"])
        queue.pass(siem, at: noon + .seconds(3))
        #expect(queue.begin(at: noon + .seconds(3)).isEmpty, "one of a channel is on its way at a time")
    }

    @Test func `a clock that is set back or was wrong keeps nothing waiting for long`() {
        var queue = AlertQueue()
        let wrong = noon + .seconds(10 * 365 * 86_400)
        _ = queue.add(item(at: wrong), for: owner, id: "a", at: wrong)
        _ = queue.begin(at: wrong)
        _ = queue.end("a", failure: DeliveryFailure("away"), at: wrong)
        #expect(queue.begin(at: noon).map(\.id) == ["a"])
        _ = queue.end("a", failure: nil, at: noon)
        _ = queue.add(item(), for: owner, id: "b", at: noon + .seconds(60))
        #expect(queue.begin(at: noon + .seconds(60)).map(\.id) == ["b"])
    }
}
