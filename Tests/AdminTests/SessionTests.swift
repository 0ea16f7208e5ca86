// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store
import Testing

@testable import Admin

@Suite("Sessions of the portal")
struct SessionTests {
    @Test func `a session ends half an hour after it was last used`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        scene.wait(.seconds(1_700))
        #expect(await scene.desk.session(anna.session) != nil)
        scene.wait(.seconds(1_790))
        #expect(await scene.desk.session(anna.session) != nil)
        scene.wait(.seconds(1_801))
        #expect(await scene.desk.session(anna.session) == nil)
    }

    @Test func `a session ends after twelve hours, however busy it is`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        for _ in 0..<35 {
            scene.wait(.seconds(1_200))
            #expect(await scene.desk.session(anna.session) != nil)
        }
        scene.wait(.seconds(1_200))
        #expect(await scene.desk.session(anna.session) == nil)
    }

    @Test func `another role ends a session at once, and so does none`() async throws {
        let scene = try SignInScene()
        let (anna, bert) = (try await scene.enrol("anna"), try await scene.enrol("bert", .auditor))
        _ = try await scene.invite("anna", .auditor)
        #expect(await scene.desk.session(anna.session) == nil)
        #expect(await scene.desk.session(bert.session) != nil)
        _ = try await scene.administrator.perform(RemoveOperator(account: "bert"), by: owner)
        #expect(await scene.desk.session(bert.session) == nil)
        #expect(try scene.store.signIn(of: "bert") == nil)
    }

    @Test func `P04 signing in makes a new token, and the one before is good for nothing`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let visitor = try scene.visitor(browser: anna.browser, session: anna.session)
        let token = try #require(await scene.signIn("anna", code: scene.code(of: anna.secret), from: visitor).token)
        #expect(token != anna.session && token.utf8.count == 64)
        #expect(await scene.desk.session(token) != nil)
        #expect(await scene.desk.session(anna.session) == nil)
        let kept = try scene.store.sessions().map { Hex.encode($0.token) }
        #expect(!kept.contains(token), "a token is kept")
    }

    @Test func `people end their own sessions, one or all, and nobody else's`() async throws {
        let scene = try SignInScene()
        let (anna, bert) = (try await scene.enrol("anna"), try await scene.enrol("bert", .auditor))
        let other = try #require(await scene.desk.session(bert.session)?.id)
        await scene.desk.end([other], of: "anna")
        #expect(await scene.desk.session(bert.session) != nil)
        await scene.desk.end(nil, of: "anna")
        #expect(await scene.desk.session(anna.session) == nil)
        let reports = try await scene.administrator.perform(ListSessions(), by: owner)
        #expect(reports.map(\.name) == ["bert"])
        _ = try await scene.administrator.perform(EndSessions(of: "bert"), by: owner)
        #expect(await scene.desk.session(bert.session) == nil)
    }

    @Test func `what is dangerous asks for a fresh code five minutes after the last`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        var session = try #require(await scene.desk.session(anna.session))
        #expect(await !scene.desk.needsFreshCode(session, for: EndCall.rights))
        scene.wait(.seconds(300))
        session = try #require(await scene.desk.session(anna.session))
        #expect(await scene.desk.needsFreshCode(session, for: EndCall.rights))
        #expect(await !scene.desk.needsFreshCode(session, for: ListCalls.rights))
        guard case .refused = await scene.desk.prove(session, by: Redacted("000000")) else {
            Issue.record("a wrong code proves something")
            return
        }
        guard case .proven = await scene.desk.prove(session, by: Redacted(scene.code(of: anna.secret))) else {
            Issue.record("the code proves nothing")
            return
        }
        session = try #require(await scene.desk.session(anna.session))
        #expect(await !scene.desk.needsFreshCode(session, for: EndCall.rights))
    }

    @Test func `commands are done by the role of the moment, with the name of the portal in the journal`() async throws
    {
        let scene = try SignInScene()
        _ = try await scene.enrol("anna", .administrator)
        _ = try await scene.administrator.perform(
            AddExtensions([NewExtension(number: "201")]),
            for: .signedIn(name: "anna")
        )
        #expect(try scene.store.journal().contains { $0.actor == "anna (portal)" && $0.action == "extension.add" })
        await #expect(throws: Refusal.self) {
            try await scene.administrator.perform(AddOperator(account: "x", role: .owner), for: .signedIn(name: "anna"))
        }
        await #expect(throws: Refusal.self) {
            try await scene.administrator.perform(ListCalls(), for: .signedIn(name: "nobody"))
        }
    }
}
