// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Store
import Testing

@Suite("Control dormant-extensions: when extensions were last used, on the disk")
struct UseTests {
    private func open(_ place: Place = Place(), _ devices: [Device] = []) throws -> RingfenceStore {
        let store = try place.create()
        let changes = try ["201", "202", "203"].map { Change.put(try makeExtension($0)) } + devices.map { .enrol($0) }
        _ = try store.change(changes, journal: [draft()], at: noon)
        return store
    }

    private func login(_ device: Device, after seconds: Int64) throws -> PhoneLogin {
        PhoneLogin(
            device: device.id,
            source: try #require(IPAddress(parsing: "192.0.2.50")),
            client: [],
            instance: nil,
            at: noon + .seconds(seconds)
        )
    }

    private func used(_ store: RingfenceStore) throws -> [String: Int64] {
        try store.uses().reduce(into: [:]) { list, use in
            list[use.key.text] = use.value.usedAt.map { ($0 - noon).components.seconds }
        }
    }

    @Test func `a registration is a use, and so is a call that was made, taken or sent on`() throws {
        let device = try makeDevice(for: "201")
        let store = try open(Place(), [device])
        #expect(try store.uses().isEmpty)
        try store.write([], logins: [try login(device, after: 60)])
        #expect(try used(store) == ["201": 60])
        var record = try makeRecord("1", at: noon + .seconds(7_200))
        (record.answeredAt, record.forwardedBy) = (record.startedAt, [try number("203")])
        try store.write([record])
        #expect(try used(store) == ["201": 7_200, "202": 7_200, "203": 7_200])
    }

    @Test func `a phone that only rings is not used, nor one that somebody else calls for`() throws {
        let store = try open()
        var record = try makeRecord("1", at: noon + .seconds(60))
        record.callerDevice = nil
        try store.write([record])
        #expect(try store.uses().isEmpty)
    }

    @Test func `the latest use counts, to an hour`() throws {
        let device = try makeDevice(for: "201")
        let store = try open(Place(), [device])
        for (after, kept) in [(60, 60), (3_000, 60), (3_660, 3_660), (1_000, 3_660)] as [(Int64, Int64)] {
            try store.write([], logins: [try login(device, after: after)])
            #expect(try used(store) == ["201": kept], "\(after)")
        }
    }

    @Test func `who is used again is told of anew, and uses that lie ahead are taken for now`() throws {
        let device = try makeDevice(for: "201")
        let store = try open(Place(), [device])
        let value = try number("201")
        try store.noteTold(of: [value], at: noon)
        let told = try store.uses()[value]
        #expect(told == ExtensionUse(toldAt: noon))
        try store.write([], logins: [try login(device, after: 1_000_000)])
        #expect(try store.uses()[value] == ExtensionUse(usedAt: noon + .seconds(1_000_000)))
        try store.noteUse(of: [], at: noon + .seconds(10))
        #expect(try used(store) == ["201": 10])
        try store.countUse(of: value, from: noon + .seconds(20))
        #expect(try store.uses()[value]?.countedFrom == noon + .seconds(20))
    }

    @Test func `of an extension that is gone nothing is kept, nor for whoever gets its number next`() throws {
        let store = try open()
        let value = try number("201")
        try store.noteUse(of: [value, try number("299")], at: noon + .seconds(5))
        #expect(try used(store) == ["201": 5])
        _ = try store.change([.remove(value)], journal: [draft("extension.remove")], at: noon)
        #expect(try store.uses().isEmpty)
        var next = try makeExtension("201")
        next = Extension(number: next.number, name: next.name, createdAt: noon + .seconds(100))
        _ = try store.change([.put(next)], journal: [draft()], at: noon)
        try store.write([try makeRecord("1", at: noon + .seconds(50))])
        #expect(try store.uses()[value] == nil)
    }

    @Test func `what was kept before tells the first uses, and a reservation survives a restart`() throws {
        let (place, device) = (Place(), try makeDevice(for: "201"))
        let reservation = Reservation(reason: "lift", grantedBy: "alice", from: noon, until: noon + .seconds(60))
        do {
            let store = try open(place, [device])
            try store.write([try makeEnded("1")], logins: [try login(device, after: 70)])
            var value = try makeExtension("203")
            value.reservation = reservation
            _ = try store.change([.put(value)], journal: [draft()], at: noon)
        }
        let kept = try place.open().snapshot.extensions[try number("203")]
        #expect(kept?.reservation == reservation)
        try place.tamper(
            """
            DROP TABLE extension_uses; ALTER TABLE extensions DROP COLUMN reservation;
            DELETE FROM grdb_migrations WHERE identifier LIKE '%when extensions were last used'
            """
        )
        let first = try used(try place.open())
        #expect(first["201"] == 70)
    }
}
