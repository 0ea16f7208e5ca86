// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@Suite("ringfence trunk")
struct TrunkTests {
    static let secret = "S3cret-of-the-provider"

    static func login(_ name: String = "main", _ change: (inout NewTrunk) -> Void = { _ in }) -> AddTrunk {
        var trunk = NewTrunk(name: name, domain: "SIP.Provider.example")
        trunk.username = "4930123"
        change(&trunk)
        return AddTrunk(trunk, password: Redacted(secret))
    }

    private static func plain(_ trunk: inout NewTrunk) {
        trunk.transport = .udp
        (trunk.prefixes, trunk.mediaPrefixes) = (["198.51.100.0/24"], ["198.51.100.0/24"])
        trunk.plain = NewTrunk.Plain(reason: "moves to TLS in March", until: "30d")
    }

    @Test func `is added with its line in the journal, which has no password, and is there after a restart`()
        async throws
    {
        let office = try Office()
        let report = try await office.run(Self.login { $0.servers = ["sip1.provider.example:5061", "[2001:db8::7]"] })
        #expect(report.trunk.domain.text == "sip.provider.example" && report.hasPassword && !report.isPlain)
        #expect(report.trunk.servers.map(\.host) == ["sip1.provider.example", "[2001:db8::7]"])
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("trunk.add", "main"))
        #expect(entry.detail.contains("sip.provider.example") && !entry.detail.contains(Self.secret))
        let name = try #require(TrunkName(parsing: "main"))
        let kept = try #require(office.store.snapshot.outside.trunks[name]?.secret)
        #expect(kept.reveal { $0 == Self.secret })
        #expect(!office.notes.texts.joined().contains(Self.secret))
        #expect("\(Self.login())".contains(Self.secret) == false)
    }

    @Test func `says how it is at this moment`() async throws {
        let office = try Office()
        try await office.run(Self.login())
        #expect(try await office.run(ShowTrunk(trunk: "main")).state == nil)
        let name = try #require(TrunkName(parsing: "main"))
        var state = TrunkCondition(name: name, isUsable: false, words: "no server answers")
        state.failure = "the certificate names other.example"
        office.engine.state.withLock { $0.trunks = [state] }
        #expect(try await office.run(ListTrunks()).map(\.state?.failure) == ["the certificate names other.example"])
        #expect(try await office.run(ListTrunks(), by: auditor).count == 1)
    }

    @Test
    func `Control trunk-encryption: without encryption it takes an exception with a reason, an end and addresses`()
        async throws
    {
        let office = try Office()
        #expect(
            await office.refusal(Self.login { $0.transport = .udp })?.problem == "Trunk main is not used over UDP."
        )
        for change: (inout NewTrunk) -> Void in [
            { $0.plain = NewTrunk.Plain(reason: " ", until: "30d") },
            { $0.plain = NewTrunk.Plain(reason: "x", until: "93d") },
            { $0.plain = NewTrunk.Plain(reason: "x", until: "2027-01-14") }, { $0.prefixes = [] },
            { $0.mediaPrefixes = [] },
            { $0.prefixes = ["10.0.0.0/8"] },
        ] {
            let command = Self.login { trunk in
                Self.plain(&trunk)
                change(&trunk)
            }
            #expect(await office.refusal(command) != nil)
        }
        #expect(office.store.snapshot.outside.trunks.isEmpty)
        let report = try await office.run(Self.login("main", Self.plain))
        #expect(report.isPlain && report.trunk.exception?.grantedBy == "root (uid 0)")
        #expect(report.trunk.exception?.until == noon + .seconds(30 * 86_400))
        #expect(office.notes.texts.last?.contains("WITHOUT ENCRYPTION") == true)
        #expect(try await !office.run(WithdrawTrunk(trunk: "main")).isPlain)
        #expect(await office.refusal(WithdrawTrunk(trunk: "main"))?.problem.hasPrefix("There is no exception") == true)
        let again = ExcuseTrunk(trunk: "main", plain: NewTrunk.Plain(reason: "a week more", until: "7d"))
        #expect(try await office.run(again).isPlain)
    }

    @Test func `Control roles: who brings a trunk in cannot let it go without encryption, and the other way round`()
        async throws
    {
        let office = try Office()
        let administrator = Actor(name: "alice (uid 1001)", role: .administrator)
        let security = Actor(name: "bob (uid 1002)", role: .security)
        #expect(await office.refusal(Self.login("main", Self.plain), by: administrator)?.control == .roles)
        #expect(await office.refusal(Self.login(), by: security)?.control == .roles)
        try await office.run(Self.login(), by: administrator)
        let plain = NewTrunk.Plain(reason: "said A. Owner", until: "7d")
        #expect(await office.refusal(ExcuseTrunk(trunk: "main", plain: plain), by: administrator)?.control == .roles)
        #expect(try await !office.run(DisableTrunk(trunk: "main"), by: security).trunk.isEnabled)
        #expect(await office.refusal(EnableTrunk(trunk: "main"), by: security)?.control == .roles)
        #expect(await office.refusal(ListTrunks(), by: Actor(name: "c", role: .frontDesk))?.control == .roles)
    }

    @Test(arguments: [
        ("-x", "cannot be the name of a trunk"), ("Main", "cannot be the name of a trunk"),
    ])
    func `has a name that fits`(name: String, words: String) async throws {
        let office = try Office()
        #expect(await office.refusal(Self.login(name))?.problem.contains(words) == true)
    }

    @Test func `what a provider cannot have given is refused, and says what to give`() async throws {
        let office = try Office()
        let wrong: [((inout NewTrunk) -> Void, String)] = [
            ({ $0.servers = ["a b"] }, "'a·b' is no server of a provider."),
            ({ $0.servers = ["sip.example:0"] }, "is no server"),
            ({ $0.prefixes = ["10.0.0.0/33"] }, "is not a network"),
            ({ $0.prefixes = ["0.0.0.0/0"] }, "cannot be used"), ({ $0.username = "a\"b" }, "cannot be used"),
            ({ $0.username = nil }, "cannot be used"), ({ $0.calls = 0 }, "cannot be used"),
            ({ $0.authority = "garbage" }, "These are no roots."),
        ]
        for (change, problem) in wrong {
            let refusal = try #require(await office.refusal(Self.login("main", change)))
            #expect(refusal.problem.contains(problem), "\(refusal)")
        }
        let address = AddTrunk(NewTrunk(name: "main", domain: "198.51.100.7"), password: nil)
        #expect(await office.refusal(address)?.reason.contains("nothing to log in with") == true)
        var static4 = NewTrunk(name: "main", domain: "198.51.100.7")
        static4.registers = false
        #expect(await office.refusal(AddTrunk(static4, password: nil))?.problem == "Trunk main cannot be verified.")
        #expect(office.store.snapshot.outside.trunks.isEmpty)
        try await office.run(Self.login())
        #expect(await office.refusal(Self.login())?.problem == "Trunk main cannot be added.")
    }

    @Test func `is told how it wants its calls, and keeps its login, its prices and its place in routes`() async throws
    {
        let office = try Office()
        try await office.run(Self.login())
        var change = SetTrunkProfile(trunk: "main")
        (change.numbers, change.callerField, change.forwardField) = (.national, .preferred, .diversion)
        (change.keepsWithheld, change.calls, change.priority) = (true, 4, 7)
        let trunk = try await office.run(change).trunk
        #expect((trunk.numbers, trunk.callerField, trunk.forwardField) == (.national, .preferred, .diversion))
        #expect(trunk.keepsWithheld && trunk.calls == 4 && trunk.priority == 7 && trunk.username == "4930123")
        #expect(try office.journal().last?.action == "trunk.set")
        #expect(await office.refusal(change)?.problem == "Trunk main is as you want it already.")
        change.calls = 0
        #expect(await office.refusal(change)?.remedy.contains("--calls") == true)
        var pilot = SetTrunkProfile(trunk: "main")
        pilot.registersNumbers = true
        #expect(try await office.run(pilot).trunk.registersNumbers)
        let noPilot = Self.login("other") { ($0.registers, $0.registersNumbers) = (false, true) }
        #expect(await office.refusal(noPilot)?.remedy.hasPrefix("give the pilot number") == true)
    }

    @Test func `gets another password, is disabled, enabled and removed, with a line each`() async throws {
        let office = try Office()
        try await office.run(Self.login())
        let other = SetTrunkPassword(trunk: "main", password: Redacted("another"))
        #expect(try await office.run(other).hasPassword)
        let name = try #require(TrunkName(parsing: "main"))
        #expect(office.store.snapshot.outside.trunks[name]?.secret?.reveal { $0 == "another" } == true)
        #expect(await office.refusal(EnableTrunk(trunk: "main"))?.problem == "Trunk main is enabled already.")
        try await office.run(DisableTrunk(trunk: "main"))
        #expect(office.store.snapshot.outside.usableTrunks.isEmpty)
        try await office.run(EnableTrunk(trunk: "main"))
        try await office.run(AddNumber(number: "+493012345", destination: nil, trunk: "main"))
        try await office.run(RemoveTrunk(trunk: "main"))
        #expect(office.store.snapshot.outside.trunks.isEmpty)
        #expect(office.store.snapshot.outside.numbers.values.map(\.trunk) == [nil])
        #expect(await office.refusal(ShowTrunk(trunk: "main"))?.remedy.hasSuffix("ringfence trunk list") == true)
        #expect(
            try office.journal().dropFirst().map(\.action) == [
                "trunk.add", "trunk.password", "trunk.enable", "trunk.disable", "trunk.enable", "number.add",
                "trunk.remove", "number.route",
            ]
        )
        #expect(try office.journal().allSatisfy { !$0.detail.contains("another") })
    }
}
