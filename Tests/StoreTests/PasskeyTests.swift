// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@testable import Store

@Suite("Passkeys of operators")
struct PasskeyTests {
    private func sound(_ body: (RingfenceStore, Place) throws -> Void) throws {
        let place = Place()
        let store = try place.create()
        for name in ["anna", "bert"] {
            _ = try store.change(
                [.appoint(Operator(account: name, user: nil, role: .owner, since: noon))],
                journal: [draft()],
                at: noon
            )
            try enrol(name, store)
        }
        try body(store, place)
    }

    private func enrol(_ name: String, _ store: RingfenceStore) throws {
        let token = Array(name.utf8)
        try store.keep(
            Invitation(name: name, token: token, from: noon, until: noon, by: "test"),
            journal: draft(),
            at: noon
        )
        let signIn = SignIn(
            name: name,
            password: Redacted("$argon2id$x"),
            secret: Redacted([UInt8](repeating: 7, count: 20)),
            recoveryCodes: [],
            since: noon
        )
        #expect(try store.accept(token, signIn, step: 5, journal: draft(), at: noon))
    }

    private func passkey(_ id: UInt8, _ name: String = "laptop", of owner: String = "anna") -> Passkey {
        guard let name = ShortName(parsing: name) else { preconditionFailure("a test names a passkey") }
        return Passkey(
            id: [UInt8](repeating: id, count: 32),
            owner: owner,
            name: name,
            key: [UInt8](repeating: 9, count: 64),
            counter: .max - 1,
            since: noon
        )
    }

    private func require(_ isTaken: Bool) throws { try #require(isTaken) }

    private func add(_ value: Passkey, _ store: RingfenceStore, atMost most: Int = 10) throws -> Bool {
        try store.add(value, atMost: most, journal: draft(), at: noon)
    }

    @Test func `each is kept as it is, after a restart too`() throws {
        let place = Place()
        var kept: Passkey?
        do {
            let store = try place.create()
            _ = try store.change(
                [.appoint(Operator(account: "anna", user: nil, role: .owner, since: noon))],
                journal: [draft()],
                at: noon
            )
            try enrol("anna", store)
            let value = passkey(1)
            try require(add(value, store))
            kept = value
        }
        let again = try place.open()
        #expect(try again.passkeys() == [try #require(kept)])
        #expect(try again.passkey([UInt8](repeating: 1, count: 32))?.owner == "anna")
        #expect(try again.passkey([]) == nil)
    }

    @Test func `an ID is one person's, a name is one of theirs, and there are so many at most`() throws {
        try sound { store, _ in
            let taken = [
                try add(passkey(1), store), try add(passkey(1, of: "bert"), store), try add(passkey(2), store),
                try add(passkey(2, of: "bert"), store), try add(passkey(3, "phone"), store, atMost: 1),
                try add(passkey(3, "phone"), store, atMost: 2), try add(passkey(4, of: "nobody"), store),
            ]
            #expect(taken == [true, false, false, true, false, true, false])
            #expect(
                try store.passkeys().map { "\($0.owner) \($0.name)" } == ["anna laptop", "anna phone", "bert laptop"]
            )
        }
    }

    @Test func `a counter goes on, and nobody uses what is another's`() throws {
        try sound { store, _ in
            let value = passkey(1)
            try require(add(value, store))
            let later = noon + .seconds(5)
            #expect(try !store.use(passkey: value.id, of: "bert", counter: .max, at: later))
            #expect(try !store.use(passkey: value.id, of: "anna", counter: .max - 1, at: later))
            #expect(try !store.use(passkey: value.id, of: "anna", counter: 0, at: later))
            #expect(try store.use(passkey: value.id, of: "anna", counter: .max, at: later))
            let kept = try #require(try store.passkey(value.id))
            #expect(kept.counter == .max && kept.lastUsed == later)
        }
    }

    @Test func `removed, replaced by a link or dismissed, it is gone`() throws {
        try sound { store, _ in
            let (value, name) = (passkey(1), try #require(ShortName(parsing: "laptop")))
            try require(add(value, store))
            #expect(try !store.remove(passkey: name, of: "bert", journal: draft(), at: noon))
            #expect(try store.remove(passkey: name, of: "anna", journal: draft(), at: noon))
            #expect(try !store.use(passkey: value.id, of: "anna", counter: .max, at: noon))
            try require(add(value, store))
            try enrol("anna", store)
            #expect(try store.passkeys().isEmpty)
            try require(add(value, store))
            try require(add(passkey(2, of: "bert"), store))
            _ = try store.change([.dismiss(account: "anna")], journal: [draft()], at: noon)
            #expect(try store.passkeys().map(\.owner) == ["bert"])
        }
    }

    @Test func `whoever gets a name with another account has none of the one before`() throws {
        try sound { store, _ in
            for user in [UInt32(1_001), 1_002] {
                _ = try store.change(
                    [.appoint(Operator(account: "anna", user: user, role: .owner, since: noon))],
                    journal: [draft()],
                    at: noon
                )
                if user == 1_001 { try require(add(passkey(1), store)) }
            }
            #expect(try store.passkeys().isEmpty)
        }
    }
}
