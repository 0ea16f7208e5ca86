// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Store
import Testing

@Suite("Control intrusion-detection: where phones logged in from, on the disk")
struct LoginTests {
    private func login(
        _ device: Device,
        from source: String = "192.0.2.50",
        as client: String = "Phone/1.0",
        after seconds: Int = 0
    ) throws -> PhoneLogin {
        PhoneLogin(
            device: device.id,
            source: try #require(IPAddress(parsing: source)),
            client: Array(client.utf8) + [0xFF, 0],
            instance: Array("<urn:uuid:1>".utf8),
            at: noon + .seconds(seconds)
        )
    }

    private func open(_ place: Place, with devices: [Device]) throws -> RingfenceStore {
        let store = try place.create()
        let changes = [Change.put(try makeExtension("201"))] + devices.map { .enrol($0) }
        _ = try store.change(changes, journal: [draft()], at: noon)
        return store
    }

    @Test func `logins survive a restart, byte for byte, and the journal says nothing of them`() throws {
        let (place, device) = (Place(), try makeDevice(for: "201"))
        let logins = [try login(device), try login(device, from: "2001:db8:1:2::", after: 1)]
        let entries: Int
        do {
            let store = try open(place, with: [device])
            entries = try store.journal().count
            try store.write([], logins: logins)
        }
        let store = try place.open()
        #expect(try store.logins() == logins)
        #expect(try store.journal().count == entries)
    }

    @Test func `the last login from a place counts, and the latest four places are kept of each phone`() throws {
        let devices = [try makeDevice(for: "201"), try makeDevice(for: "201")]
        let store = try open(Place(), with: devices)
        try store.write([], logins: [try login(devices[1])])
        let first = try (1...6).map { try login(devices[0], from: "192.0.2.\($0)", after: $0) }
        for login in first { try store.write([], logins: [login]) }
        let again = try login(devices[0], from: "192.0.2.4", as: "Phone/2.0", after: 7)
        try store.write([], logins: [again])
        let kept = [try login(devices[1]), first[2], first[4], first[5], again]
        #expect(try store.logins() == kept)
    }

    @Test func `of a phone that is not enrolled nothing is kept, and what is written with it is`() throws {
        let devices = [try makeDevice(for: "201"), try makeDevice(for: "201")]
        let store = try open(Place(), with: devices)
        try store.write([], logins: try devices.map { try login($0) })
        _ = try store.change([.revoke(devices[0].id)], journal: [draft("phone.revoke")], at: noon)
        #expect(try store.logins().map(\.device) == [devices[1].id])
        try store.write([try makeRecord("call")], logins: [try login(devices[0])])
        #expect(try store.logins().map(\.device) == [devices[1].id])
        #expect(try store.record("call") != nil)
    }
}
