// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

private let root = Identity.account(LocalAccount(name: "root", user: 0))
private let alice = Identity.account(LocalAccount(name: "alice", user: 1_001))
private let bob = Identity.account(LocalAccount(name: "bob", user: 1_002))

extension Office {
    /// The settings as another process would read them: from a copy of the files.
    fileprivate func kept() throws -> Snapshot {
        let copy = path + "-copy"
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        return try RingfenceStore.open(directory: copy).snapshot
    }

    fileprivate func add(_ account: String, _ role: Role) async throws {
        try await run(AddOperator(account: account, role: role))
    }

    fileprivate func refusal(_ command: some Command, for identity: Identity, as role: Role? = nil) async -> Refusal? {
        do throws(Refusal) {
            _ = try await administrator.perform(command, for: identity, as: role)
            return nil
        } catch {
            return error
        }
    }
}

@Suite("ringfence operator")
struct OperatorTests {
    @Test func `add lets an account in with its role, in the journal and after a restart`() async throws {
        let office = try Office()
        #expect(await office.refusal(ListCalls(), for: alice)?.problem == Self.turnedAway)
        try await office.add("alice", .frontDesk)
        #expect(await office.refusal(ListCalls(), for: alice) == nil)
        #expect(office.door.operators.map(\.account) == ["alice"])
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("operator.add", "alice"))
        #expect(entry.detail.contains(#""role":"front-desk""#) && entry.detail.contains(#""user":1001"#))
        let kept = try office.kept().operators
        #expect(kept == [Operator(account: "alice", user: 1_001, role: .frontDesk, since: noon)])
    }

    private static let turnedAway = "The account 'alice' may not run this phone system."

    @Test func `another role takes the place of the one before at once`() async throws {
        let office = try Office()
        try await office.add("alice", .administrator)
        #expect(await office.refusal(AddExtensions([NewExtension(number: "201")]), for: alice) == nil)
        try await office.add("alice", .auditor)
        #expect(await office.refusal(RemoveExtension(number: "201"), for: alice)?.control == .roles)
        #expect(office.store.snapshot.operators.count == 1)
        #expect(
            await office.refusal(AddOperator(account: "alice", role: .auditor))?.reason
                == "there is nothing to change"
        )
    }

    @Test func `an account is added by the name that it comes in by`() async throws {
        let office = try Office()
        let refusal = await office.refusal(AddOperator(account: "alias", role: .auditor))
        #expect(refusal?.remedy == "name that one instead: ringfence operator add alice --role ROLE")
        #expect(office.store.snapshot.operators.isEmpty)
    }

    @Test func `remove takes the role away at once`() async throws {
        let office = try Office()
        try await office.add("alice", .owner)
        #expect(await office.refusal(AddOperator(account: "bob", role: .billing), for: alice) == nil)
        try await office.run(RemoveOperator(account: "alice"))
        #expect(await office.refusal(ListCalls(), for: alice)?.problem == Self.turnedAway)
        #expect(office.door.operators.map(\.account) == ["bob"])
        #expect(try office.journal().contains { $0.action == "operator.remove" && $0.subject == "alice" })
    }

    @Test func `the last way in cannot be taken away or narrowed`() async throws {
        let office = try Office()
        for name in ["root", "ringfence", "toor"] {
            for command in [RemoveOperator(account: name), AddOperator(account: name, role: .auditor)] as [any Command]
            {
                let refusal = try #require(await office.refusal(command))
                #expect(refusal.control == .roles && refusal.reason.contains("the last way in"))
            }
        }
        #expect(await office.refusal(RemoveOperator(account: "carol"))?.problem == "'carol' is no operator.")
        #expect(
            await office.refusal(AddOperator(account: "m\u{1B}", role: .owner))?.problem
                == "There is no account 'm·' on this machine."
        )
    }

    @Test func `I04 nobody but an owner says who may do what, themselves included`() async throws {
        let office = try Office()
        try await office.add("201")
        let number = try #require(ExtensionNumber(parsing: "201"))
        for role in Role.all(ownExtension: number).dropFirst() {
            try await office.add("alice", role)
            let commands: [any Command] = [
                AddOperator(account: "alice", role: .owner), RemoveOperator(account: "alice"),
            ]
            for command in commands {
                for narrowed in [nil, Role.owner, role] {
                    #expect(await office.refusal(command, for: alice, as: narrowed)?.control == .roles)
                }
            }
        }
    }

    @Test func `P07 every command in every role is refused unless the role is for it`() async throws {
        let office = try Office()
        try await office.add("201")
        let number = try #require(ExtensionNumber(parsing: "201"))
        for role in Role.all(ownExtension: number) {
            if role != .owner { try await office.add("alice", role) }
            for (command, _) in RefusalTests.everyCommand {
                let isFor = type(of: command).rights.allSatisfy { Authoriser.reach(of: role, with: $0) != .nothing }
                guard !isFor else { continue }
                let generation = office.store.snapshot.generation
                #expect(
                    await office.refusal(command, for: alice)?.control == .roles,
                    "\(role): \(type(of: command).name)"
                )
                #expect(
                    await office.refusal(command, for: root, as: role)?.control == .roles,
                    "\(role): \(type(of: command).name)"
                )
                #expect(office.store.snapshot.generation == generation)
            }
        }
    }

    @Test func `who was seen is remembered to the hour, and a new account of that name was not`() async throws {
        let office = try Office()
        try await office.add("alice", .auditor)
        let before = try await office.run(ListOperators())
        #expect(before.map(\.name) == ["root", "ringfence", "alice"])
        #expect(before.map(\.lastSeen) == [nil, nil, nil] && before.allSatisfy(\.exists))
        _ = await office.refusal(ListCalls(), for: alice)
        #expect(try office.store.operatorsLastSeen() == ["alice": noon])
        let again = Operator(account: "alice", user: 1_009, role: .auditor, since: noon)
        _ = try office.store.change(
            [.appoint(again)],
            journal: [JournalDraft(actor: "t", action: "t", subject: "t")],
            at: noon
        )
        #expect(try office.store.operatorsLastSeen().isEmpty)
    }

    @Test func `whoever went with their extension and is let in again is seen again`() async throws {
        let office = try Office()
        let number = try #require(ExtensionNumber(parsing: "201"))
        for _ in 0..<2 {
            try await office.add("201")
            try await office.add("bob", .ownExtension(number))
            #expect(await office.refusal(ListCalls(), for: bob) == nil)
            #expect(try office.store.operatorsLastSeen() == ["bob": noon])
            try await office.run(RemoveExtension(number: "201"))
        }
    }
}

@Suite("Control roles: one's own extension")
struct OwnExtensionTests {
    /// 201 and 202 with a phone each and a call between 202 and 203; bob is there for 201.
    private func makeOffice() async throws -> Office {
        let office = try Office()
        try await office.add("201", "202", "203")
        let phones = [try await office.enrol("201"), try await office.enrol("202"), try await office.enrol("203")]
        for phone in phones { office.register(phone) }
        office.connect("c1", phones[1], phones[2])
        office.connect("c2", phones[2], phones[0])
        let number = try #require(ExtensionNumber(parsing: "201"))
        try await office.add("bob", .ownExtension(number))
        return office
    }

    @Test func `P08 lists hold what belongs to it, and nothing else`() async throws {
        let office = try await makeOffice()
        func answer<Asked: Command>(_ command: Asked) async throws -> Asked.Reply {
            try await office.administrator.perform(command, for: bob)
        }
        let extensions = try await answer(ListExtensions())
        let phones = try await answer(ListPhones())
        let registrations = try await answer(ListRegistrations())
        let calls = try await answer(ListCalls())
        let detail = try await answer(ShowExtension(number: "201"))
        #expect(extensions.map(\.number.text) == ["201"] && phones.map(\.extension.text) == ["201"])
        #expect(registrations.map(\.extension.text) == ["201"] && calls.map(\.id) == ["c2"])
        #expect(detail.calls.map(\.id) == ["c2"])
        for command in [
            ShowExtension(number: "202"), ListPhones(extension: "202"), ListPhones(extension: "x"),
        ] as [any Command] {
            #expect(await office.refusal(command, for: bob)?.control == .roles)
        }
    }

    @Test func `P08 records are its own, and not those of whoever had the number before`() async throws {
        let office = try await makeOffice()
        func record(_ id: String, _ caller: String, _ callee: String, after: Int) throws -> CallRecord {
            CallRecord(
                id: id,
                startedAt: noon + .seconds(after),
                caller: .extension(try #require(ExtensionNumber(parsing: caller))),
                callerDevice: DeviceID(parsing: "0123456789abcdef"),
                dialled: callee,
                callee: Participant(parsing: callee)
            )
        }
        try office.store.write([
            record("made", "201", "202", after: 1), record("got", "203", "201", after: 2),
            record("others", "202", "203", after: 3), record("before", "201", "203", after: -1),
        ])
        let records = try await office.administrator.perform(ListRecords(limit: 2), for: bob)
        #expect(records.map(\.id) == ["got", "made"])
    }

    @Test func `whoever was there for an extension goes with it`() async throws {
        let office = try await makeOffice()
        try await office.run(RemoveExtension(number: "201"))
        #expect(office.store.snapshot.operators.isEmpty && office.door.operators.isEmpty)
        #expect(try office.journal().contains { $0.action == "operator.remove" && $0.subject == "bob" })
        try await office.add("201")
        #expect(await office.refusal(ListCalls(), for: bob) != nil)
    }
}

@Suite("Control roles: refusals")
struct RoleRefusalTests {
    @Test func `a refused right is a journal entry, a security event and a notice`() async throws {
        let office = try Office()
        let refusal = try #require(
            await office.refusal(VerifyJournal(), by: Actor(name: "bob (uid 1002)", role: .billing))
        )
        #expect(refusal.problem == "bob (uid 1002) may not read the journal.")
        #expect(refusal.reason == "the role billing is not for that")
        let entry = try #require(try office.journal().first { $0.action == "journal.verify" })
        #expect((entry.actor, entry.subject) == ("bob (uid 1002)", "refused"))
        let event = try #require(try office.store.events().first)
        #expect((event.kind, event.control, event.subject) == (.rightRefused, .roles, .operator("bob (uid 1002)")))
        #expect(office.notes.texts.last == "journal.verify: bob (uid 1002) may not read the journal.")
    }

    @Test func `a flood of refusals does not fill the journal`() async throws {
        let office = try Office()
        try await office.add("201")
        try await office.run(AddOperator(account: "alice", role: .auditor))
        let stranger = Identity.account(LocalAccount(name: "mallory", user: 4_000))
        let before = try office.journal().count
        for _ in 0..<500 {
            _ = await office.refusal(EndCall(id: "c1"), for: alice)
            _ = await office.administrator.turnAway(stranger)
        }
        // A line and the seal of an event each.
        #expect(try office.journal().count - before <= 2 * 2 * Guard.Limits.writtenRefusals)
        // And the extension and the operator that were added.
        #expect(try office.store.events().count <= 2 * Guard.Limits.writtenRefusals + 2)
        #expect(try office.store.verifyJournal().isIntact)
    }

    @Test func `changes that are refused for another reason do not fill it either`() async throws {
        let office = try Office()
        let before = try office.journal().count
        for _ in 0..<200 { _ = await office.refusal(RemoveExtension(number: "999")) }
        #expect(try office.journal().count - before == Guard.Limits.writtenRefusals)
    }
}
