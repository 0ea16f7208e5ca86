// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("What an operator sees")
struct WatchTests {
    @Test func `Control journal: every change is there with who, what, and old and new values`() async throws {
        let office = try Office()
        try await office.run(AddExtensions([NewExtension(number: "201", name: "Desk")]))
        let phone = try await office.enrol("201")
        try await office.run(DisableExtension(number: "201"))
        // The events that come with them are sealed in lines of their own.
        let entries = try office.journal().dropFirst().filter { $0.action != "event.batch" }
        #expect(entries.map(\.action) == ["extension.add", "phone.enrol", "extension.disable"])
        #expect(entries.map(\.subject) == ["201", phone.id.text, "201"])
        #expect(entries.allSatisfy { $0.actor == "root (uid 0)" && $0.at == noon })
        #expect(
            entries.last?.detail == """
                {"new":{"createdAt":{"milliseconds":1800000000000},"forwarding":"nobody","isEnabled":false,"name":"Desk","number":"201"},\
                "old":{"createdAt":{"milliseconds":1800000000000},"forwarding":"nobody","isEnabled":true,"name":"Desk","number":"201"}}
                """
        )
        let verification = try await office.run(VerifyJournal())
        #expect((verification.entries, verification.isIntact) == (5, true))
        let listed = try await office.run(ListJournal(limit: 2))
        #expect(listed.map(\.sequence) == [4, 5])
    }

    @Test func `Control journal: an altered journal is told to people`() async throws {
        let office = try Office()
        try FileManager.default.removeItem(atPath: office.path + "/journal.anchor")
        let verification = try await office.run(VerifyJournal())
        #expect(verification.firstWrong == 2)
        #expect(office.notes.texts.first?.hasPrefix("The journal was altered at entry 2") == true)
    }

    @Test func `Control journal: an owner can take it for whole with a reason, once, and people are told`() async throws
    {
        let office = try Office()
        #expect(await office.refusal(AcceptJournal(reason: " "))?.problem == "The journal was not accepted.")
        #expect(await office.refusal(AcceptJournal(reason: "x"), by: Actor(name: "sec", role: .security)) != nil)
        try FileManager.default.removeItem(atPath: office.path + "/journal.anchor")
        let entry = try await office.run(AcceptJournal(reason: "the disk broke"))
        #expect((entry.action, entry.actor) == ("journal.accept", "root (uid 0)"))
        #expect(office.notes.texts.last?.hasSuffix("by root (uid 0): the disk broke") == true)
        #expect(try await office.run(VerifyJournal()).isIntact)
        #expect(await office.refusal(AcceptJournal(reason: "x"))?.problem == "There is nothing to accept.")
    }

    @Test func `people are told of every change, with who did it`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        _ = try await office.enrol("201")
        try await office.run(DisableExtension(number: "201"))
        #expect(
            office.notes.texts == [
                "2 extensions added by root (uid 0)",
                "root (uid 0) added 2 extensions, 201 to 202; to undo it: ringfence extension remove NUMBER, for each",
                "A phone of extension 201 enrolled by root (uid 0)",
                "Extension 201 disabled by root (uid 0)",
            ]
        )
    }

    @Test func `a call can be ended, once, and the journal says by whom`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        office.connect("c1", try await office.enrol("201"), try await office.enrol("202"))
        let calls = try await office.run(ListCalls())
        #expect(calls.map(\.id) == ["c1"])
        #expect(try await office.run(EndCall(id: "c1")) == EndCall.Reply(id: "c1"))
        #expect(try office.journal().last?.action == "call.end")
        #expect(await office.refusal(EndCall(id: "c1")) != nil)
    }

    @Test func `a call goes on whose end cannot be written down`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        office.connect("c1", try await office.enrol("201"), try await office.enrol("202"))
        try office.fillDisk()
        #expect(await office.refusal(EndCall(id: "c1"))?.problem == "The change was not made.")
        #expect(await office.engine.live(.calls).calls.map(\.id) == ["c1"])
    }

    @Test func `records and events are the store's`() async throws {
        let office = try Office()
        try await office.add("201")
        let phone = try await office.enrol("201")
        let record = CallRecord(
            id: "a1",
            startedAt: noon,
            caller: .extension(phone.extension),
            callerDevice: phone.id,
            dialled: "999",
            outcome: .refused,
            status: 404
        )
        let event = SecurityEvent(
            at: noon,
            kind: .scanner,
            source: EventSource(parsing: "203.0.113.9"),
            detail: ""
        )
        try office.store.write([record], events: [event])
        #expect(try await office.run(ListRecords(limit: 10)) == [record])
        #expect(try await office.run(ListEvents(limit: 10)).filter { $0.kind != .extensionAdded } == [event])
    }

    @Test func `control list has every control, enforced and unproven on the first day`() async throws {
        let office = try Office()
        let controls = try await office.run(ListControls())
        #expect(controls.map(\.control) == Control.allCases)
        #expect(controls.map(\.title) == Control.allCases.map(\.title))
        #expect(controls.allSatisfy { $0.state == .enforced && $0.lastAudit == nil && $0.lastAttack == nil })
    }

    @Test func `an audit leaves its proofs with the controls, and says what falls short`() async throws {
        let outcomes = [
            ControlOutcome(control: .journal, passed: true, evidence: "12 entries"),
            ControlOutcome(control: .openPorts, passed: false, evidence: "udp 0.0.0.0:5060 is open"),
        ]
        let summary = AuditSummary(at: noon, holds: false, outcomes: outcomes, text: "1 of 2", json: "{}")
        let office = try Office(audit: summary)
        #expect(try await office.run(RunAudit(), by: auditor) == summary)
        let controls = try await office.run(ListControls())
        let journal = try #require(controls.first { $0.control == .journal })
        #expect((journal.state, journal.lastAudit?.evidence, journal.lastAudit?.at) == (.enforced, "12 entries", noon))
        let ports = try #require(controls.first { $0.control == .openPorts })
        #expect((ports.state, ports.lastAudit?.passed, ports.lastAttack) == (.fallsShort, false, nil))
        #expect(office.notes.texts == ["The audit found controls that fall short: open-ports"])
    }

    @Test func `an attack's outcome is kept, and a later one that holds replaces it`() async throws {
        let office = try Office()
        let broken = ControlOutcome(control: .mediaSource, passed: false, evidence: "19 packets leaked")
        let held = ControlOutcome(control: .mediaSource, passed: true, evidence: "0 packets leaked")
        for (outcome, state) in [(broken, ControlReport.State.fallsShort), (held, .enforced)] {
            #expect(try await office.run(KeepProofs(.attack, [outcome])) == KeepProofs.Reply(count: 1))
            let controls = try await office.run(ListControls())
            let report = try #require(controls.first { $0.control == .mediaSource })
            #expect((report.state, report.lastAttack?.evidence) == (state, outcome.evidence))
        }
        #expect(try office.journal().last?.detail == #"{"media-source":true}"#)
    }

    @Test func `an open exception shows with the controls it weakens, until its date`() async throws {
        for (until, state) in [(noon + .seconds(1), ControlReport.State.excepted), (noon, .enforced)] {
            let office = try Office()
            let exception = ListenerException(transport: .udp, address: "192.0.2.1:5060", reason: "lift", until: until)
            let entry = JournalDraft(actor: "test", action: "listener.except", subject: "192.0.2.1:5060")
            _ = try office.store.change([.except(exception)], journal: [entry], at: noon)
            let controls = try await office.run(ListControls())
            let weakened = controls.filter { $0.state == .excepted }.map(\.control)
            #expect(weakened == (state == .excepted ? [.signallingEncryption, .openPorts] : []))
        }
    }

    @Test func `doctor says what is well, what is not, and what to do`() async throws {
        let office = try Office()
        let healthy = try await office.run(Diagnose())
        #expect(healthy.facts.filter { !$0.isGood }.map(\.code) == ["certificate"])
        #expect(healthy.facts.contains { $0.title == "journal: 1 entries, unaltered" })
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: office.path + "/seal.key")
        let report = try await office.run(Diagnose())
        let key = try #require(report.facts.first { $0.title.hasPrefix("seal.key: ") })
        #expect((key.isGood, key.title) == (false, "seal.key: mode 644"))
        #expect(key.remedy == "To mend it, take the rights of others away: chmod go= \(office.path)/seal.key")
        #expect(!report.isWell)
    }

    @Test func `jobs are shown to whoever may look after the system`() async throws {
        let office = try Office()
        #expect(try await office.run(ListJobs()).map(\.name) == ["a.job"])
    }

    @Test func `many operators at once leave one order of things`() async throws {
        let office = try Office()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 200..<250 { group.addTask { try await office.add("\(index)") } }
            try await group.waitForAll()
        }
        #expect(office.store.snapshot.extensions.count == 50)
        #expect(office.engine.generations.max() == 50)
        #expect(try office.store.verifyJournal().isIntact)
    }
}

@Suite("Commands on the wire")
struct CodingTests {
    @Test func `commands and answers come back as they were sent`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        office.register(try await office.enrol("201"))
        for (command, _) in RefusalTests.everyCommand {
            try expectSame(command)
            guard let reply = try? await office.run(command) else { continue }
            try expectSame(reply)
        }
    }

    private func expectSame<Value: Codable>(_ value: Value) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let sent = try encoder.encode(value)
        let back = try JSONDecoder().decode(Value.self, from: sent)
        let isSame = try encoder.encode(back) == sent || (value as? any Equatable).map { Self.isSame($0, back) } == true
        #expect(isSame, "\(Value.self)")
    }

    /// What is in no order, such as a set, is written in any.
    private static func isSame<Left: Equatable>(_ left: Left, _ right: Any) -> Bool { right as? Left == left }

    @Test func `a refusal comes back as it was sent`() async throws {
        let refusal = try #require(await Office().refusal(ShowExtension(number: "999")))
        #expect(try JSONDecoder().decode(Refusal.self, from: JSONEncoder().encode(refusal)) == refusal)
    }
}
