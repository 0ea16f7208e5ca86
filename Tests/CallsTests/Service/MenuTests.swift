// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("Menus: a caller presses a key, and rings there")
struct MenuTests {
    /// A number of the business leads to menu `main`: 1 is 103, 2 group `sales`, 3 the mailbox of 104, 4 menu `office`, 9 goodbye.
    private struct Scene {
        var routing: RoutingScene
        private(set) var answer: Message?

        init(dialsExtensions: Bool = false, then fallback: String = "goodbye", office: String = "1=105") throws {
            // Whatever there is to open is open: it is the menu that leads to nobody outside.
            routing = try RoutingScene { dialing, _ in dialing.rights.onwardClasses = [.geographic, .mobile] }
            let keys = ["1=103", "2=group sales", "3=mailbox 104", "4=menu office", "9=goodbye"]
            routing.apply([
                .route(.putMenu(try Self.menu("main", keys, dialsExtensions, fallback, number: "710"))),
                .route(.putMenu(try Self.menu("office", [office], false, "goodbye"))),
                .own(try OutsideScene.number(RoutingScene.number, "menu main")),
            ])
            try keepMessages("104")
        }

        static func menu(
            _ name: String,
            _ keys: [String],
            _ dialsExtensions: Bool,
            _ fallback: String,
            number: String? = nil
        ) throws -> VoiceMenu {
            var menu = VoiceMenu(
                name: try #require(ShortName(parsing: name)),
                number: number.flatMap { ExtensionNumber(parsing: $0) },
                dialsExtensions: dialsExtensions,
                fallback: try #require(VoiceMenu.Target(parsing: fallback)),
                createdAt: WallTime(milliseconds: 0)
            )
            for each in keys {
                let parts = each.split(separator: "=")
                let target: VoiceMenu.Target = try #require(VoiceMenu.Target(parsing: parts[1]))
                menu[try #require(MenuKey(parsing: parts[0]))] = target
            }
            return menu
        }

        mutating func keepMessages(_ number: String) throws {
            let origin = SettingOrigin(by: "test", at: WallTime(milliseconds: 0))
            let number = try #require(ExtensionNumber(parsing: number))
            routing.apply([.route(.keepMessages(number, Mailbox(by: origin)))])
        }

        /// Somebody outside calls, and is in the menu.
        mutating func enter(from source: String = "+4940555123", _ callID: String = "menu-1") throws {
            let heard = routing.bring(callID, from: source)
            let answer = try #require(heard.last)
            #expect(answer.status == 200)
            let ack = routing.outside.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
            routing.outside.office.deliver(ack, on: routing.outside.provider.flow)
            self.answer = answer
        }

        var relay: RelayID {
            get throws {
                for case .open(let id, _, .studio) in routing.outside.office.media.reversed() { return id }
                throw Failure.noStudio
            }
        }

        enum Failure: Error { case noStudio }

        mutating func tell(_ news: VoiceNews) throws { routing.outside.office.voice([(try relay, news)]) }

        mutating func hearOut() throws {
            for case .say(_, _, let number) in routing.outside.office.voice.reversed() {
                return try tell(.said(number))
            }
        }

        mutating func press(_ keys: String) throws {
            for key in keys {
                routing.outside.office.wait(.milliseconds(150))
                try tell(.pressed(try #require(PhoneKey(key))))
            }
        }

        var words: [Utterance] {
            for case .say(_, let words, _) in routing.outside.office.voice.reversed() { return words }
            return []
        }

        var isEnded: Bool {
            if case .end? = routing.outside.office.voice.last { true } else { false }
        }

        /// What the caller is told after a phone has picked up: a new offer for the same dialog.
        mutating func connect(_ number: String) throws -> Message {
            try routing.say(number, 200)
            return try #require(routing.heard().last { $0.method == .invite })
        }

        mutating func calls() -> [CallSummary] { routing.outside.office.switchboard.calls() }
    }

    @Test func `a key rings an extension, who picks up talks to the caller, and the studio is out of it`() throws {
        var scene = try Scene()
        try scene.enter()
        guard case .recorded(.menu(let name), let words)? = scene.words.first else {
            Issue.record("the menu says nothing")
            return
        }
        #expect(name.text == "main" && words.contains(.digits("103")) && words.contains(.phrase(.press)))
        #expect(scene.routing.look().rings.isEmpty, "nobody rings before a key")
        try scene.press("1")
        #expect(scene.words == [.ringback])
        #expect(scene.routing.look().rings == ["103"])
        let offered = try #require(scene.routing.invites["103"])
        #expect(offered.text(.from).contains("+4940555123"), "the phone shows who calls")
        try scene.hearOut()
        #expect(scene.words == [.ringback], "it rings on")
        let offer = try scene.connect("103")
        #expect(scene.isEnded)
        #expect(offer.bodyText.contains("RTP/SAVP 0 101\r\n") || offer.bodyText.contains("RTP/SAVP 0"))
        scene.routing.outside.office.deliver(
            scene.routing.outside.provider.answer(offer, 200, sdp: SDP.answer(to: offer)),
            on: scene.routing.outside.provider.flow
        )
        #expect(scene.calls().count == 1)
        guard
            case .update(let id, .b, .network)? = scene.routing.outside.office.media.last(where: {
                if case .update(_, .b, _) = $0 { true } else { false }
            })
        else {
            Issue.record("the phone is not at the end of the relay")
            return
        }
        #expect(try id == scene.relay)
        let record = scene.routing.outside.office.records.last { $0.callee?.text == "103" }
        #expect(record?.outcome == .answered && record?.path.map(\.text) == ["menu:main chosen 103"])
        #expect(scene.routing.record?.callee?.text == "menu:main" && scene.routing.record?.endedAt != nil)
        #expect(scene.routing.outside.office.census().reports.count == 1, "one relay, and none is left behind")
    }

    @Test func `a group rings by its key, and who hangs up meanwhile lets it stop`() throws {
        var scene = try Scene()
        try scene.enter()
        try scene.press("2")
        #expect(scene.routing.look().rings == ["102", "103", "104"])
        let answer = try #require(scene.answer)
        let bye = scene.routing.outside.provider.inDialog("BYE", of: answer)
        scene.routing.outside.office.deliver(bye, on: scene.routing.outside.provider.flow)
        #expect(scene.routing.look().stops == ["102", "103", "104"])
        #expect(scene.calls().isEmpty && scene.isEnded)
    }

    @Test func `nobody takes the call: the mailbox of whom it rang at takes a message, without one it says goodbye`()
        throws
    {
        var scene = try Scene()
        try scene.keepMessages("103")
        try scene.enter()
        try scene.press("1")
        _ = scene.routing.look()
        try scene.routing.say("103", 486)
        #expect(scene.words.last == .tone && scene.words.contains(.phrase(.leaveMessage)))
        try scene.hearOut()
        guard case .record(_, let draft)? = scene.routing.outside.office.voice.last else {
            Issue.record("nothing is recorded")
            return
        }
        #expect(draft.mailbox.text == "103" && draft.caller.text == "+4940555123")

        var other = try Scene()
        try other.enter()
        try other.press("1")
        _ = other.routing.look()
        try other.routing.say("103", 480)
        #expect(other.words == [.phrase(.nobodyAvailable), .phrase(.goodbye)])
        try other.hearOut()
        #expect(other.calls().isEmpty)
        #expect(other.routing.heard().map(\.method) == [.bye])
    }

    @Test func `keys lead to a mailbox, to another menu, and to goodbye`() throws {
        var scene = try Scene()
        try scene.enter()
        try scene.press("3")
        #expect(scene.words.last == .tone)
        var other = try Scene()
        try other.enter()
        try other.press("4")
        try other.press("1")
        #expect(other.routing.look().rings == ["105"])
        #expect(other.routing.record?.path.map(\.text).contains("menu:main chosen menu:office") == true)
        var last = try Scene()
        try last.enter()
        try last.press("9")
        #expect(last.words == [.phrase(.goodbye)])
        try last.hearOut()
        #expect(last.calls().isEmpty)
    }

    @Test func `three times nothing, or nothing that there is, and the fallback takes the call`() throws {
        var scene = try Scene(then: "106")
        try scene.enter()
        try scene.press("7")
        #expect(scene.words.first == .phrase(.invalid))
        try scene.hearOut()
        scene.routing.wait(11)
        try scene.press("0")
        #expect(scene.routing.look().rings == ["106"])
        // Where nobody is: there is no second round.
        try scene.routing.say("106", 480)
        #expect(scene.words == [.phrase(.nobodyAvailable), .phrase(.goodbye)])
    }

    @Test func `menus that lead to each other end, and so does who stays`() throws {
        var scene = try Scene(office: "1=menu main")
        try scene.enter()
        for key in String(repeating: "41", count: 7) where !scene.calls().isEmpty { try scene.press(String(key)) }
        #expect(scene.calls().isEmpty)
        var other = try Scene()
        try other.enter()
        other.routing.outside.pass(seconds: 601)
        #expect(other.calls().isEmpty)
    }

    @Test
    func `extensions are dialled only where the menu says so, and what does not exist sounds as what is not to be had`()
        throws
    {
        var closed = try Scene()
        try closed.enter()
        try closed.press("105")
        #expect(closed.routing.look().rings == ["103"], "the first digit is a key")
        var scene = try Scene(dialsExtensions: true)
        let number = try #require(ExtensionNumber(parsing: "105"))
        var off = try #require(scene.routing.outside.office.snapshot.extensions[number])
        off.isEnabled = false
        scene.routing.outside.office.apply([.put(off)])
        try scene.enter()
        try scene.press("105#")
        let disabled = scene.words
        try scene.press("987#")
        #expect(scene.words == disabled && disabled.first == .phrase(.invalid))
        try scene.press("999999")
        #expect(scene.words == [.phrase(.goodbye)], "three tries, in all menus together")
        var right = try Scene(dialsExtensions: true)
        try right.enter()
        try right.press("106")
        right.routing.wait(4)
        #expect(right.routing.look().rings == ["106"])
        var key = try Scene(dialsExtensions: true)
        try key.enter()
        try key.press("1")
        #expect(key.routing.look().rings.isEmpty, "it may be the beginning of an extension")
        key.routing.wait(4)
        #expect(key.routing.look().rings == ["103"])
    }

    @Test func `T05 no key of a menu gets who calls from outside a line to the outside`() throws {
        for keys in ["0049040555123#", "+49", "9", "*43", "*21*0049040555123#", "112#", "999999#", "#0049"] {
            var scene = try Scene(dialsExtensions: true)
            try scene.enter()
            try scene.press(keys.filter { PhoneKey($0) != nil })
            scene.routing.wait(5)
            let sent = scene.routing.heard()
            #expect(!sent.contains { $0.method == .invite }, "\(keys)")
            #expect(
                scene.routing.outside.office.records.allSatisfy { $0.charges.isEmpty && $0.callee?.isOutside != true }
            )
        }
        #expect(VoiceMenu.Target(parsing: "+4940555123") == nil, "there is no value for it")
        #expect(VoiceMenu.Target(parsing: "00494055512") == nil)
    }

    @Test(arguments: [ForwardSettings.Occasion.always, .busy, .noAnswer])
    func `T05 a forward to the outside is not followed by a call that came by a menu`(
        occasion: ForwardSettings.Occasion
    ) throws {
        var scene = try Scene()
        try scene.routing.forward("103", [occasion: "+4940555999"])
        try scene.enter()
        try scene.press("1")
        _ = scene.routing.look()
        if occasion == .busy { try scene.routing.say("103", 486) }
        if occasion == .noAnswer { scene.routing.outside.pass(seconds: 21) }
        _ = scene.routing.look()
        scene.routing.wait(1)
        #expect(!scene.routing.heard().contains { $0.method == .invite })
        #expect(scene.words == [.phrase(.nobodyAvailable), .phrase(.goodbye)])
        #expect(scene.routing.outside.office.records.allSatisfy { $0.charges.isEmpty })
        // Who is called straight is forwarded as ever: it is the menu that makes the difference.
        var straight = try RoutingScene { dialing, _ in dialing.rights.onwardClasses = [.geographic, .mobile] }
        try straight.forward("103", [.always: "+4940555999"])
        straight.apply([.own(try OutsideScene.number(RoutingScene.number, "103"))])
        let heard = straight.bring() + straight.heard()
        #expect(heard.contains { $0.method == .invite })
    }

    @Test func `T07 a phone that redirects a call of a menu to the outside is not followed`() throws {
        var scene = try Scene()
        try scene.routing.forward("103", [:])
        try scene.enter()
        try scene.press("1")
        _ = scene.routing.look()
        let (phone, invite) = (
            try #require(scene.routing.phones["103"]), try #require(scene.routing.invites["103"])
        )
        let moved = phone.moved(invite, to: "<sip:+4940555999@\(Office.domain)>")
        scene.routing.outside.office.deliver(moved, on: phone.flow)
        #expect(!scene.routing.heard().contains { $0.method == .invite })
        #expect(scene.routing.outside.office.records.allSatisfy { $0.charges.isEmpty })
    }

    @Test func `a phone of the business dials the menu's number, and is not transferred there`() throws {
        var scene = try Scene()
        let heard = try scene.routing.outside.dial("710")
        #expect(heard.last?.status == 200)
        try scene.routing.outside.acknowledge(try #require(heard.last))
        try scene.press("1")
        #expect(scene.routing.look().rings == ["103"])
    }

    @Test func `a menu that changes ends nobody's talk`() throws {
        var scene = try Scene()
        try scene.enter()
        try scene.press("1")
        _ = scene.routing.look()
        let offer = try scene.connect("103")
        let answer = scene.routing.outside.provider.answer(offer, 200, sdp: SDP.answer(to: offer))
        scene.routing.outside.office.deliver(answer, on: scene.routing.outside.provider.flow)
        scene.routing.apply([.route(.putMenu(try Scene.menu("main", [], false, "goodbye")))])
        #expect(scene.calls().count == 1)
    }

    @Test func `a group that nobody answers leads to a menu`() throws {
        var scene = try Scene()
        let group = try RoutingScene.group(.all, ["102"], 10, "menu main")
        scene.routing.apply([
            .route(.putGroup(group)), .own(try OutsideScene.number(RoutingScene.number, "group sales")),
        ])
        _ = scene.routing.bring()
        #expect(scene.routing.look().rings == ["102"])
        scene.routing.wait(11)
        #expect(scene.routing.look().stops == ["102"])
        let answer = try #require(scene.routing.heard().last)
        #expect(answer.status == 200)
        let ack = scene.routing.outside.provider.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        scene.routing.outside.office.deliver(ack, on: scene.routing.outside.provider.flow)
        try scene.press("1")
        #expect(scene.routing.look().rings == ["103"])
        #expect(scene.routing.way.contains("group:sales nobody menu:main"))
    }

    @Test func `who is blocked at an extension does not ring it by a menu either`() throws {
        var scene = try Scene()
        var list = BlockList.none
        let isIn = list.add(.number(try #require(PhoneNumber(parsing: "+4940555123"))))
        #expect(isIn)
        let number = try #require(ExtensionNumber(parsing: "103"))
        scene.routing.apply([.route(.block(list, of: number))])
        try scene.enter()
        try scene.press("1")
        #expect(scene.routing.look().rings.isEmpty)
        #expect(scene.words == [.phrase(.nobodyAvailable), .phrase(.goodbye)])
    }
}
