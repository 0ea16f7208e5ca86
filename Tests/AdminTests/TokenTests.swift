// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence token")
struct TokenTests {
    private func issue(
        _ name: String,
        _ role: Role = .auditor,
        only commands: [String] = [],
        in office: Office
    ) async throws -> APIToken {
        let issued = try await office.run(IssueToken(name: name, role: role, commands: commands))
        return try #require(office.store.snapshot.token(shown: issued.token, at: noon))
    }

    private func refusal(_ command: some Command, _ token: APIToken, in office: Office) async -> Refusal? {
        do throws(Refusal) {
            _ = try await office.administrator.perform(command, showing: token)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a token is shown once, and what is kept does not let anybody in`() async throws {
        let office = try Office()
        let issued = try await office.run(IssueToken(name: "wallboard", role: .auditor))
        #expect(issued.token.hasPrefix("rft_") && issued.token.count == 68)
        let kept = try #require(office.store.snapshot.tokens.first)
        #expect(!"\(kept)".contains(issued.token) && !"\(issued)".contains(issued.token))
        let entry = try #require(try office.journal().last)
        #expect(entry.action == "token.issue" && !entry.detail.contains(issued.token))
        #expect(office.store.snapshot.token(shown: issued.token, at: noon) == kept)
        for wrong in [
            "", issued.token + "0", String(issued.token.dropLast()), "rft_" + String(repeating: "0", count: 64),
        ] {
            #expect(office.store.snapshot.token(shown: wrong, at: noon) == nil)
        }
    }

    @Test func `a program may what its role may, and nothing for which people show a code`() async throws {
        let office = try Office()
        try await office.add("101")
        let token = try await issue("worker", .administrator, in: office)
        #expect(await refusal(ListExtensions(), token, in: office) == nil)
        #expect(await refusal(AddExtensions([NewExtension(number: "102")]), token, in: office) == nil)
        #expect(try office.journal().last?.actor == "worker (token)")
        let dangerous = EnrolPhones([NewPhone(extension: "101")])
        #expect(await refusal(dangerous, token, in: office)?.reason.contains("second factor") == true)
        #expect(await refusal(OpenCountry("FR"), token, in: office)?.control == .roles)
    }

    @Test func `a token that names commands is for them alone, dangerous ones too`() async throws {
        let office = try Office()
        try await office.add("101")
        let token = try await issue("enroller", .administrator, only: ["phone.enrol"], in: office)
        #expect(await refusal(EnrolPhones([NewPhone(extension: "101")]), token, in: office) == nil)
        #expect(await refusal(ListExtensions(), token, in: office)?.remedy.contains("--only extension.list") == true)
    }

    @Test func `no token makes tokens, operators or backups, whoever asks for one`() async throws {
        let office = try Office()
        for command in [
            "token.issue", "operator.invite", "operator.add", "backup.key", "backup.create", "journal.accept",
        ] {
            let asked = IssueToken(name: "evil", role: .administrator, commands: [command])
            #expect(await office.refusal(asked)?.control == .roles, "\(command)")
        }
        #expect(await office.refusal(IssueToken(name: "evil", role: .owner))?.control == .roles)
        #expect(
            await office.refusal(IssueToken(name: "evil", role: .auditor, commands: ["extension.add"]))?.control
                == .roles
        )
        #expect(await office.refusal(IssueToken(name: "x", role: .auditor, commands: ["no.such"])) != nil)
        #expect(await office.refusal(IssueToken(name: "x y", role: .auditor)) != nil)
        for days in [0, -1, 367, .max] {
            #expect(await office.refusal(IssueToken(name: "x", role: .auditor, days: days)) != nil, "\(days)")
        }
        #expect(office.store.snapshot.tokens.isEmpty)
    }

    @Test func `only an owner makes tokens and takes them back`() async throws {
        let office = try Office()
        _ = try await issue("wallboard", in: office)
        for role in [Role.administrator, .security, .billing, .frontDesk, .auditor] {
            let actor = Actor(name: "somebody", role: role)
            #expect(await office.refusal(IssueToken(name: "x", role: .auditor), by: actor)?.control == .roles)
            #expect(await office.refusal(RevokeToken(name: "wallboard"), by: actor)?.control == .roles)
        }
    }

    @Test func `what was revoked is good for nothing at once, also for who holds it already`() async throws {
        let office = try Office()
        let token = try await issue("wallboard", in: office)
        #expect(await refusal(ListExtensions(), token, in: office) == nil)
        try await office.run(RevokeToken(name: "wallboard"))
        #expect(await refusal(ListExtensions(), token, in: office) == .badToken)
        #expect(await office.refusal(RevokeToken(name: "wallboard")) != nil)
    }

    @Test func `two tokens of one name are not made, and no more than enough`() async throws {
        let office = try Office()
        for number in 0..<TokenRules.most { _ = try await issue("t\(number)", in: office) }
        #expect(await office.refusal(IssueToken(name: "t1", role: .auditor))?.problem.contains("already") == true)
        #expect(await office.refusal(IssueToken(name: "new", role: .auditor))?.reason.contains("64") == true)
    }
}
