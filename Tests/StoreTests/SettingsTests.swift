// SPDX-License-Identifier: Apache-2.0

import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("Settings")
struct SettingsTests {
    @Test func `what was changed is there after a restart`() throws {
        let place = Place()
        let device = try makeDevice(for: "201")
        let exception = ListenerException(transport: .tcp, address: "192.0.2.1:5060", reason: "lift", until: noon)
        do {
            let store = try place.create()
            #expect(store.snapshot.generation == 0)
            let changed = try store.change(
                [.put(try makeExtension("201")), .put(try makeExtension("202", isEnabled: false)), .enrol(device)],
                journal: [draft()],
                at: noon
            )
            #expect((changed.generation, store.snapshot.generation) == (1, 1))
            _ = try store.change([.except(exception)], journal: [draft()], at: noon)
        }
        let snapshot = try place.open().snapshot
        #expect((snapshot.generation, snapshot.domain.text) == (2, "pbx.example"))
        #expect(try snapshot.extensions[number("201")] == makeExtension("201"))
        #expect(try snapshot.extensions[number("202")]?.isEnabled == false)
        #expect(snapshot.exceptions == [exception])
        let kept = try #require(snapshot.devices[device.username])
        #expect(kept.summary == device.summary)
        for strength in DigestStrength.allCases {
            let expected = device.hashes[strength].reveal { copy $0 }
            #expect(kept.hashes[strength].reveal { $0 == expected })
        }
    }

    @Test func `what was removed is gone after a restart, and the memory agrees with the disk`() throws {
        let place = Place()
        let (first, second) = (try makeDevice(for: "201"), try makeDevice(for: "202"))
        var inMemory: Snapshot
        do {
            let store = try place.create()
            let extensions: [Change] = [.put(try makeExtension("201")), .put(try makeExtension("202"))]
            _ = try store.change(extensions + [.enrol(first), .enrol(second)], journal: [draft()], at: noon)
            _ = try store.change([.remove(try number("201"))], journal: [draft()], at: noon)
            _ = try store.change([.revoke(second.id)], journal: [draft()], at: noon)
            inMemory = store.snapshot
        }
        let onDisk = try place.open().snapshot
        #expect(onDisk.extensions == inMemory.extensions)
        #expect(onDisk.extensions.keys.map(\.text) == ["202"])
        #expect((onDisk.devices.count, inMemory.devices.count, onDisk.generation) == (0, 0, 3))
    }

    @Test func `a change that fails halfway changes nothing and leaves no trace`() throws {
        let place = Place()
        let store = try place.create()
        let phone = try makeDevice(for: "201", username: "taken")
        _ = try store.change([.put(try makeExtension("201")), .enrol(phone)], journal: [draft()], at: noon)
        let twin = try makeDevice(for: "201", username: "taken")
        #expect(throws: DatabaseError.self) {
            try store.change([.put(try makeExtension("202")), .enrol(twin)], journal: [draft()], at: noon)
        }
        #expect((store.snapshot.generation, store.snapshot.extensions.count) == (1, 1))
        #expect(try store.journal().count == 2)
        #expect(try store.verifyJournal().isIntact)
        // And the store goes on.
        _ = try store.change([.put(try makeExtension("202"))], journal: [draft()], at: noon)
        #expect(store.snapshot.generation == 2)
    }

    @Test func `settings that another process changed are not overwritten`() throws {
        let place = Place()
        let store = try place.create()
        try place.tamper("UPDATE business SET generation = 5")
        #expect(throws: StoreError.damaged("the settings were changed by another process")) {
            try store.change([.put(try makeExtension("201"))], journal: [draft()], at: noon)
        }
        #expect(store.snapshot.extensions.isEmpty)
    }

    @Test func `a row that is no extension is damage, not a crash`() throws {
        let place = Place()
        _ = try place.create().change([.put(try makeExtension("201"))], journal: [draft()], at: noon)
        try place.tamper("UPDATE extensions SET number = 'x'")
        #expect(throws: StoreError.damaged("'x' is not an extension number")) { try place.open() }
    }

    @Test func `an error never holds what was to be written`() throws {
        let store = try Place().create()
        let phone = try makeDevice(for: "999", username: "orphan-username")
        let error = #expect(throws: DatabaseError.self) {
            try store.change([.enrol(phone)], journal: [draft()], at: noon)
        }
        #expect(error.map { "\($0)".contains("orphan-username") } == false)
    }

    @Test func `every commit waits for the disk`() throws {
        let store = try Place().create()
        let (synchronous, mode) = try store.pool.writeWithoutTransaction { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA journal_mode")
            )
        }
        #expect((synchronous, mode) == (2, "wal"))
    }
}
