// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Synchronization
import Testing

@Suite("ringfence trace")
struct TraceTests {
    @Test func `start says until when, is in the journal, and stop ends it`() async throws {
        let office = try Office()
        let report = try await office.run(StartTrace(until: "30m", collector: "127.0.0.1:9060"))
        #expect(report.order.until == noon + .seconds(1_800) && report.order.collector?.description == "127.0.0.1:9060")
        let entry = try #require(try office.journal().last)
        #expect(entry.action == "trace.start" && entry.detail.contains("127.0.0.1:9060"))
        #expect(try await office.run(ShowTrace()).order == report.order)
        #expect(try await office.run(StopTrace()).order == report.order)
        #expect(try office.journal().last?.action == "trace.stop")
        await #expect(throws: Refusal.self) { try await office.run(ShowTrace()) }
        await #expect(throws: Refusal.self) { try await office.run(StopTrace()) }
    }

    @Test(arguments: ["2d", "25h", "1441m", "soon", "0m", ""]) func `it ends within a day`(until: String) async throws {
        let office = try Office()
        await #expect(throws: Refusal.self) { try await office.run(StartTrace(until: until)) }
    }

    @Test(arguments: [
        "203.0.113.7:9060", "9.9.9.9:9060", "[2001:4860::1]:9060", "127.0.0.1:0", "homer.example:9060", "127.0.0.1", "",
    ])
    func `what is not encrypted leaves for no other network`(collector: String) async throws {
        let office = try Office()
        await #expect(throws: Refusal.self) { try await office.run(StartTrace(until: "30m", collector: collector)) }
        #expect(office.engine.state.withLock { $0.trace } == nil)
    }

    @Test func `who guards, bills, audits or greets reads nothing of it`() async throws {
        let office = try Office()
        try await office.run(StartTrace(until: "30m"))
        for role in [Role.security, .frontDesk, .auditor, .billing] {
            await #expect(throws: Refusal.self) { try await office.run(ShowTrace(), by: Actor(name: "x", role: role)) }
        }
    }
}
