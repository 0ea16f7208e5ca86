// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence room")
struct RoomTests {
    private func office() async throws -> Office {
        let office = try Office()
        try await office.add("101", "102")
        return office
    }

    private func room(_ name: String, isChange: Bool = false, change: (inout PutRoom) -> Void = { _ in }) -> PutRoom {
        var command = PutRoom(room: name, isChange: isChange)
        change(&command)
        return command
    }

    @Test func `a room is made with a PIN that is told once, changed, and removed`() async throws {
        let office = try await office()
        let made = try await office.run(room("Board") { ($0.number, $0.moderator) = ("720", "101") })
        let pin = try #require(made.pin).secret.reveal { copy $0 }
        #expect(made.room.name.text == "board" && pin.count == 6 && made.room.members == 10 && !made.room.isOpenOutside)
        let listed = try await office.run(ListRooms())
        #expect(listed.map(\.room.number.text) == ["720"] && listed.first?.pin == nil)
        let changed = try await office.run(
            room("board", isChange: true) { ($0.moderator, $0.members, $0.isOpenOutside) = ("none", 20, true) }
        )
        #expect(changed.pin == nil && changed.room.pinSince == made.room.pinSince)
        #expect(changed.room.moderator == nil && changed.room.members == 20 && changed.room.isOpenOutside)
        let renewed = try await office.run(room("board", isChange: true) { $0.renewsPIN = true })
        #expect(renewed.pin != nil && renewed.pin != made.pin)
        try await office.run(AddNumber(number: "+493012345", destination: "room board"))
        let inUse = try #require(await office.refusal(RemoveRoom(room: "board")))
        #expect(inUse.reason == "calls of +493012345 go to it")
        try await office.run(RouteNumber(number: "+493012345", destination: "101"))
        try await office.run(RemoveRoom(room: "board"))
        #expect(office.store.snapshot.outside.routing.rooms.isEmpty)
        #expect(try office.store.verifyJournal().isIntact)
        #expect(try office.journal().allSatisfy { !$0.detail.contains(pin) && !$0.detail.contains("argon") })
    }

    @Test(arguments: ["123456", "720720", "111111", "12345"]) func `W01 a PIN that is tried first is refused`(
        pin: String
    ) async throws {
        let office = try await office()
        let chosen = room("board") { ($0.number, $0.pin) = ("720", DeliveredSecret(Redacted(pin))) }
        let refusal = try #require(await office.refusal(chosen))
        #expect(refusal.control == .voicemailPins && !"\(refusal)".contains(pin))
        #expect(office.store.snapshot.outside.routing.rooms.isEmpty)
    }

    @Test func `its number is nobody else's, and a moderator who is gone is none`() async throws {
        let office = try await office()
        #expect(await office.refusal(room("board") { $0.number = "101" })?.problem == "101 cannot be taken.")
        #expect(await office.refusal(room("board"))?.reason == "it needs a number that phones dial for it")
        try await office.run(room("board") { ($0.number, $0.moderator) = ("720", "101") })
        #expect(await office.refusal(AddExtensions([NewExtension(number: "720")]))?.reason == "room board has it")
        try await office.run(RemoveExtension(number: "101"))
        #expect(office.store.snapshot.outside.routing.rooms.values.first?.moderator == nil)
        let few = await office.refusal(room("board", isChange: true) { $0.members = 1 })
        #expect(few?.problem == "A room does not take that many.")
    }

    @Test func `no number leads to a room that is closed to callers from outside, and no group to any`() async throws {
        let office = try await office()
        try await office.run(room("board") { $0.number = "720" })
        let closed = await office.refusal(AddNumber(number: "+493012345", destination: "room board"))
        #expect(closed?.reason == "it is not open to callers from outside")
        try await office.run(room("board", isChange: true) { $0.isOpenOutside = true })
        var group = PutGroup(group: "sales")
        group.fallback = "room board"
        #expect(await office.refusal(group)?.problem == "No group sends calls to room board.")
    }

    @Test func `it comes back from the store as it was, with the hash of its PIN`() async throws {
        let office = try await office()
        let made = try await office.run(room("board") { ($0.number, $0.moderator) = ("720", "102") }).room
        let stored = try #require(try office.store.storedSettings().outside.routing.rooms[made.name])
        #expect(stored == made && stored.pin != nil)
    }
}
