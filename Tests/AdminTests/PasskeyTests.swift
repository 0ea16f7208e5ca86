// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store
import Testing

@testable import Admin

@Suite("Passkeys of the portal")
struct PasskeyTests {
    private let party: PasskeyRules.Party

    init() throws { party = try #require(PasskeyRules.Party(authority: "pbx.example:8443")) }

    private func session(_ scene: SignInScene, of person: SignInScene.Person) async throws -> PortalSession {
        try #require(await scene.desk.session(person.session))
    }

    /// Adds a passkey to somebody who has just shown a code.
    private func add(
        _ authenticator: SoftAuthenticator,
        _ name: String = "laptop",
        to person: SignInScene.Person,
        in scene: SignInScene
    ) async throws {
        let session = try await session(scene, of: person)
        let made = authenticator.make(await scene.desk.askToAdd(session).challenge)
        try await scene.desk.addPasskey(name, try #require(made), for: party, in: session)
    }

    private func signIn(
        _ name: String,
        with authenticator: SoftAuthenticator,
        in scene: SignInScene,
        password: String = SignInScene.password,
        asked: (challenge: [UInt8], ticket: Redacted<String>)? = nil,
        from visitor: SignInDesk.Visitor? = nil
    ) async throws -> SignInDesk.Outcome {
        let ask: (challenge: [UInt8], ticket: Redacted<String>)
        if let asked { ask = asked } else { ask = await scene.desk.askToSignIn() }
        let assertion = try #require(authenticator.sign(ask.challenge))
        return await scene.desk.signIn(
            SignInDesk.Attempt(
                name: name,
                password: Redacted(password),
                code: Redacted(""),
                passkey: SignInDesk.PasskeyAnswer(assertion, for: party, ticket: ask.ticket),
                visitor: try visitor ?? scene.visitor()
            )
        )
    }

    @Test func `a passkey stands in for the code, and each time it is used is kept`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        var key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        #expect(await scene.desk.passkeys(of: "anna").map(\.lastUsed) == [nil])
        for count in 1...2 {
            key.counter += 1
            #expect(try await signIn("anna", with: key, in: scene).token != nil, "\(count)")
        }
        let kept = try #require(await scene.desk.passkeys(of: "anna").first)
        #expect(kept.counter == 2 && kept.lastUsed == scene.now && kept.name.text == "laptop")
        let journal = try scene.store.journal().map { "\($0.action) \($0.actor) \($0.detail)" }
        #expect(journal.contains { $0.hasPrefix("portal.passkey-add anna (portal)") && $0.contains("laptop") })
        #expect(
            scene.notes.noticed.contains {
                $0.kind == .passkeysChanged && $0.detail.contains("added the passkey laptop")
            }
        )
    }

    @Test func `P01 it never stands in for the password`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        #expect(try await signIn("anna", with: key, in: scene, password: "").isRefused)
        #expect(try await signIn("anna", with: key, in: scene, password: "lantern orchid gravel tubas").isRefused)
    }

    @Test func `P02 nobody signs in with somebody else's, with one that is not known, or too often`() async throws {
        let scene = try SignInScene()
        let (anna, bert) = (try await scene.enrol("anna"), try await scene.enrol("bert"))
        let (hers, his) = (SoftAuthenticator(1), SoftAuthenticator(2))
        try await add(hers, to: anna, in: scene)
        try await add(his, to: bert, in: scene)
        #expect(try await signIn("anna", with: his, in: scene).isRefused)
        #expect(try await signIn("anna", with: SoftAuthenticator(1), in: scene).isRefused, "another key")
        #expect(try await signIn("anna", with: SoftAuthenticator(3), in: scene).isRefused)
        #expect(try await signIn("anna", with: hers, in: scene).wait != nil)
    }

    @Test func `P03 an answer is taken once, from the browser that was asked, and for five minutes`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        let asked = await scene.desk.askToSignIn()
        #expect(try await signIn("anna", with: key, in: scene, asked: asked).token != nil)
        #expect(try await signIn("anna", with: key, in: scene, asked: asked).isRefused, "a second time")
        let stolen = (challenge: await scene.desk.askToSignIn().challenge, ticket: asked.ticket)
        #expect(try await signIn("anna", with: key, in: scene, asked: stolen).isRefused, "another browser")
        scene.wait(.seconds(3_600 * 5))
        let late = await scene.desk.askToSignIn()
        scene.wait(.seconds(300))
        #expect(try await signIn("anna", with: key, in: scene, asked: late).isRefused, "five minutes later")
        let made = (challenge: [UInt8](repeating: 7, count: 56), ticket: asked.ticket)
        #expect(try await signIn("anna", with: key, in: scene, asked: made).isRefused, "never asked")
    }

    @Test func `P03 a wrong password uses the answer up`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        let asked = await scene.desk.askToSignIn()
        #expect(try await signIn("anna", with: key, in: scene, password: "x", asked: asked).isRefused)
        #expect(try await signIn("anna", with: key, in: scene, asked: asked).isRefused)
    }

    @Test func `P03 a copy is noticed by its counter, and everybody hears of it`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        var key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        let copy = key
        key.counter = 5
        #expect(try await signIn("anna", with: key, in: scene).token != nil)
        #expect(!scene.notes.kinds.contains(.passkeyCopied))
        #expect(try await signIn("anna", with: copy, in: scene).isRefused)
        let told = try #require(scene.notes.noticed.first { $0.kind == .passkeyCopied })
        #expect(
            told.detail.contains("ringfence passkey remove anna laptop")
                && told.kind.traits.alarm?.severity == .critical
        )
    }

    @Test func `one that was removed lets nobody in, and other sessions of its owner end`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        let other = try #require(try await signIn("anna", with: key, in: scene).token)
        let session = try await session(scene, of: anna)
        await #expect(throws: Refusal.self) { try await scene.desk.removePasskey("phone", in: session) }
        try await scene.desk.removePasskey("laptop", in: session)
        #expect(await scene.desk.session(other) == nil)
        #expect(await scene.desk.session(anna.session) != nil)
        #expect(try await signIn("anna", with: key, in: scene).isRefused)
        #expect(await scene.signIn("anna", code: scene.code(of: anna.secret), from: try scene.visitor()).token != nil)
    }

    @Test func `another owner sees it and removes it, and who may only look does not`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        let list = try await scene.administrator.perform(ListPasskeys(of: "anna"), by: auditor)
        #expect(list.map(\.name.text) == ["laptop"])
        #expect(try await scene.administrator.perform(ListPasskeys(of: "bert"), by: auditor).isEmpty)
        await #expect(throws: Refusal.self) {
            try await scene.administrator.perform(RemovePasskey(of: "anna", passkey: "laptop"), by: auditor)
        }
        _ = try await scene.administrator.perform(RemovePasskey(of: "anna", passkey: "laptop"), by: owner)
        #expect(await scene.desk.passkeys(of: "anna").isEmpty)
        #expect(await scene.desk.session(anna.session) == nil)
        await #expect(throws: Refusal.self) {
            try await scene.administrator.perform(RemovePasskey(of: "anna", passkey: "laptop"), by: owner)
        }
    }

    @Test func `P15 who sits at an unlocked screen adds none and removes none`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        scene.wait(.seconds(600))
        await #expect(throws: Refusal.self) { try await add(SoftAuthenticator(2), "phone", to: anna, in: scene) }
        let session = try await session(scene, of: anna)
        await #expect(throws: Refusal.self) { try await scene.desk.removePasskey("laptop", in: session) }
        #expect(await scene.desk.passkeys(of: "anna").count == 1)
    }

    @Test func `a passkey proves in a session that it is still they`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        scene.wait(.seconds(600))
        let session = try await session(scene, of: anna)
        #expect(await !scene.desk.hasProven(session, for: PasskeyRules.rights))
        let toSignIn = try #require(key.sign(await scene.desk.askToSignIn().challenge))
        #expect(await !scene.desk.prove(session, by: SignInDesk.PasskeyAnswer(toSignIn, for: party)).isProven)
        let signed = try #require(key.sign(await scene.desk.askToProve(session)))
        #expect(await scene.desk.prove(session, by: SignInDesk.PasskeyAnswer(signed, for: party)).isProven)
        #expect(await scene.desk.hasProven(session, for: PasskeyRules.rights))
        #expect(await !scene.desk.prove(session, by: SignInDesk.PasskeyAnswer(signed, for: party)).isProven)
    }

    @Test func `nobody has more than ten, two of one name, or the same one twice`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        for index in 1...10 { try await add(SoftAuthenticator(UInt8(index)), "key-\(index)", to: anna, in: scene) }
        await #expect(throws: Refusal.self) { try await add(SoftAuthenticator(11), "key-11", to: anna, in: scene) }
        let session = try await session(scene, of: anna)
        try await scene.desk.removePasskey("key-10", in: session)
        await #expect(throws: Refusal.self) { try await add(SoftAuthenticator(12), "key-1", to: anna, in: scene) }
        await #expect(throws: Refusal.self) { try await add(SoftAuthenticator(1), "twice", to: anna, in: scene) }
        await #expect(throws: Refusal.self) { try await add(SoftAuthenticator(13), "no name", to: anna, in: scene) }
        let known = await scene.desk.askToAdd(session).known
        #expect(known.count == 9)
    }

    @Test func `P08 one business knows nothing of another's`() async throws {
        let (scene, other) = (try SignInScene(), try SignInScene())
        let (anna, namesake) = (try await scene.enrol("anna"), try await other.enrol("anna"))
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        #expect(try await signIn("anna", with: key, in: other).isRefused)
        let elsewhere = try await session(other, of: namesake)
        let made = try #require(key.make(await scene.desk.askToAdd(try await session(scene, of: anna)).challenge))
        await #expect(throws: Refusal.self) {
            try await other.desk.addPasskey("laptop", made, for: party, in: elsewhere)
        }
        let user = await scene.desk.askToAdd(try await session(scene, of: anna)).user
        #expect(await other.desk.askToAdd(elsewhere).user != user)
    }

    @Test func `a link that replaces what somebody signs in with takes their passkeys away`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        _ = try await scene.enrol("anna")
        #expect(await scene.desk.passkeys(of: "anna").isEmpty)
        #expect(try await signIn("anna", with: key, in: scene).isRefused)
    }

    @Test func `P04 a session that passkeys begin is a new one`() async throws {
        let scene = try SignInScene()
        let anna = try await scene.enrol("anna")
        let key = SoftAuthenticator()
        try await add(key, to: anna, in: scene)
        let visitor = try scene.visitor(browser: anna.browser, session: anna.session)
        let token = try #require(try await signIn("anna", with: key, in: scene, from: visitor).token)
        #expect(token != anna.session)
        #expect(await scene.desk.session(anna.session) == nil)
    }
}

extension SignInDesk.Proof {
    fileprivate var isProven: Bool { if case .proven = self { true } else { false } }
}

@Suite("Challenges for passkeys")
struct PasskeyChallengeTests {
    private let entropy = Entropy { UInt64.random(in: .min ... .max) }
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    @Test func `each is for one purpose, one browser and five minutes, and no byte of it is anybody's to choose`() {
        let challenges = PasskeyChallenges(using: entropy)
        let challenge = challenges.make(.signIn, for: [1], using: entropy, at: now)
        #expect(challenges.isGood(challenge, .signIn, for: [1], at: now + .seconds(299)))
        #expect(!challenges.isGood(challenge, .signIn, for: [1], at: now + .seconds(300)))
        #expect(!challenges.isGood(challenge, .prove, for: [1], at: now))
        #expect(!challenges.isGood(challenge, .signIn, for: [2], at: now))
        for index in challenge.indices {
            var other = challenge
            other[index] ^= 1
            #expect(!challenges.isGood(other, .signIn, for: [1], at: now), "\(index)")
        }
        for count in 0..<challenge.count {
            #expect(!challenges.isGood(Array(challenge.prefix(count)), .signIn, for: [1], at: now))
        }
        #expect(!PasskeyChallenges(using: entropy).isGood(challenge, .signIn, for: [1], at: now), "another process")
    }

    @Test func `those that were answered are kept until they end, and never more than a few thousand`() {
        var challenges = PasskeyChallenges(using: entropy)
        for _ in 0..<Limits.answeredChallenges {
            let isFirst = challenges.answer(challenges.make(.signIn, for: [1], using: entropy, at: now), at: now)
            #expect(isFirst)
        }
        let more = challenges.make(.signIn, for: [1], using: entropy, at: now)
        let hasRoom = challenges.answer(more, at: now)
        #expect(!hasRoom)
        let later = now + .seconds(301)
        let fresh = challenges.make(.signIn, for: [1], using: entropy, at: later)
        let answers = [challenges.answer(fresh, at: later), challenges.answer(fresh, at: later)]
        #expect(answers == [true, false])
    }
}
