// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence queue")
struct QueueTests {
    private func office() async throws -> Office {
        let office = try Office()
        try await office.add("101", "102")
        var group = PutGroup(group: "sales")
        group.members = ["101"]
        try await office.run(group)
        return office
    }

    private func queue(_ seconds: Int? = nil, _ overflow: String? = nil) -> SetQueue {
        var command = SetQueue(group: "sales")
        (command.seconds, command.overflow) = (seconds, overflow)
        return command
    }

    @Test func `a group gets a queue, which comes back from the store, and rings again without it`() async throws {
        let office = try await office()
        let made = try await office.run(queue(120, "extension 102"))
        #expect(made.queue?.seconds == 120 && made.queue?.overflow.text == "102")
        let stored = try #require(try office.store.storedSettings().outside.routing.groups[made.name])
        #expect(stored == made)
        let changed = try await office.run(queue(60))
        #expect(changed.queue?.seconds == 60 && changed.queue?.overflow.text == "102")
        #expect(try await office.run(ListQueues()).map(\.name.text) == ["sales"])
        try await office.run(RemoveExtension(number: "102"))
        #expect(office.store.snapshot.outside.routing.groups.values.first?.queue?.overflow == .hangUp)
        try await office.run(RemoveQueue(group: "sales"))
        #expect(try await office.run(ListQueues()).isEmpty)
        #expect(await office.refusal(RemoveQueue(group: "sales"))?.problem == "Group sales has no queue.")
    }

    @Test(arguments: ["+49301234567", "extension 999", "group sales", "*43", "mailbox 102"])
    func `T05 nobody who waited goes outside, to nobody, or round in circles`(place: String) async throws {
        let office = try await office()
        let refusal = try #require(await office.refusal(queue(60, place)))
        #expect(!refusal.remedy.isEmpty)
        #expect(await office.refusal(queue(5))?.problem == "Nobody waits for that long.")
    }
}
