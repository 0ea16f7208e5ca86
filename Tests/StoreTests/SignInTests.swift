// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("What operators sign in with")
struct SignInTests {
    private let token = [UInt8](repeating: 7, count: 32)

    private func place(_ body: (RingfenceStore, Place) throws -> Void) throws {
        let place = Place()
        let store = try place.create()
        _ = try store.change(
            [.appoint(Operator(account: "anna", user: nil, role: .owner, since: noon))],
            journal: [draft()],
            at: noon
        )
        try body(store, place)
    }

    private func signIn(_ secret: [UInt8] = Array("secret of an app 123".utf8)) -> SignIn {
        SignIn(
            name: "anna",
            password: Redacted("$argon2id$x"),
            secret: Redacted(secret),
            recoveryCodes: [[1], [2]],
            since: noon
        )
    }

    private func session(_ byte: UInt8, since: WallTime = noon) -> PortalSession {
        PortalSession(
            id: "s\(byte)",
            token: [byte],
            name: "anna",
            role: .owner,
            since: since,
            source: .machine,
            agent: "Test"
        )
    }

    @Test func `an operator needs no account of the machine, and is there after a restart`() throws {
        try place { store, _ in
            let kept = try store.storedSettings().operators
            #expect(kept == [Operator(account: "anna", user: nil, role: .owner, since: noon)])
        }
    }

    @Test func `an invitation is used once, and a newer one takes its place`() throws {
        try place { store, _ in
            let (first, second) = ([UInt8](repeating: 1, count: 32), [UInt8](repeating: 2, count: 32))
            for token in [first, second] {
                try store.keep(
                    Invitation(name: "anna", token: token, from: noon, until: noon, by: "test"),
                    journal: draft(),
                    at: noon
                )
            }
            #expect(try store.invitation(first) == nil)
            #expect(try !store.accept(first, signIn(), step: 5, journal: draft(), at: noon))
            #expect(try store.accept(second, signIn(), step: 5, journal: draft(), at: noon))
            #expect(try !store.accept(second, signIn(), step: 5, journal: draft(), at: noon))
            let kept = try #require(try store.signIn(of: "anna"))
            #expect(
                kept.secret.reveal { copy $0 } == Array("secret of an app 123".utf8) && kept.recoveryCodes.count == 2
            )
        }
    }

    @Test func `the secret of an app does not lie in the database, nor opens for somebody else`() throws {
        try place { store, place in
            try store.keep(
                Invitation(name: "anna", token: token, from: noon, until: noon, by: "test"),
                journal: draft(),
                at: noon
            )
            #expect(try store.accept(token, signIn(), step: 5, journal: draft(), at: noon))
            let rows = try store.pool.read { try String.fetchAll($0, sql: "SELECT hex(secret) FROM sign_ins") }
            #expect(rows.count == 1 && !rows[0].contains(Hex.encode(Array("secret of an app 123".utf8)).uppercased()))
            let sealed = try store.seal.lock(Redacted([1, 2, 3]), of: "anna")
            #expect(throws: StoreError.self) { try store.seal.open(sealed, of: "bert") }
        }
    }

    @Test func `a step is used once and never one before it, a recovery code once`() throws {
        try place { store, _ in
            try store.keep(
                Invitation(name: "anna", token: token, from: noon, until: noon, by: "test"),
                journal: draft(),
                at: noon
            )
            #expect(try store.accept(token, signIn(), step: 5, journal: draft(), at: noon))
            #expect(
                try [5, 4, 6, 6, 5, 8].map { try store.use(step: $0, of: "anna") } == [
                    false, false, true, false, false, true,
                ]
            )
            let uses = try [[1], [1], [3], [2]].map {
                try store.use(recoveryCode: $0, of: "anna", journal: draft(), at: noon)
            }
            #expect(uses == [true, false, false, true])
        }
    }

    @Test func `sessions are bounded, end by the day, and go with their operator`() throws {
        try place { store, _ in
            for byte in 1...20 as ClosedRange<UInt8> {
                let value = session(byte, since: noon + .seconds(Int(byte)))
                try store.begin(value, inPlaceOf: nil, journal: draft(), at: noon)
            }
            #expect(try store.sessions().count == 16 && store.session([1]) == nil)
            try store.begin(session(99, since: noon + .seconds(60)), inPlaceOf: [20], journal: draft(), at: noon)
            #expect(try store.session([20]) == nil)
            try store.pruneSignIns(at: noon, sessionsBefore: noon + .seconds(30))
            #expect(try store.sessions().map(\.id) == ["s99"])
            _ = try store.change([.dismiss(account: "anna")], journal: [draft()], at: noon)
            #expect(try store.sessions().isEmpty)
        }
    }

    @Test func `whoever gets the name with another account gets nothing of the one before`() throws {
        try place { store, _ in
            let appoint = { (user: UInt32?) in
                _ = try store.change(
                    [.appoint(Operator(account: "anna", user: user, role: .owner, since: noon))],
                    journal: [draft()],
                    at: noon
                )
            }
            try appoint(1_001)
            try store.know(browser: [9], of: "anna", until: noon + .seconds(9))
            try appoint(1_001)
            #expect(try store.knows(browser: [9], of: "anna", at: noon))
            try appoint(1_002)
            #expect(try !store.knows(browser: [9], of: "anna", at: noon))
        }
    }
}
