// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@testable import Store

@Suite("Jobs and what they forget")
struct JobTests {
    @Test func `the last run of each job is there after a restart`() throws {
        let place = Place()
        let begun = JobRun(job: "event.retain", startedAt: noon)
        let failed = JobRun(
            job: "certificate.renew",
            startedAt: noon,
            endedAt: noon + .seconds(1),
            failure: "no disk",
            failures: 3
        )
        do {
            let store = try place.create()
            try store.keep(JobRun(job: "certificate.renew", startedAt: noon))
            try store.keep(failed)
            try store.keep(begun)
        }
        #expect(try place.open().jobRuns() == [failed, begun])
    }

    @Test func `what is counted of calls outside is there after a restart, the last of it`() throws {
        let place = Place()
        do {
            let store = try place.create()
            #expect(try store.counted() == nil)
            try store.keepCounted([1, 2, 3], at: noon)
            try store.keepCounted([4, 0, 255], at: noon + .seconds(300))
        }
        #expect(try place.open().counted() == [4, 0, 255])
    }

    @Test func `events of more than 400 days ago are forgotten, and the journal says so`() throws {
        let store = try Place().create()
        for day in [0, 1, 300, 401] {
            let event = SecurityEvent(
                at: noon + .seconds(86_400 * day),
                kind: .scanner,
                source: EventSource(parsing: "192.0.2.1"),
                detail: "\(day)"
            )
            try store.write([], events: [event])
        }
        try store.pruneEvents(at: noon + .seconds(86_400 * 399))
        #expect(try store.events().count == 4)
        try store.pruneEvents(at: noon + .seconds(86_400 * 402))
        #expect(try store.events().map(\.detail) == ["401", "300"])
        #expect(try store.journal().last?.action == "event.prune")
        let entries = try store.journal().count
        try store.pruneEvents(at: noon + .seconds(86_400 * 403))
        #expect(try store.journal().count == entries)
        #expect(try store.verifyJournal().isIntact)
    }
}
