// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("Conference rooms: a PIN, a moderator, and nobody who was not heard coming")
struct RoomTests {
    /// Room `board` at 720; 101 to 106 have phones.
    private struct Scene {
        var routing: RoutingScene
        private var relays: [String: RelayID] = [:]
        private var dialogs: [String: Message] = [:]

        init(moderator: String? = nil, members: Int = 10, isOpenOutside: Bool = false) throws {
            routing = try RoutingScene()
            try put(moderator: moderator, members: members, isOpenOutside: isOpenOutside)
        }

        var office: Office {
            get { routing.outside.office }
            _modify { yield &routing.outside.office }
        }

        mutating func put(
            moderator: String? = nil,
            members: Int = 10,
            isOpenOutside: Bool = false,
            since: Int64 = 0
        ) throws {
            let room = ConferenceRoom(
                name: try #require(ShortName(parsing: "board")),
                number: try #require(ExtensionNumber(parsing: "720")),
                moderator: moderator.flatMap { ExtensionNumber(parsing: $0) },
                members: members,
                isOpenOutside: isOpenOutside,
                pin: Redacted("hash"),
                since: WallTime(milliseconds: since),
                createdAt: WallTime(milliseconds: 0)
            )
            routing.apply([.route(.putRoom(room))])
        }

        /// A phone dials the room, and is asked for the PIN.
        mutating func dial(_ number: String) throws {
            var phone = try #require(routing.phones[number])
            let heard = try phone.call(&office, "720", callID: "room-\(number)-\(relays.count)")
            routing.phones[number] = phone
            let answer = try #require(heard.last { $0.status == 200 }, "\(heard.last?.status ?? 0)")
            office.deliver(phone.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: phone.flow)
            dialogs[number] = answer
            try note(number)
        }

        func relay(of number: String) throws -> RelayID { try #require(relays[number]) }

        mutating func note(_ number: String) throws {
            for case .open(let id, _, .studio) in office.media.reversed() {
                relays[number] = id
                return
            }
            Issue.record("no studio")
        }

        mutating func enter(_ number: String, _ answer: MailboxAnswer = .done) throws {
            try dial(number)
            try type("481516", number)
            try reply(answer)
        }

        mutating func type(_ digits: String, _ number: String) throws {
            let relay = try #require(relays[number])
            for key in digits + "#" {
                office.wait(.milliseconds(150))
                office.voice([(relay, .pressed(try #require(PhoneKey(key))))])
            }
        }

        mutating func reply(_ answer: MailboxAnswer) throws {
            let ticket = try #require(ask?.1)
            office.answer(ticket, answer)
        }

        mutating func hearOut(_ number: String) throws {
            let relay = try #require(relays[number])
            for case .say(relay, _, let saying) in office.voice.reversed() {
                return office.voice([(relay, .said(saying))])
            }
        }

        mutating func hangUp(_ number: String) throws {
            var phone = try #require(routing.phones[number])
            let answer = try #require(dialogs[number])
            office.deliver(phone.inDialog("BYE", of: answer), on: phone.flow)
        }

        var ask: (MailboxAsk, Ticket)? {
            for case .ask(let ask, let ticket) in office.voice.reversed() { return (ask, ticket) }
            return nil
        }

        func words(to number: String) -> [Utterance] {
            for case .say(relays[number], let words, _) in office.voice.reversed() { return words }
            return []
        }

        /// Who was let in, in which conference.
        var joined: [String: ConferenceID] {
            var all: [String: ConferenceID] = [:]
            for case .join(let relay, let conference) in office.voice {
                for (number, id) in relays where id == relay { all[number] = conference }
            }
            return all
        }

        func isEnded(_ number: String) -> Bool {
            guard let flow = routing.phones[number]?.flow else { return false }
            return office.peek(on: flow).contains { $0.method == .bye }
        }

        /// Lets time pass while phones answer that they are still there.
        mutating func pass(seconds: Int) {
            for _ in 0..<seconds {
                office.wait(.seconds(1))
                for phone in routing.phones.values {
                    for request in office.peek(on: phone.flow) where request.method == .options {
                        office.deliver(phone.answer(request, 200), on: phone.flow)
                    }
                    office.discard(.options, on: phone.flow)
                }
            }
        }
    }

    @Test func `who knows the PIN talks with all who are there, and each has a record`() throws {
        var scene = try Scene()
        try scene.enter("101")
        guard case .open(let name, let pin)? = scene.ask?.0.what else {
            Issue.record("nobody asked for the PIN")
            return
        }
        let digits = pin.reveal { copy $0 }
        #expect(name.text == "board" && digits == "481516")
        #expect(scene.ask?.0.caller.text == "101" && scene.ask?.0.mailbox.text == "720")
        #expect(scene.words(to: "101") == [.phrase(.aloneInRoom)])
        try scene.enter("103")
        try scene.enter("104")
        #expect(scene.joined.keys.sorted() == ["101", "103", "104"] && Set(scene.joined.values).count == 1)
        #expect(scene.words(to: "104") == [.phrase(.enterRoomPIN)], "whoever comes to others hears them")
        #expect(scene.office.switchboard.calls().count == 3)
        try scene.hangUp("101")
        #expect(scene.office.record()?.callee?.text == "room:board" && scene.office.record()?.caller.text == "101")
        #expect(!scene.isEnded("103"))
        #expect(scene.office.switchboard.calls().count == 2)
    }

    @Test func `W01 three wrong PINs end the call, and nothing of the room is heard`() throws {
        var scene = try Scene()
        try scene.enter("101")
        try scene.enter("103", .wrong)
        #expect(scene.words(to: "103") == [.phrase(.wrongRoomPIN), .phrase(.enterRoomPIN)])
        for _ in 0..<2 {
            try scene.type("481517", "103")
            try scene.reply(.wrong)
        }
        #expect(scene.words(to: "103") == [.phrase(.wrongRoomPIN), .phrase(.goodbye)])
        try scene.hearOut("103")
        #expect(scene.isEnded("103") && scene.joined.keys.sorted() == ["101"])
        // Who has to wait hears the same.
        try scene.enter("104", .waits)
        #expect(scene.words(to: "104") == [.phrase(.wrongRoomPIN), .phrase(.enterRoomPIN)])
        for _ in 0..<2 {
            try scene.type("481517", "104")
            try scene.reply(.waits)
        }
        #expect(scene.words(to: "104") == [.phrase(.wrongRoomPIN), .phrase(.goodbye)])
        #expect(scene.joined.keys.sorted() == ["101"])
    }

    @Test func `who says nothing at the door goes, and who came by no dialling does not come`() throws {
        var scene = try Scene()
        try scene.dial("101")
        try scene.hearOut("101")
        scene.pass(seconds: 9)
        #expect(scene.words(to: "101") == [.phrase(.goodbye)])
        // Nor does who presses keys for ever stay there.
        try scene.dial("103")
        let relay = try scene.relay(of: "103")
        for _ in 0..<30 {
            scene.pass(seconds: 5)
            scene.office.voice([(relay, .pressed(try #require(PhoneKey("*"))))])
        }
        #expect(scene.isEnded("103"))
        let room = CallService.room(try #require(ShortName(parsing: "board")))
        #expect(CallService(dialled: room.code) == nil && CallService(parsing: room.code) == room)
    }

    @Test func `others wait for the moderator, and a minute after they left it is over`() throws {
        var scene = try Scene(moderator: "102")
        try scene.enter("101")
        #expect(scene.joined.isEmpty && scene.words(to: "101") == [.phrase(.awaitModerator)])
        try scene.hearOut("101")
        try scene.enter("102")
        #expect(scene.joined.keys.sorted() == ["101", "102"] && scene.words(to: "101").isEmpty == false)
        try scene.enter("103")
        #expect(scene.joined.keys.sorted() == ["101", "102", "103"])
        try scene.hangUp("102")
        scene.pass(seconds: 58)
        #expect(scene.words(to: "101") != [.phrase(.moderatorLeft), .phrase(.goodbye)])
        scene.pass(seconds: 3)
        for number in ["101", "103"] {
            #expect(scene.words(to: number) == [.phrase(.moderatorLeft), .phrase(.goodbye)])
            try scene.hearOut(number)
            #expect(scene.isEnded(number))
        }
    }

    @Test func `a moderator who comes back in time goes on`() throws {
        var scene = try Scene(moderator: "102")
        try scene.enter("102")
        try scene.enter("101")
        try scene.hangUp("102")
        scene.pass(seconds: 30)
        try scene.enter("102")
        scene.pass(seconds: 90)
        #expect(!scene.isEnded("101") && scene.office.switchboard.calls().count == 2)
    }

    @Test func `a room takes no more than it is told, and keeps a place for its moderator`() throws {
        var scene = try Scene(moderator: "102", members: 3)
        try scene.enter("101")
        try scene.enter("103")
        try scene.enter("104")
        #expect(scene.words(to: "104") == [.phrase(.roomFull), .phrase(.goodbye)])
        try scene.enter("102")
        #expect(scene.joined.keys.sorted() == ["101", "102", "103"])
    }

    @Test func `a new PIN, and the end of the room, end the calls in it, and an operator ends one`() throws {
        var scene = try Scene()
        try scene.enter("101")
        try scene.put(since: 5)
        #expect(scene.isEnded("101"))
        try scene.enter("103")
        let call = try #require(scene.office.switchboard.calls().first)
        let id = call.record.id
        let isOver = scene.office.endCall(id)
        #expect(isOver && scene.isEnded("103"))
        try scene.enter("104")
        scene.routing.apply([.route(.removeRoom(try #require(ShortName(parsing: "board"))))])
        #expect(scene.isEnded("104") && scene.office.switchboard.calls().isEmpty)
    }

    @Test func `W01 nobody outside gets to a room before it is opened to them`() throws {
        var scene = try Scene()
        scene.routing.apply([.own(try OutsideScene.number(RoutingScene.number, "room board"))])
        let refused = scene.routing.bring("in-1").last?.status
        #expect(refused == 480)
        try scene.put(isOpenOutside: true)
        let heard = try #require(scene.routing.bring("in-2").last)
        #expect(heard.status == 200)
        try scene.note("outside")
        try scene.type("481516", "outside")
        #expect(scene.ask?.0.caller.isOutside == true)
        try scene.reply(.done)
        #expect(scene.joined.keys.sorted() == ["outside"])
        try scene.put()
        #expect(scene.office.switchboard.calls().isEmpty, "closed again, they are out")
    }
}
