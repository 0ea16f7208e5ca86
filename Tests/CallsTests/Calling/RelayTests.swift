// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

/// 101 has two lines: one to 102 and one to 103.
private struct Lines {
    var office: Office
    var own: Phone
    var first: Phone
    var second: Phone
    let voices: [Voice]
    /// The 200 of each call, as 101 got it.
    private(set) var answers: [Message] = []
    /// The INVITE that reached who was called last.
    private(set) var invite: Message?

    init(relays: Int = 16) throws {
        office = try Office(relays: relays)
        own = try Phone("phone-101-000001", in: &office)
        first = try Phone("phone-102-000001", in: &office)
        second = try Phone("phone-103-000001", in: &office)
        try own.register(&office)
        try first.register(&office)
        try second.register(&office)
        voices = try (1...6).map { try Voice($0) }
    }

    /// Where the lines' packets come from: 101's first and second line, and who is called on each.
    var mine: Voice { voices[0] }
    var mineToo: Voice { voices[1] }
    var bob: Voice { voices[2] }
    var carol: Voice { voices[3] }

    /// - Parameters:
    ///   - line: 0 or 1.
    ///   - isLate: 101 leaves the offer to us, and answers it when the test says so.
    mutating func call(_ line: Int, isLate: Bool = false) throws {
        let (phone, voice) = line == 0 ? (first, bob) : (second, carol)
        _ = try own.ask(
            &office,
            "INVITE",
            to: "sip:\(phone.number)@\(Office.domain)",
            callID: "line-\(line)",
            tag: "line-\(line)",
            extra: ["Contact: <\(own.contact)>"],
            body: isLate ? "" : voices[line].offer()
        )
        let invite = try #require(office.received(on: phone.flow).last)
        self.invite = invite
        office.deliver(phone.answer(invite, 200, sdp: voice.answer(to: invite)), on: phone.flow)
        _ = office.received(on: phone.flow)
        let answer = try #require(office.received(on: own.flow).last { $0.status == 200 })
        answers.append(answer)
        if !isLate { try acknowledge(line) }
    }

    mutating func acknowledge(_ line: Int, with sdp: String = "") throws {
        let number = try answers[line].cseq().number
        office.deliver(own.inDialog("ACK", of: answers[line], sequence: number, sdp: sdp), on: own.flow)
    }

    /// How the dialog of a line is named in Replaces, as 101 sees it.
    func replaces(_ line: Int) -> String {
        let tags = { (name: HeaderName) in answers[line].text(name).components(";tag=").last ?? "" }
        return "line-\(line)%3Bto-tag%3D\(tags(.to))%3Bfrom-tag%3D\(tags(.from))"
    }

    /// 101 connects who is on one line with who is on the other; what it is told first.
    mutating func transfer(_ line: Int, to other: Int) -> Int? {
        let number = other == 0 ? "102" : "103"
        let target = "<sip:\(number)@\(Office.domain)?Replaces=\(replaces(other))>"
        office.deliver(own.inDialog("REFER", of: answers[line], extra: ["Refer-To: \(target)"]), on: own.flow)
        return office.received(on: own.flow).first?.status
    }

    mutating func hangUp() {
        for answer in answers { office.deliver(own.inDialog("BYE", of: answer), on: own.flow) }
    }

    func hears(_ voice: Voice) throws -> SocketAddress? { try office.listeners(to: voice) }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}

@Suite("Control media-source: a call and its relay")
struct RelayTests {
    @Test(arguments: [(0, 1), (1, 0)])
    func `a call whose phone owes an answer to our offer is not transferred, and leaves no relay`(
        transferred: Int,
        consulted: Int
    ) throws {
        var lines = try Lines()
        try lines.call(0, isLate: true)
        try lines.call(1)
        #expect(lines.office.relays.count == 1)
        #expect(lines.transfer(transferred, to: consulted) == 491)
        #expect(lines.office.switchboard.calls().count == 2)
        #expect(try lines.hears(lines.carol) == lines.mineToo.address)
        // Once it is settled, it may.
        try lines.acknowledge(0, with: lines.mine.answer(to: lines.answers[0]))
        #expect(lines.office.relays.count == 2)
        #expect(lines.transfer(transferred, to: consulted) == 202)
        #expect(lines.office.relays.count == 1)
        for call in lines.office.switchboard.calls() { _ = lines.office.endCall(call.record.id) }
        #expect(lines.office.relays.count == 0)
    }

    @Test func `a call that is not settled goes to no other phone by Replaces either`() throws {
        var lines = try Lines()
        try lines.call(0, isLate: true)
        var other = try Phone("phone-102-000002", in: &lines.office)
        try other.register(&lines.office)
        let dialog = lines.answers[0]
        let tags = [dialog.text(.to), dialog.text(.from)].map { $0.components(";tag=").last ?? "" }
        let heard = try other.ask(
            &lines.office,
            "INVITE",
            to: "sip:101@\(Office.domain)",
            callID: "seat",
            extra: [
                "Contact: <\(other.contact)>", "Replaces: line-0;to-tag=\(tags[0]);from-tag=\(tags[1])",
            ],
            body: lines.voices[4].offer()
        )
        #expect(heard.last?.status == 491 || heard.last?.status == 403)
        lines.hangUp()
        #expect(lines.office.relays.count == 0)
    }

    @Test func `who transferred hears and says nothing from that turn on, though the new partner never answers`() throws
    {
        var lines = try Lines()
        try lines.call(0)
        try lines.call(1)
        for voice in lines.voices.prefix(4) { _ = try lines.hears(voice) }
        #expect(lines.transfer(0, to: 1) == 202)
        #expect(try lines.hears(lines.mine) == nil && lines.hears(lines.mineToo) == nil)
        let left = [lines.mine.address, lines.mineToo.address]
        for voice in [lines.bob, lines.carol] {
            let hearer = try #require(try lines.hears(voice))
            #expect(!left.contains(hearer))
        }
        // An accomplice is told of its new partner and rings for ever.
        for _ in 0..<40 {
            lines.office.wait(.seconds(1))
            for phone in [lines.first, lines.second] {
                for asked in lines.office.received(on: phone.flow) where asked.method == .invite {
                    lines.office.deliver(phone.answer(asked, 180), on: phone.flow)
                }
            }
        }
        #expect(lines.office.switchboard.calls().isEmpty && lines.office.relays.count == 0)
        #expect(lines.office.records.last { $0.outcome == .answered }?.reason.contains("in time") == true)
    }

    @Test func `nothing of a re-INVITE that only ever rings stays behind`() throws {
        var lines = try Lines()
        try lines.call(0)
        try lines.call(1)
        #expect(lines.transfer(0, to: 1) == 202)
        for phone in [lines.first, lines.second] {
            for asked in lines.office.received(on: phone.flow) where asked.method == .invite {
                lines.office.deliver(phone.answer(asked, 180), on: phone.flow)
            }
        }
        for _ in 0..<4 {
            lines.office.wait(.seconds(40))
            for phone in [lines.own, lines.first, lines.second] {
                for asked in lines.office.received(on: phone.flow) where asked.method != .ack && asked.method != nil {
                    if asked.method != .invite { lines.office.deliver(phone.answer(asked, 200), on: phone.flow) }
                }
            }
        }
        #expect(lines.office.switchboard.figures.transactions == 0)
    }

    @Test func `who left before the target picked up stays out when the other one describes its media anew`() throws {
        var lines = try Lines()
        try lines.call(0)
        for voice in [lines.mine, lines.bob] { _ = try lines.hears(voice) }
        let refer = lines.own.inDialog(
            "REFER",
            of: lines.answers[0],
            extra: ["Refer-To: <sip:103@\(Office.domain)>"]
        )
        lines.office.deliver(refer, on: lines.own.flow)
        lines.hangUp()
        #expect(try lines.hears(lines.mine) == nil && lines.hears(lines.bob) == nil)
        // 102 asks for an offer and answers it: both sides are told to the relay again.
        let invite = try #require(lines.invite)
        let again = lines.first.inDialog("INVITE", from: invite)
        lines.office.deliver(again, on: lines.first.flow)
        let answer = try #require(lines.office.received(on: lines.first.flow).last { $0.status == 200 })
        let number = try answer.cseq().number
        let ack = lines.first.inDialog("ACK", from: invite, sequence: number, sdp: lines.bob.answer(to: answer))
        lines.office.deliver(ack, on: lines.first.flow)
        #expect(lines.office.switchboard.calls().count == 2)
        #expect(try lines.hears(lines.mine) == nil && lines.hears(lines.bob) == nil)
    }

    @Test func `a phone that rings and is disabled rings no longer, and its late answer connects nobody`() throws {
        var lines = try Lines()
        _ = try lines.own.call(&lines.office, "102", sdp: lines.mine.offer())
        let invite = try #require(lines.office.received(on: lines.first.flow).last)
        lines.office.deliver(lines.first.answer(invite, 180), on: lines.first.flow)
        try lines.office.apply(disabled: ["102"])
        #expect(lines.office.received(on: lines.first.flow).map(\.method) == [.cancel])
        #expect(lines.office.closed.contains(lines.first.flow.id))
        lines.office.deliver(lines.first.answer(invite, 200, sdp: lines.bob.answer(to: invite)), on: lines.first.flow)
        #expect(lines.office.received(on: lines.first.flow).map(\.method) == [.ack, .bye])
        #expect(lines.office.relays.count == 0 && lines.office.switchboard.calls().isEmpty)
    }

    @Test(arguments: ["101", "102"])
    func `a phone in a call that is disabled hears and says nothing from that turn on`(number: String) throws {
        var lines = try Lines()
        try lines.call(0)
        for voice in [lines.mine, lines.bob] { _ = try lines.hears(voice) }
        try lines.office.apply(disabled: [number])
        #expect(try lines.hears(lines.mine) == nil && lines.hears(lines.bob) == nil)
        #expect(lines.office.relays.count == 0)
    }
}

@Suite("Control media-source: relays and calls are compared")
struct CensusTests {
    @Test func `what one phone changes before the other has answered our offer tells the relay nothing`() throws {
        var scene = try RingingScene(sdp: "")
        let answer = try #require(scene.pickUp().last)
        let change = scene.callee.inDialog("UPDATE", from: scene.invite, sdp: SDP.answer(to: scene.invite))
        scene.office.deliver(change, on: scene.callee.flow)
        #expect(scene.office.received(on: scene.callee.flow).map(\.status).contains(200))
        #expect(scene.relayed.isEmpty)
        let sequence = try answer.cseq().number
        let ack = scene.caller.inDialog("ACK", of: answer, sequence: sequence, sdp: SDP.answer(to: answer))
        scene.office.deliver(ack, on: scene.caller.flow)
        #expect(scene.relayed.count == 1)
    }

    @Test func `a relay that no call knows is closed when it is named twice in a row`() throws {
        var lines = try Lines()
        try lines.call(0)
        let stray = RelayReport(id: RelayID(rawValue: 9_999), a: LegReport(), b: LegReport())
        var census = lines.office.census()
        census.reports.append(stray)
        let before = lines.office.media.count
        lines.office.hear(census)
        #expect(lines.office.media.count == before)
        #expect(lines.office.switchboard.figures.relays.strays == 1)
        lines.office.hear(census)
        guard case .close(let id)? = lines.office.media.last else {
            Issue.record("nothing was closed")
            return
        }
        #expect(id == stray.id && lines.office.switchboard.calls().count == 1)
        lines.office.hear(lines.office.census())
        let figures = lines.office.switchboard.figures.relays
        #expect(figures.strays == 0 && figures.closed == 1 && figures.ended == 0)
        #expect(figures.calls == 1 && figures.open == 1)
    }

    @Test func `a call whose relay is gone ends with BYE, and one whose relay is on its way does not`() throws {
        var lines = try Lines()
        let early = lines.office.census()
        try lines.call(0)
        lines.office.hear(early)
        lines.office.hear(early)
        #expect(lines.office.switchboard.calls().count == 1)
        lines.office.hear(RelayCensus(mark: lines.office.switchboard.mark))
        #expect(lines.office.switchboard.calls().isEmpty)
        for phone in [lines.own, lines.first] {
            #expect(lines.office.received(on: phone.flow).map(\.method).contains(.bye))
        }
        #expect(lines.office.record()?.reason == "its audio was no longer relayed")
        #expect(lines.office.switchboard.figures.relays.ended == 1)
    }

    @Test func `a call that the relay has no room for is ended, not left silent`() throws {
        var lines = try Lines(relays: 1)
        try lines.call(0)
        try lines.call(1)
        #expect(lines.office.switchboard.calls().count == 1 && lines.office.relays.count == 1)
        #expect(lines.office.received(on: lines.own.flow).map(\.method).contains(.bye))
        #expect(lines.office.record()?.reason == "its audio could not be relayed: no room, or no keys were agreed on")
    }

    @Test func `a phone that answers with our own key is not connected in silence`() throws {
        var lines = try Lines()
        _ = try lines.own.call(&lines.office, "102", sdp: lines.mine.offer())
        let invite = try #require(lines.office.received(on: lines.first.flow).last)
        let offered = invite.bodyText.split(whereSeparator: \.isNewline).first { $0.hasPrefix("a=crypto:") } ?? ""
        let echo = SDP.offer(port: 31_000, crypto: [String(offered.dropFirst("a=crypto:".count))])
        lines.office.deliver(lines.first.answer(invite, 200, sdp: echo), on: lines.first.flow)
        #expect(lines.office.switchboard.calls().isEmpty && lines.office.relays.count == 0)
        #expect(lines.office.received(on: lines.first.flow).map(\.method).contains(.bye))
    }
}
