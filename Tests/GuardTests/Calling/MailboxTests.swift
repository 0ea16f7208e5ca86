// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("Control voicemail-pins")
struct MailboxTests {
    private static func refusal(_ pin: String) throws -> Refusal? {
        let office = try Snapshot.office([.numbered("4711")], devices: [])
        return PINRules.refusal(of: Redacted(pin), for: try .parsed("4711"), in: office)
    }

    @Test(arguments: [
        "12345", "1234567890123", "48151a", "", "４８１５１６", "111111", "121212", "123123", "123321", "112211", "123456",
        "345678",
        "987654", "246824", "147258", "159357", "258369", "199019", "241290", "122490", "901224", "471193", "934711",
        "195119", "112233", "696969",
        "01021990", "111122", "147896",
    ])
    func `W01 a PIN that is tried first is refused`(pin: String) throws {
        let refusal = try #require(try Self.refusal(pin))
        #expect(!"\(refusal)".contains(pin) || pin.isEmpty)
    }

    @Test(arguments: ["481516", "702938", "9081726354", "620947"])
    func `another one is taken`(pin: String) throws { #expect(try Self.refusal(pin) == nil) }

    @Test func `those that are made are good, and differ`() throws {
        let office = try Snapshot.office([.numbered("101")], devices: [])
        var seen: Set<String> = []
        for _ in 0..<500 {
            let pin = PINRules.generate(
                for: try .parsed("101"),
                in: office,
                using: Entropy { UInt64.random(in: .min ... .max) }
            )
            #expect(PINRules.refusal(of: pin, for: try .parsed("101"), in: office) == nil)
            seen.insert(pin.reveal { copy $0 })
        }
        #expect(seen.count > 480)
    }

    @Test func `W01 ten wrong ones make a mailbox wait, longer each time, and its owner no longer than an hour`() throws
    {
        var gate = PINGate()
        let number = PINDoor.mailbox(try .parsed("101"))
        for count in 1...10 {
            #expect(gate.standing(of: number, at: at(0)) == .isOpen)
            let isLocked = gate.fail(number, at: at(0))
            #expect(isLocked == (count == 10))
        }
        #expect(gate.standing(of: number, at: at(0)) == .waits(.seconds(60)))
        #expect(gate.standing(of: number, at: at(61)) == .isOpen)
        let isLockedAgain = gate.fail(number, at: at(61))
        #expect(!isLockedAgain)
        #expect(gate.standing(of: number, at: at(62)) == .waits(.seconds(119)))
        for step in 1...20 { _ = gate.fail(number, at: at(61 + Double(step))) }
        #expect(gate.standing(of: number, at: at(81)) == .waits(.seconds(3_600)))
        #expect(gate.standing(of: number, at: at(81 + 3_601)) == .isOpen)
        #expect(gate.standing(of: .mailbox(try .parsed("102")), at: at(81)) == .isOpen)
        gate.succeed(number)
        #expect(gate.standing(of: number, at: at(82)) == .isOpen)
    }

    @Test func `W01 a PIN that nobody compared does not count`() throws {
        var gate = PINGate()
        let number = PINDoor.mailbox(try .parsed("101"))
        for _ in 1...9 { _ = gate.fail(number, at: at(0)) }
        for _ in 1...20 {
            _ = gate.fail(number, at: at(0))
            gate.takeBack(number)
        }
        #expect(gate.standing(of: number, at: at(0)) == .isOpen)
        let isLocked = gate.fail(number, at: at(0))
        #expect(isLocked)
    }

    @Test func `W01 who tries one PIN at many mailboxes is noticed once an hour`() throws {
        var gate = PINGate()
        var told: [Int] = []
        for number in 0..<20 {
            _ = gate.fail(.mailbox(try .parsed("\(200 + number)")), at: at(Double(number)))
            if gate.tellsSpray(at: at(Double(number))) { told.append(number) }
        }
        #expect(told == [4])
        let isToldAgain = gate.tellsSpray(at: at(3_590))
        #expect(!isToldAgain)
    }

    @Test func `W01 who guesses at a room keeps nobody else out of it`() throws {
        var gate = PINGate()
        let (room, number) = (try #require(ShortName(parsing: "board")), try ExtensionNumber.parsed("101"))
        for _ in 1...10 { _ = gate.fail(.room(room, by: number), at: at(0)) }
        for _ in 1...10 { _ = gate.fail(.room(room, by: nil), at: at(0)) }
        #expect(gate.standing(of: .room(room, by: number), at: at(0)) == .waits(.seconds(60)))
        #expect(gate.standing(of: .room(room, by: nil), at: at(0)) == .waits(.seconds(60)))
        #expect(gate.standing(of: .room(room, by: try .parsed("102")), at: at(0)) == .isOpen)
        #expect(gate.standing(of: .mailbox(number), at: at(0)) == .isOpen)
        gate.forget(room: room)
        #expect(gate.standing(of: .room(room, by: nil), at: at(0)) == .isOpen)
    }
}
