// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Model
import Primitives
import Testing

@testable import Store

/// The kinds of database there are. A new one adds a case, and everything below holds for it too.
enum TestedBackend: CaseIterable {
    case sqlite

    func make() throws -> any Backend {
        switch self {
        case .sqlite: try Place().create()
        }
    }
}

@Suite("Every back end of the store", .serialized)
struct BackendTests {
    @Test(arguments: TestedBackend.allCases)
    func `a change makes the next settings and leaves its line in the journal`(kind: TestedBackend) async throws {
        let store = BusinessStore(try kind.make())
        let before = store.snapshot.generation
        let after = try await store.write {
            try $0.change([.put(try makeExtension("201"))], journal: [draft("extension.add", "201")], at: noon)
        }
        #expect(after.generation == before + 1 && after.business == store.business)
        #expect(store.snapshot.extensions.count == 1)
        let lines = try await store.read { try $0.journal(JournalQuery(limit: 10)) }
        #expect(lines.last?.action == "extension.add")
        #expect(try await store.read { try $0.verifyJournal() }.isIntact)
    }

    @Test(arguments: TestedBackend.allCases)
    func `a change that fails changes nothing`(kind: TestedBackend) async throws {
        let store = BusinessStore(try kind.make())
        let before = store.snapshot.generation
        await #expect(throws: (any Error).self) {
            // Nobody has that extension.
            try await store.write { try $0.change([.enrol(try makeDevice(for: "299"))], journal: [draft()], at: noon) }
        }
        #expect(store.snapshot.generation == before && store.snapshot.devices.isEmpty)
        #expect(try await store.read { try $0.verifyJournal() }.entries == 1)
    }

    @Test(arguments: TestedBackend.allCases)
    func `records, events, bans and proofs come back as they were written`(kind: TestedBackend) async throws {
        let store = BusinessStore(try kind.make())
        let record = try makeEnded("1")
        let event = SecurityEvent(at: noon, kind: .failedLogin, source: .machine, detail: "d")
        let proof = Proof(control: .journal, kind: .audit, at: noon, passed: true, evidence: "e")
        try await store.write {
            try $0.write([record], events: [event], logins: [])
            try $0.recordProofs([proof])
            try $0.see(operator: "nobody", at: noon)
        }
        #expect(try await store.read { try $0.records(limit: 10) } == [record])
        #expect(try await store.read { try $0.record("1") } == record)
        #expect(try await store.read { try $0.events(limit: 10) } == [event])
        #expect(try await store.read { try $0.lastProofs() } == [proof])
        #expect(try await store.read { try $0.bans() }.isEmpty)
        #expect(try await store.read { try $0.operatorsLastSeen() }.isEmpty)
    }

    /// Two threads serve all tasks of this process on a small machine.
    @Test(.timeLimit(.minutes(1)))
    func `tasks go on while a hundred wait for the disk`() async throws {
        let store = BusinessStore(try TestedBackend.sqlite.make())
        let gate = DispatchSemaphore(value: 0)
        async let waiting: Void = withThrowingTaskGroup { group in
            for _ in 0..<100 { group.addTask { try await store.write { _ in gate.wait() } } }
            try await group.waitForAll()
        }
        for _ in 0..<100 {
            await Task.yield()
            gate.signal()
        }
        try await waiting
    }

    private actor Waiter {
        private let thread = StoreExecutor(label: "test")
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

        func wait(for gate: DispatchSemaphore) { gate.wait() }
    }

    @Test(.timeLimit(.minutes(1)))
    func `an actor that waits for the disk has a thread of its own`() async throws {
        let gate = DispatchSemaphore(value: 0)
        let waiters = (0..<16).map { _ in Waiter() }
        await withTaskGroup { group in
            for waiter in waiters { group.addTask { await waiter.wait(for: gate) } }
            for _ in waiters {
                await Task.yield()
                gate.signal()
            }
        }
    }
}
