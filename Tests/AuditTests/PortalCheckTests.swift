// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Audit

/// What can be wrong with the portal, and the check that finds it.
@Suite("Checks of the portal")
struct PortalCheckTests {
    private func findings(_ check: Check, _ change: (inout LiveSystem) -> Void) async throws -> [String] {
        var system = try await SoundSystem.make()
        change(&system)
        return await check.run(system).findings.map { "\($0.code.rawValue) \($0.severity.rawValue)" }
    }

    private func person(
        scheme: String = "$argon2id$v=19$m=47104,t=1,p=1",
        secretBytes: Int = 20,
        sharesSecret: Bool = false,
        recoveryCodes: Int = 10,
        passkeys: Int = 0,
        sharesPasskey: Bool = false
    ) -> PortalFacts.Person {
        PortalFacts.Person(
            name: "bert",
            role: .auditor,
            scheme: scheme,
            secretBytes: secretBytes,
            sharesSecret: sharesSecret,
            recoveryCodes: recoveryCodes,
            passkeys: passkeys,
            sharesPasskey: sharesPasskey
        )
    }

    @Test(arguments: ["$argon2i$v=19$m=47104,t=1,p=1", "$argon2id$v=19$m=4096,t=1,p=1", "$5$rounds=5000", "", "plain"])
    func `a password that is kept badly is found`(scheme: String) async throws {
        let found = try await findings(.operatorPasswords) { $0.portal.people?.append(person(scheme: scheme)) }
        #expect(found == ["operator-passwords.weak-hash critical"])
    }

    @Test func `a password that is kept with more memory is not`() async throws {
        let strong = person(scheme: "$argon2id$v=19$m=65536,t=3,p=1")
        #expect(try await findings(.operatorPasswords) { $0.portal.people?.append(strong) }.isEmpty)
    }

    @Test func `a missing, short or shared second factor is found, and few recovery codes are`() async throws {
        let found = try await findings(.secondFactor) {
            $0.portal.people = [
                person(secretBytes: 0), person(sharesSecret: true), person(recoveryCodes: 2),
            ]
        }
        let expected = ["none critical", "shared critical", "few-codes notice"].map { "second-factor.\($0)" }
        #expect(found == expected)
    }

    @Test func `a passkey hides no weak second factor beside it, and one that two people have is found`() async throws {
        let found = try await findings(.secondFactor) {
            $0.portal.people = [person(secretBytes: 0, passkeys: 1), person(passkeys: 2, sharesPasskey: true)]
        }
        #expect(found == ["second-factor.none critical", "second-factor.shared critical"])
    }

    @Test(arguments: [Check.operatorPasswords, .secondFactor, .loginProtection])
    func `what cannot be read proves nothing`(check: Check) async throws {
        var system = try await SoundSystem.make()
        (system.portal.people, system.portal.sessions) = (nil, nil)
        #expect(await !check.run(system).holds)
    }

    @Test func `a session that went on too long is found`() async throws {
        var session = PortalSession(
            id: "1",
            token: [1],
            name: "anna",
            role: .owner,
            since: WallTime(milliseconds: 0),
            source: .machine,
            agent: "x"
        )
        session.lastSeen = WallTime(milliseconds: 0) + PortalSessionRules.longest + .seconds(1)
        let old = session
        #expect(
            try await findings(.loginProtection) { $0.portal.sessions = [old] } == ["login-protection.endless critical"]
        )
    }

    @Test func `a page without a session, without protection or with a name of the program is found`() async throws {
        let head = "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Security-Policy: default-src *\r\n\r\nhello"
        let found = try await findings(.loginProtection) { $0.portal.ask = { _, _ in Array(head.utf8) } }
        #expect(
            Set(found)
                == Set(
                    ["unprotected critical", "says-what-it-is notice", "open critical"].map { "login-protection.\($0)" }
                )
        )
        #expect(
            try await findings(.loginProtection) { $0.portal.ask = { _, _ in [] } } == [
                "login-protection.no-page warning"
            ]
        )
    }

    @Test func `encryption of yesterday is found`() async throws {
        let found = try await findings(.loginProtection) {
            $0.portal.say = { bytes, _, _ in FakeTLS.answer(to: bytes, isOld: true, compresses: false) }
        }
        #expect(!found.isEmpty && Set(found) == ["login-protection.weak-handshake critical"])
    }

    @Test func `P14 a portal that answers strangers, and a network that is wide, are found`() async throws {
        let answering = try await findings(.adminNetworks) { $0.portal.say = { _, _, _ in [22] } }
        #expect(answering == ["admin-networks.answers-strangers critical"])
        let wide = try #require(IPPrefix(parsing: "203.0.0.0/8"))
        let found = try await findings(.adminNetworks) { $0.snapshot = $0.snapshot.applying([.admit([wide])]) }
        #expect(found == ["admin-networks.wide warning"])
    }

    @Test func `without a portal there is nothing to find, and it says so`() async throws {
        var system = try await SoundSystem.make()
        (system.portal.places, system.portal.people) = ([], [])
        for check in [Check.operatorPasswords, .secondFactor, .loginProtection, .adminNetworks] {
            let report = await check.run(system)
            #expect(report.holds, "\(report)")
        }
    }
}
