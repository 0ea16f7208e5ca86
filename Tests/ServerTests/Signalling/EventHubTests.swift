// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Synchronization
import Testing

@testable import Server

@Suite("Control intrusion-detection: everybody who wants to know what happened")
struct EventHubTests {
    private final class Heard: Sendable {
        private let events = Mutex<[Event]>([])

        @Sendable func hear(_ event: Event) { events.withLock { $0.append(event) } }
        var all: [Event] { events.withLock { $0 } }
    }

    private static func changed(_ number: Int) -> Event {
        .changed(Alteration(by: "root (uid 0)", "extension.add", of: "\(number)", text: "Extension \(number) added"))
    }

    @Test func `sinks hear everything in its order, and repeats once with a count`() {
        let (first, second) = (Heard(), Heard())
        let hub = EventHub([first.hear, second.hear])
        for _ in 0..<1_000 { hub.note(EventDigestTests.event("192.0.2.1")) }
        hub.publish(Self.changed(201))
        #expect(first.all == [Self.changed(201)])
        hub.report(at: WallTime(milliseconds: 2))
        guard case .noticed(let event) = first.all.last else { return #expect(Bool(false), "nothing was told") }
        #expect(first.all.count == 2 && event.count == 1_000)
        #expect(second.all == first.all)
        hub.report(at: WallTime(milliseconds: 3))
        #expect(first.all.count == 2)
    }

    @Test func `who reads too slowly loses its own copies, is told how many, and nobody else does`() async throws {
        let heard = Heard()
        let hub = EventHub([heard.hear])
        let (slow, fast) = (try hub.subscribe(limit: 4), try hub.subscribe(limit: 100))
        for number in 0..<10 { hub.publish(Self.changed(number)) }
        #expect(heard.all.count == 10)
        var reader = slow.makeAsyncIterator()
        for number in 0..<4 { #expect(await reader.next() == .event(Self.changed(number))) }
        hub.publish(Self.changed(10))
        #expect(await reader.next() == .missed(6))
        #expect(await reader.next() == .event(Self.changed(10)))
        hub.finish()
        #expect(await reader.next() == nil)
        var all: [EventNews] = []
        for await news in fast { all.append(news) }
        #expect(all == (0...10).map { .event(Self.changed($0)) })
    }

    @Test func `who goes away is forgotten`() async throws {
        let hub = EventHub()
        let reading = Task { for await _ in try hub.subscribe(limit: 1) {} }
        while hub.readers == 0 { await Task.yield() }
        reading.cancel()
        try await reading.value
        #expect(hub.readers == 0)
    }

    @Test func `however much somebody asks for, so much is kept for them and so many watch`() async throws {
        let hub = EventHub()
        let (greedy, modest) = (try hub.subscribe(limit: .max), try hub.subscribe(limit: -1))
        let others = try (2..<Limits.eventReaders).map { _ in try hub.subscribe(limit: 1) }
        let refusal = #expect(throws: Refusal.self) { _ = try hub.subscribe(limit: 1) }
        #expect(refusal?.problem == "Nobody else can watch what happens at the moment.")
        #expect(others.count == Limits.eventReaders - 2 && hub.readers == Limits.eventReaders)
        for number in 0..<2 * Limits.mostWaitingEvents { hub.publish(Self.changed(number)) }
        hub.finish()
        var (kept, one) = (0, 0)
        for await _ in greedy { kept += 1 }
        for await _ in modest { one += 1 }
        #expect((kept, one) == (Limits.mostWaitingEvents, 1))
        #expect(hub.readers == 0)
    }
}
