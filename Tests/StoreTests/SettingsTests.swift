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

    @Test func `who may forward is kept, and a word that nobody knows is not taken for a yes`() throws {
        let place = Place()
        do {
            let store = try place.create()
            var value = try makeExtension("201")
            _ = try store.change([.put(value)], journal: [draft()], at: noon)
            value.forwarding = .colleagues
            _ = try store.change([.put(value), .put(try makeExtension("202"))], journal: [draft()], at: noon)
        }
        let kept = try place.open().snapshot.extensions
        #expect(try kept[number("201")]?.forwarding == .colleagues && kept[number("202")]?.forwarding == .nobody)
        try place.tamper("UPDATE extensions SET forwarding = 'everybody'")
        #expect(throws: StoreError.self) { try place.open() }
    }

    @Test func `where a business is reached is there after a restart, in the order in which it was said`() throws {
        let place = Place()
        let media = try ["192.0.2.10:40000-40001", "[2001:db8::10]:40000-40001"].map {
            try #require(MediaPorts(parsing: $0))
        }
        let network = NetworkSettings(
            listeners: try ["tls 192.0.2.10:5061 clients=require", "wss 192.0.2.10:443 clients=none"].map {
                try #require(EncryptedListener(parsing: $0))
            },
            media: media,
            sites: try ["203.0.113.7", "10.1.0.0/16"].map { try #require(IPPrefix(parsing: $0)) },
            origins: [try #require(WebOrigin(parsing: "https://intranet.example"))],
            clientAuthority: "-----BEGIN CERTIFICATE-----"
        )
        let gone = try #require(IPPrefix(parsing: "10.9.0.0/16"))
        do {
            let store = try place.create()
            _ = try store.change([.addSite(gone)] + network.changes, journal: [draft("network.set")], at: noon)
            _ = try store.change(
                [.removeSite(gone), .receiveMedia(media.reversed())],
                journal: [draft("site.remove")],
                at: noon
            )
            #expect(store.snapshot.network.sites == network.sites && store.snapshot.network.media == media.reversed())
        }
        var kept = try place.open().snapshot.network
        #expect(kept.media == media.reversed())
        kept.media = media
        #expect(kept == network)
        try place.tamper("UPDATE sites SET value = 'everywhere' WHERE value = '10.1.0.0/16'")
        #expect(throws: StoreError.self) { try place.open() }
    }

    @Test func `opening hours are there after a restart, and what are none is not taken for some`() throws {
        let place = Place()
        let hours = try #require(OpeningHours(parsing: "Europe/Berlin: mon-fri 08:00-18:00, sat 09:00-12:00"))
        do { _ = try place.create().change([.keepHours(hours)], journal: [draft("hours.set")], at: noon) }
        #expect(try place.open().snapshot.hours == hours)
        try place.tamper("UPDATE business SET hours = 'always'")
        #expect(throws: StoreError.self) { try place.open() }
    }

    @Test func `a database of before opens, and says that nobody has chosen where it is reached`() throws {
        let place = Place()
        do {
            let store = try place.create()
            _ = try store.change([.put(try makeExtension("201"))], journal: [draft()], at: noon)
        }
        for table in ["sip_listeners", "media_ports", "sites", "web_origins"] {
            try place.tamper("DROP TABLE \(table)")
        }
        try place.tamper("ALTER TABLE business DROP COLUMN client_authority")
        try place.tamper("DELETE FROM grdb_migrations WHERE identifier LIKE '0015%'")
        let snapshot = try place.open().snapshot
        #expect(snapshot.network == NetworkSettings() && snapshot.extensions.count == 1)
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

@Suite("Migrations")
struct MigrationTests {
    /// FNV-1a over what `sqlite_schema` says, so that an edited migration is noticed in a review.
    private func fingerprint(_ database: Database) throws -> String {
        let tables = try String.fetchAll(
            database,
            sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '%sqlite%' ORDER BY name"
        )
        let hash = tables.joined(separator: ";").utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }

    @Test func `that were released keep their names and what they make`() throws {
        let store = try Place().create()
        let (names, print) = try store.pool.read { database in
            (
                try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid"),
                try fingerprint(database)
            )
        }
        #expect(
            names == [
                "0001 settings", "0002 call records", "0003 journal", "0004 security events and proofs", "0005 bans",
                "0006 pick-up groups", "0007 operators", "0008 phone logins", "0009 call forwarding",
                "0010 what people did", "0011 events that wait for the journal", "0012 jobs",
                "0013 which business, and whether it is served", "0014 whoever takes part in a call",
                "0015 where a business is reached", "0016 opening hours",
                "0017 what is arranged with the outside world", "0018 calls over trunks", "0019 price lists",
                "0020 what calls cost", "0021 when extensions were last used", "0022 the way of a call",
                "0023 what is counted of calls outside", "0024 people who sign in", "0026 backups",
                "0027 tokens of programs", "0028 alerts that wait",
                "0029 links that wait", "0030 passkeys",
                "0033 how long records are kept",
            ]
        )
        #expect(print == "a0e730102beaaa31")
    }

    @Test func `of a newer version are not opened by this one`() throws {
        let place = Place()
        do { _ = try place.create() }
        try place.tamper("INSERT INTO grdb_migrations VALUES ('9999 from the future')")
        let error = #expect(throws: StoreError.self) { try place.open() }
        #expect(error == .newer(place.database))
    }
}
