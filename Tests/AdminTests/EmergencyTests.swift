// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Testing

@Suite("ringfence emergency")
struct EmergencyTests {
    private static let desk = ["A3": "Berlin", "RD": "Musterweg", "HNO": "1", "FLR": "2", "ROOM": "204"]

    private func office() async throws -> (Office, phone: DeviceID) {
        let office = try Office()
        try await office.add("101", "102")
        let phone = try await office.enrol("101").id
        try await office.run(SetHome(region: "DE"))
        return (office, phone)
    }

    @Test func `a phone stands where somebody said, and any other where all stand`() async throws {
        let (office, phone) = try await office()
        let other = try await office.enrol("102").id
        try await office.run(SetEmergencyPlace(phone: nil, country: "DE", parts: ["A3": "Berlin", "RD": "Musterweg"]))
        let report = try await office.run(SetEmergencyPlace(phone: phone.text, country: "DE", parts: Self.desk))
        #expect(report.phones.first { $0.id == phone }?.place.address?.description.contains("room 204") == true)
        let second = try #require(report.phones.first { $0.id == other })
        #expect(second.place.address?[.street] == "Musterweg" && !second.hasOwnAddress)
        let entry = try #require(try office.journal().last)
        #expect(entry.action == "emergency.place" && entry.subject == phone.text && entry.detail.contains("204"))
        try await office.run(SetEmergencyPlace(phone: phone.text, country: "", parts: [:]))
        #expect(office.store.snapshot.outside.emergency.ownPlace(of: phone).isEmpty)
    }

    @Test func `what nobody can be found by is refused`() async throws {
        let (office, phone) = try await office()
        for parts in [
            ["A3": "Berlin"], ["RD": "Weg"], ["A3": "Berlin", "RD": "a\u{202E}b"], ["A3": "B", "RD": "W", "XX": "1"],
        ] {
            let refusal = await office.refusal(SetEmergencyPlace(phone: phone.text, country: "DE", parts: parts))
            #expect(refusal?.problem.contains("no address") == true)
        }
        let gone = SetEmergencyPlace(phone: "0123456789abcdef", country: "DE", parts: Self.desk)
        #expect(await office.refusal(gone)?.problem.contains("does not exist") == true)
    }

    @Test func `those who help are only given a number that leads to somebody`() async throws {
        let (office, phone) = try await office()
        try await office.run(AddNumber(number: "+493012345", destination: nil))
        for number in ["+493012345", "+493099999"] {
            let refusal = await office.refusal(SetEmergencyCallback(number: number, phone: phone.text))
            #expect(refusal?.remedy.contains("ringfence number add") == true)
        }
        try await office.run(RouteNumber(number: "+493012345", destination: "101"))
        try await office.run(SetEmergencyCallback(number: "+493012345", phone: nil))
        #expect(office.store.snapshot.outside.emergency.place(of: phone).callback?.text == "+493012345")
    }

    @Test func `who is told is few, and whoever gets a number later is not among them`() async throws {
        let (office, _) = try await office()
        try await office.run(SetEmergencyNotice(extensions: ["102", "101"]))
        try await office.run(RemoveExtension(number: "102"))
        #expect(office.store.snapshot.outside.emergency.told.map(\.text) == ["101"])
    }

    @Test(arguments: ["112", "110", "911", "0112", "9911", "49112", "0049110", "030110"])
    func `a real number for help is no test number, however it is written`(number: String) async throws {
        let (office, _) = try await office()
        try await office.run(TrunkTests.login())
        let refusal = await office.refusal(SetEmergencyTrunk(trunk: "main", testNumber: number))
        #expect(refusal?.reason.contains("real number") == true)
    }

    @Test func `without a country nobody knows which numbers are real, so none is tried`() async throws {
        let office = try Office()
        try await office.run(TrunkTests.login())
        let refusal = await office.refusal(SetEmergencyTrunk(trunk: "main", testNumber: "933"))
        #expect(refusal?.remedy.contains("ringfence country home") == true)
    }

    @Test(arguments: [("+491701234567", false), ("+12025550100", false), ("+4930123456", true), ("933", true)])
    func `a test number is short, or at home and cheap`(number: String, isTaken: Bool) async throws {
        let (office, _) = try await office()
        try await office.run(TrunkTests.login())
        let refusal = await office.refusal(SetEmergencyTrunk(trunk: "main", testNumber: number))
        #expect((refusal == nil) == isTaken, "\(refusal?.reason ?? "")")
    }

    @Test func `who may not open where calls go chooses no test number, and sets the rest`() async throws {
        let (office, _) = try await office()
        try await office.run(TrunkTests.login())
        let administrator = Actor(name: "alice (uid 1001)", role: .administrator)
        let refusal = await office.refusal(SetEmergencyTrunk(trunk: "main", testNumber: "933"), by: administrator)
        #expect(refusal?.control == .roles)
        try await office.run(SetEmergencyTrunk(trunk: "main", takesLocation: true), by: administrator)
        try await office.run(SetEmergencyTrunk(trunk: "main", testNumber: "933"))
        try await office.run(SetEmergencyTrunk(trunk: "main", testNumber: ""), by: administrator)
        #expect(office.store.snapshot.outside.emergency.ways.values.allSatisfy { $0.testNumber == nil })
    }

    @Test func `a trunk that gets the name of one that is gone gets nothing of it`() async throws {
        let (office, _) = try await office()
        try await office.run(TrunkTests.login())
        try await office.run(SetEmergencyTrunk(trunk: "main", takesLocation: true, testNumber: "933"))
        try await office.run(RemoveTrunk(trunk: "main"))
        #expect(office.store.snapshot.outside.emergency.ways.isEmpty)
    }

    @Test func `all of it is there after a restart`() async throws {
        let (office, phone) = try await office()
        try await office.run(TrunkTests.login())
        try await office.run(SetEmergencyPlace(phone: phone.text, country: "DE", parts: Self.desk))
        try await office.run(SetEmergencyNotice(extensions: ["101"]))
        try await office.run(SetEmergencyTrunk(trunk: "main", takesLocation: true, testNumber: "933"))
        let before = office.store.snapshot.outside.emergency
        #expect(try office.store.storedSettings().outside.emergency == before)
    }
}

@Suite("Control emergency-calls: extensions and countries")
struct ReservedNumberTests {
    @Test func `no extension is added that has a number for help, and no country that takes one's number is home`()
        async throws
    {
        let office = try Office()
        #expect(await office.refusal(AddExtensions([NewExtension(number: "112")]))?.reason.contains("help") == true)
        try await office.add("15")
        #expect(await office.refusal(SetHome(region: "FR"))?.reason.contains("extension 15") == true)
        try await office.run(SetHome(region: "DE"))
        #expect(await office.refusal(AddExtensions([NewExtension(number: "110")])) != nil)
    }

    @Test func `nor one that takes the number of a group`() async throws {
        let office = try Office()
        try await office.add("201")
        var group = PutGroup(group: "desk")
        (group.members, group.number) = (["201"], "110")
        try await office.run(group)
        let refusal = await office.refusal(SetHome(region: "DE"))
        #expect(refusal?.reason.contains("group desk, 110,") == true)
        #expect(refusal?.remedy.contains("ringfence group change desk") == true)
        try await office.run(SetHome(region: "AT"))
    }
}

extension EmergencyTests {
    @Test func `what came of a try is kept for its trunk, and for no other`() async throws {
        let (office, _) = try await office()
        for name in ["main", "backup"] {
            try await office.run(TrunkTests.login(name))
            #expect(await office.refusal(TestEmergency(trunk: name))?.remedy.contains("--test NUMBER") == true)
            try await office.run(SetEmergencyTrunk(trunk: name, testNumber: "933"))
            try await office.run(TestEmergency(trunk: name))
        }
        let ways = try await office.run(ShowEmergency()).trunks
        #expect(ways.map(\.way.lastTest?.passed) == [false, true] && ways.map(\.trunk.text) == ["backup", "main"])
        #expect(try office.journal().last?.action == "emergency.test")
        try await office.run(SetEmergencyTrunk(trunk: "main", testNumber: "934"))
        #expect(try await office.run(ShowEmergency()).trunks.last?.way.lastTest == nil, "another number is not proven")
    }

    @Test func `a number that became a real one is not tried any more`() async throws {
        let office = try Office()
        try await office.run(SetHome(region: "DE"))
        try await office.run(TrunkTests.login())
        try await office.run(SetEmergencyTrunk(trunk: "main", testNumber: "933"))
        try await office.run(SetHome(region: "TO"))
        #expect(await office.refusal(TestEmergency(trunk: "main"))?.reason.contains("real number") == true)
    }
}
