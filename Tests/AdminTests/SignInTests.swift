// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@testable import Admin

@Suite("Signing in to the portal")
struct SignInTests {
    @Test func `a link lets somebody in once, and what it was is kept nowhere`() async throws {
        let scene = try SignInScene()
        let token = try await scene.invite("anna")
        let offer = try #require(await scene.desk.offer(token))
        #expect(await scene.desk.offer(token)?.secret.reveal { copy $0 } == offer.secret.reveal { copy $0 })
        let welcome = try await scene.desk.accept(
            token,
            password: Redacted(SignInScene.password),
            code: Redacted(scene.code(of: offer.secret)),
            visitor: scene.visitor(),
            isStolen: { _ in false }
        )
        #expect(welcome.recoveryCodes.count == 10)
        #expect(await scene.desk.session(welcome.session.token.reveal { copy $0 })?.name == "anna")
        #expect(await scene.desk.offer(token) == nil)
        await #expect(throws: Refusal.self) {
            try await scene.desk.accept(
                token,
                password: Redacted(SignInScene.password),
                code: Redacted("000000"),
                visitor: scene.visitor(),
                isStolen: { _ in false }
            )
        }
        let journal = try scene.store.journal().map { "\($0.action) \($0.actor) \($0.detail)" }.joined(separator: "\n")
        #expect(journal.contains("operator.invite root (uid 0)") && journal.contains("portal.enrol anna (portal)"))
        #expect(!journal.contains(token) && !journal.contains(SignInScene.password))
    }

    @Test func `a link is too old after a day, and a newer one takes its place`() async throws {
        let scene = try SignInScene()
        let first = try await scene.invite("anna")
        let second = try await scene.invite("anna")
        #expect(await scene.desk.offer(first) == nil)
        scene.wait(.seconds(86_399))
        #expect(await scene.desk.offer(second) != nil)
        scene.wait(.seconds(2))
        #expect(await scene.desk.offer(second) == nil)
    }

    @Test func `whoever makes the machine busy guesses no faster at a name (P07)`() async throws {
        let scene = try SignInScene()
        _ = try await scene.enrol("anna")
        let sources = try (1...9).map { try scene.visitor("198.51.100.\($0)") }
        for source in sources.prefix(3) {
            #expect(await scene.signIn("anna", password: "wrong", code: "000000", from: source).isRefused)
        }
        scene.wait(.seconds(5))
        scene.hasher.isBusy.withLock { $0 = true }
        guard case .busy = await scene.signIn("anna", code: "000000", from: sources[4]) else {
            Issue.record("it was looked at")
            return
        }
        scene.hasher.isBusy.withLock { $0 = false }
        #expect(await scene.signIn("anna", code: "000000", from: sources[5]).wait != nil)
        let long = String(repeating: "e\u{301}", count: 5_000)
        #expect(await scene.signIn(long, code: "000000", from: sources[6]).isRefused)
    }

    @Test func `a link that is used while an old password is looked at leaves that one outside`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let token = try await scene.invite("anna")
        let offer = try #require(await scene.desk.offer(token))
        let (new, visitor) = (scene.code(of: offer.secret), try scene.visitor("192.0.2.30"))
        scene.hasher.meanwhile.withLock { work in
            work = { [desk = scene.desk] in
                _ = try await desk.accept(
                    token,
                    password: Redacted("another orchid gravel tuba"),
                    code: Redacted(new),
                    visitor: visitor,
                    isStolen: { _ in false }
                )
            }
        }
        let outcome = await scene.signIn("anna", code: scene.code(of: anna.secret), from: try scene.visitor())
        #expect(outcome.isRefused)
        #expect(await scene.desk.sessions(of: "anna").count == 1, "only that of the link")
    }

    @Test func `name, password and code together let somebody in, and each wrong one is told in the same way`()
        async throws
    {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let visitor = try scene.visitor("192.0.2.20", browser: anna.browser)
        #expect(await scene.signIn("anna", code: scene.code(of: anna.secret), from: visitor).token != nil)
        scene.wait(.seconds(60))
        let strange = try scene.visitor("192.0.2.21")
        let code = scene.code(of: anna.secret)
        #expect(await scene.signIn("bert", code: code, from: strange).isRefused)
        #expect(await scene.signIn("anna", password: "wrong", code: code, from: strange).isRefused)
        scene.wait(.seconds(3_600))
        #expect(await scene.signIn("anna", code: "123456", from: try scene.visitor("192.0.2.22")).isRefused)
        // A wrong password uses no code up: nobody can take codes away from their owner.
        #expect(await scene.signIn("anna", code: scene.code(of: anna.secret), from: visitor).token != nil)
    }

    @Test func `P03 a code works once, and none works that is older than the last`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let visitor = try scene.visitor(browser: anna.browser)
        let (old, code) = (scene.code(of: anna.secret), { scene.code(of: anna.secret) })
        scene.wait(.seconds(30))
        let now = code()
        #expect(await scene.signIn("anna", code: now, from: visitor).token != nil)
        #expect(await scene.signIn("anna", code: now, from: visitor).isRefused)
        // Within the drift, and never used, but older than the one that was.
        #expect(await scene.signIn("anna", code: old, from: visitor).isRefused)
    }

    @Test func `a recovery code works once in place of a code`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let visitor = try scene.visitor(browser: anna.browser)
        #expect(await scene.signIn("anna", code: anna.codes[3].uppercased(), from: visitor).token != nil)
        #expect(await scene.signIn("anna", code: anna.codes[3], from: visitor).isRefused)
        #expect(await scene.signIn("anna", code: anna.codes[4], from: visitor).token != nil)
        #expect(try scene.store.journal().count { $0.action == "portal.recovery-code" } == 2)
    }

    @Test func `P02 guessing gets slower, in strange browsers only, and for names that nobody has as well`()
        async throws
    {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        for name in ["anna", "nobody"] {
            var waits: [Duration] = []
            for source in 1...12 {
                let visitor = try scene.visitor("198.51.100.\(source)")
                let outcome = await scene.signIn(name, password: "guess", code: "000000", from: visitor)
                if let wait = outcome.wait { waits.append(wait) } else { #expect(outcome.isRefused) }
            }
            #expect(waits == Array(repeating: .seconds(4), count: 9))
        }
        let known = try scene.visitor("192.0.2.30", browser: anna.browser)
        #expect(await scene.signIn("anna", code: scene.code(of: anna.secret), from: known).token != nil)
        #expect(scene.notes.kinds.contains(.signInSlowed))
    }

    @Test func `one source cannot try many names`() async throws {
        let scene = try SignInScene()
        let visitor = try scene.visitor("198.51.100.77")
        var refused = 0
        for number in 0..<20 where await scene.signIn("n\(number)", code: "000000", from: visitor).isRefused {
            refused += 1
        }
        #expect(refused == 3)
    }

    @Test func `what somebody typed as a name is told to nobody unless it is one`() async throws {
        let scene = try SignInScene()
        _ = try await scene.enrol("anna")
        _ = await scene.signIn("my secret password", code: "1", from: try scene.visitor("198.51.100.1"))
        _ = await scene.signIn("anna", code: "1", from: try scene.visitor("198.51.100.2"))
        let told = scene.notes.subjects
        #expect(told.contains("anna (portal)") && !told.contains { $0.contains("secret") })
    }

    @Test func `P15 a second factor is replaced by another owner and a day later, and everybody hears of it`()
        async throws
    {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        _ = try await scene.enrol("bert")
        let link = try await scene.administrator.perform(InviteOperator(name: "anna"), for: .signedIn(name: "bert"))
        let token = String(try #require(link.link.split(separator: "/").last))
        #expect(link.from == scene.now + SecondFactorRules.replacementWait)
        let told = try #require(scene.notes.noticed.first { $0.kind == .factorReplaced })
        #expect(told.kind.traits.alarm != nil && told.detail.contains("bert (portal) made a link"))
        scene.wait(.seconds(86_399))
        #expect(await scene.desk.offer(token) == nil)
        #expect(await scene.desk.waiting(token) == link.from)
        #expect(await scene.desk.replacement(of: "anna")?.maker == "bert (portal)")
        scene.wait(.seconds(2))
        #expect(await scene.desk.waiting(token) == nil)
        #expect(await scene.desk.offer(token) != nil)
        scene.wait(.seconds(86_399))
        #expect(await scene.desk.offer(token) == nil)
        // What anna had is as good as before, because nobody used the link.
        let visitor = try scene.visitor(browser: anna.browser)
        #expect(await scene.signIn("anna", code: scene.code(of: anna.secret), from: visitor).token != nil)
    }

    @Test func `P15 to remove somebody and to invite them anew takes a day too, and people hear of both`() async throws
    {
        let scene = try SignInScene()
        for name in ["anna", "bert"] { _ = try await scene.enrol(name) }
        let bert = Identity.signedIn(name: "bert")
        _ = try await scene.administrator.perform(RemoveOperator(account: "anna"), for: bert)
        let again = InviteOperator(name: "anna", role: .owner)
        let link = try await scene.administrator.perform(again, for: bert)
        #expect(link.from == scene.now + SecondFactorRules.replacementWait)
        let told = scene.notes.noticed.filter { $0.kind == .operatorsChanged }.map(\.detail)
        #expect(told.contains { $0.hasPrefix("bert (portal) lets anna run the system no more") })
        #expect(told.contains { $0.hasPrefix("bert (portal) lets anna run the system as owner") })
        #expect(SecurityEventKind.operatorsChanged.traits.alarm?.severity == .warning)
        _ = try await scene.administrator.perform(InviteOperator(name: "anna", role: .auditor), for: bert)
        #expect(scene.notes.noticed.last { $0.kind == .operatorsChanged }?.detail.contains("who was owner") == true)
        // A day after the removal a name is as good as any.
        _ = try await scene.administrator.perform(RemoveOperator(account: "anna"), for: bert)
        scene.wait(SecondFactorRules.replacementWait + .seconds(1))
        #expect(try await scene.administrator.perform(again, for: bert).from == scene.now)
    }

    @Test func `names of attacks are for attacks`() async throws {
        let scene = try SignInScene()
        _ = try await scene.enrol("bert")
        let bert = Identity.signedIn(name: "bert")
        let onMachine = Actor(.account(LocalAccount(name: "root", user: 0)), role: .owner)
        for (name, role, isTaken) in [
            ("attack-joe", Role.auditor, false), ("attack-0123abcd", .owner, false),
            ("attack-0123abcd", .auditor, true),
        ] {
            let command = InviteOperator(name: name, role: role)
            await #expect(throws: Refusal.self, "\(name)") {
                try await scene.administrator.perform(command, for: bert)
            }
            if isTaken {
                _ = try await scene.administrator.perform(command, by: onMachine)
                #expect(!scene.notes.noticed.contains { $0.detail.contains(name) })
            } else {
                await #expect(throws: Refusal.self, "\(name)") {
                    try await scene.administrator.perform(command, by: onMachine)
                }
            }
        }
        #expect(!OperatorRules.isOfAttack("attack-0123abcd", as: .owner))
    }

    @Test func `P15 whoever is to lose a second factor says no, and so does any owner`() async throws {
        let scene = try SignInScene()
        for name in ["anna", "bert"] { _ = try await scene.enrol(name) }
        for isOwnWish in [true, false] {
            let link = try await scene.administrator.perform(InviteOperator(name: "anna"), for: .signedIn(name: "bert"))
            let token = String(try #require(link.link.split(separator: "/").last))
            let listed = try await scene.administrator.perform(ListOperators(), by: owner)
            #expect(listed.first { $0.name == "anna" }?.replacedFrom == link.from)
            if isOwnWish {
                await scene.desk.refuseReplacement(of: "anna")
            } else {
                _ = try await scene.administrator.perform(WithdrawInvitation(name: "anna"), by: owner)
            }
            let told = scene.notes.noticed.filter { $0.kind == .replacementRefused }
            #expect(told.count == (isOwnWish ? 1 : 2) && told.last?.detail.contains("took the link back") == true)
            scene.wait(.seconds(100_000))
            #expect(await scene.desk.offer(token) == nil)
            #expect(await scene.desk.replacement(of: "anna") == nil)
        }
        #expect(try scene.store.journal().count { $0.action == "operator.withdraw" } == 2)
        await #expect(throws: Refusal.self) {
            try await scene.administrator.perform(WithdrawInvitation(name: "anna"), by: owner)
        }
    }

    @Test func `nobody invites themselves, and whoever is invited again loses what they had`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        await #expect(throws: Refusal.self) {
            try await scene.administrator.perform(InviteOperator(name: "anna"), for: .signedIn(name: "anna"))
        }
        let token = try await scene.invite("anna", nil)
        #expect(await scene.desk.session(anna.session) != nil)
        // Root made it, so it works at once.
        let offer = try #require(await scene.desk.offer(token))
        _ = try await scene.desk.accept(
            token,
            password: Redacted("another one of five words"),
            code: Redacted(scene.code(of: offer.secret)),
            visitor: scene.visitor(),
            isStolen: { _ in false }
        )
        #expect(await scene.desk.session(anna.session) == nil)
        let visitor = try scene.visitor("192.0.2.40")
        #expect(await scene.signIn("anna", code: anna.codes[0], from: visitor).isRefused)
    }
}
