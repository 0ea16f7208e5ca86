// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

@Suite("Control forwarding-rules: what the audit finds")
struct ForwardingCheckTests {
    private static let now = WallTime(milliseconds: 1_800_000_000_000)
    private let leg = LegProtection(transport: "tls", tlsVersion: "TLSv1.3", cipher: "x", srtpSuite: "AEAD_AES_256_GCM")

    private static func line(
        _ sequence: Int64,
        _ action: String,
        _ detail: String,
        of number: String = "702"
    ) -> JournalEntry {
        JournalEntry(
            sequence: sequence,
            at: now,
            actor: "alice (uid 1001)",
            action: action,
            subject: number,
            detail: detail,
            previous: "",
            hash: ""
        )
    }

    private static func right(_ sequence: Int64, _ policy: String, of number: String = "702") -> JournalEntry {
        line(sequence, "extension.forwarding", #"{"new":{"forwarding":"\#(policy)"}}"#, of: number)
    }

    private func snapshot(_ policy: ForwardingPolicy) throws -> Snapshot {
        let office = try TestOffice()
        let number = try #require(ExtensionNumber(parsing: "702"))
        var value = try #require(office.snapshot.extensions[number])
        value.forwarding = policy
        return office.snapshot.applying([.put(value)])
    }

    private func codes(_ change: (inout LiveSystem) throws -> Void) async throws -> [String] {
        var system = try await SoundSystem.make()
        try change(&system)
        return await Check.forwardingRules.run(system).findings.map { "\($0.code.rawValue) \($0.severity.rawValue)" }
    }

    @Test func `a right to forward outside is listed with who gave it and how it is undone`() async throws {
        var system = try await SoundSystem.make()
        let history = [Self.right(3, "colleagues"), Self.right(5, "outside"), Self.right(6, "outside", of: "703")]
        system.forwards = ForwardFacts.all(in: try snapshot(.outside), history)
        let report = await Check.forwardingRules.run(system)
        #expect(report.holds && report.findings.map(\.severity) == [.notice])
        let finding = try #require(report.findings.first)
        #expect(finding.title == "Extension 702 may forward its calls to colleagues and outside.")
        #expect(finding.evidence == "set by alice (uid 1001) \(Self.now); 2 changes in the journal")
        #expect(finding.remedy.hasSuffix("ringfence extension forwarding 702 --to nobody"))
        #expect(report.examined[0].hasPrefix("1 forwards and rights to forward"))
    }

    @Test func `a right that nobody owned up to is found, and one that the journal says otherwise of`() async throws {
        for history in [[], [Self.right(3, "colleagues")], [Self.right(3, "outside", of: "701")]] {
            let found = try await codes { $0.forwards = ForwardFacts.all(in: try snapshot(.outside), history) }
            #expect(found == ["forwarding-rules.nobodys critical"])
        }
        let inside = try await codes {
            $0.forwards = ForwardFacts.all(in: try snapshot(.colleagues), [Self.right(3, "colleagues")])
        }
        #expect(inside.isEmpty)
    }

    @Test func `a forward that is set in the system is listed by the same rule`() async throws {
        let (number, at) = (try #require(ExtensionNumber(parsing: "702")), Self.now)
        let target = try #require(Forward.Target(parsing: "+33199000000"))
        let forward = try #require(Forward(to: target, by: SettingOrigin(by: "alice (uid 1001)", at: at)))
        let settings = ForwardSettings(forwards: [.always: forward])
        let set = try snapshot(.nobody).applying([.outside(.route(.forward(number, settings)))])
        let detail =
            #"{"new":{"forwards":{"always":{"origin":{"at":{"milliseconds":\#(at.milliseconds)},"by":"alice (uid 1001)","from":"this machine"},"#
            + #""seconds":20,"target":"+33199000000"}}}}"#
        let said = ForwardFacts.all(in: set, [Self.line(4, "forward.set", detail)])
        #expect(said.map(\.what) == ["sends its calls to +33199000000 (always)"])
        #expect(said.map(\.isOwnedUp) == [true] && said.map(\.isOutside) == [true])
        #expect(said.map(\.undo) == ["ringfence forward clear 702 always"])
        #expect(ForwardFacts.all(in: set, []).map(\.isOwnedUp) == [false])
    }

    @Test func `T03 a class that is open to fraud for forwards is found where somebody may forward outside`()
        async throws
    {
        let found = try await codes { system in
            system.forwards = ForwardFacts.all(in: try snapshot(.outside), [Self.right(5, "outside")])
            var dialing = system.outside.inForce.dialing
            let region = try #require(Region(parsing: "LV"))
            dialing.rights.countries[region] = CountryRule(.open)
            dialing.rights.onwardCountries = [region]
            system.outside.inForce = system.snapshot.applying([.outside(.dial(dialing))]).outside
        }
        #expect(found == ["forwarding-rules.outside notice", "forwarding-rules.wide warning"])
    }

    @Test func `T03 a forwarded call at the expense of somebody else is found, and one without an end`() async throws {
        for (forwarders, code) in [
            (["701"], []), (["702"], ["forwarding-rules.expense critical"]),
            (Array(repeating: "701", count: 7), ["forwarding-rules.chain critical"]),
        ] as [([String], [String])] {
            let found = try await codes { system in
                var record = try SoundSystem.paid(leg)
                record.caller = .outside(nil)
                record.forwardedBy = try forwarders.map { try #require(ExtensionNumber(parsing: $0)) }
                system.records.append(record)
            }
            #expect(found == code)
        }
    }

    @Test func `who is looked for at many places has forwarded once to each, and no chain is made of that`()
        async throws
    {
        let numbers = try (701...720).map { try #require(ExtensionNumber(parsing: "\($0)")) }
        let outside = PhoneNumber(parsing: "+4989123456")
        let around = numbers.dropFirst().prefix(8).map {
            CallStep(from: .extension(numbers[0]), .follow, to: .extension($0))
        }
        let chain = zip(numbers, numbers.dropFirst()).prefix(7).map {
            CallStep(from: .extension($0), .always, to: .extension($1))
        }
        for (path, code) in [
            (around, []), (around + [CallStep(from: .extension(numbers[0]), .follow, to: .outside(outside))], []),
            (chain, ["forwarding-rules.chain critical"]), (Array(chain.prefix(6)), []),
        ] as [([CallStep], [String])] {
            let found = try await codes { system in
                var record = try SoundSystem.paid(leg)
                record.charges = []
                record.path = path
                record.forwardedBy = path.compactMap(\.from.number)
                system.records.append(record)
            }
            #expect(found == code)
        }
    }

    @Test func `what cannot be read is no good sign`() async throws {
        #expect(try await codes { $0.forwards = nil } == ["forwarding-rules.unreadable warning"])
    }
}
