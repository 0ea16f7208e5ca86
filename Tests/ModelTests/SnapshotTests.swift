// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@Suite("Snapshots")
struct SnapshotTests {
    @Test func `find phones by user name, by extension and by identifier`() throws {
        var office = try Office()
        let (second, first) = (try office.makeDevice(for: "201", after: 5), try office.makeDevice(for: "201"))
        let snapshot = Snapshot(
            generation: 7,
            domain: office.domain,
            extensions: [try office.makeExtension("201"), try office.makeExtension("202")],
            devices: [second, first]
        )
        #expect(snapshot.devices[first.username]?.id == first.id)
        #expect(snapshot.devices(of: try office.number("201")).map(\.id) == [first.id, second.id])
        #expect(snapshot.devices(of: try office.number("202")).isEmpty)
        #expect(snapshot.devices(of: try office.number("999")).isEmpty)
        #expect(snapshot.device(second.id)?.username == second.username)
        #expect(snapshot.deviceCount(of: try office.number("201")) == 2)
    }

    @Test func `a change makes the next one and leaves the one before as it was`() throws {
        var office = try Office()
        let phone = try office.makeDevice(for: "201")
        let empty = Snapshot(generation: 0, domain: office.domain, extensions: [], devices: [])
        let full = empty.applying([.put(try office.makeExtension("201")), .enrol(phone)])
        #expect((empty.generation, empty.extensions.count) == (0, 0))
        #expect((full.generation, full.extensions.count, full.devices.count) == (1, 1, 1))
    }

    @Test func `an extension that goes takes its phones along, and only those`() throws {
        var office = try Office()
        let (gone, stays) = (try office.makeDevice(for: "201"), try office.makeDevice(for: "202"))
        let snapshot = Snapshot(
            generation: 1,
            domain: office.domain,
            extensions: [try office.makeExtension("201"), try office.makeExtension("202")],
            devices: [gone, stays]
        ).applying([.remove(try office.number("201"))])
        #expect(snapshot.extensions.keys.map(\.text) == ["202"])
        #expect(Array(snapshot.devices.keys) == [stays.username])
    }

    @Test func `a revoked phone is found in no way any more`() throws {
        var office = try Office()
        let (gone, stays) = (try office.makeDevice(for: "201"), try office.makeDevice(for: "201"))
        let snapshot = Snapshot(
            generation: 1,
            domain: office.domain,
            extensions: [try office.makeExtension("201")],
            devices: [gone, stays]
        ).applying([.revoke(gone.id)])
        #expect(snapshot.devices[gone.username] == nil)
        #expect(snapshot.devices(of: try office.number("201")).map(\.id) == [stays.id])
        #expect(snapshot.device(gone.id) == nil)
    }

    @Test func `a change that finds nothing changes nothing but the generation`() throws {
        var office = try Office()
        let stranger = try office.makeDevice(for: "201")
        let before = Snapshot(generation: 3, domain: office.domain, extensions: [], devices: [])
        let after = before.applying([
            .revoke(stranger.id), .remove(try office.number("999")), .withdraw(.udp, address: ""),
        ])
        #expect((after.generation, after.extensions, after.devices.count) == (4, [:], 0))
    }

    @Test func `an exception is there until it is taken back`() throws {
        let office = try Office()
        let exception = ListenerException(
            transport: .udp,
            address: "192.0.2.1:5060",
            reason: "door station",
            until: office.noon
        )
        let open = Snapshot(generation: 0, domain: office.domain, extensions: [], devices: []).applying([
            .except(exception)
        ])
        #expect(open.exceptions == [exception])
        #expect(open.applying([.withdraw(.tcp, address: "192.0.2.1:5060")]).exceptions == [exception])
        #expect(open.applying([.withdraw(.udp, address: "192.0.2.1:5060")]).exceptions.isEmpty)
    }
}
