// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import TestKit
import Testing

/// A flow of RFC 3666: which messages it is, what phones and gateways do in it, and what comes of it here.
///
/// A gateway is a phone here: it registers, and its numbers are those of an extension. What it says to the telephone
/// network is not SIP, and numbers are not rewritten or asked for by ENUM (§2.4): one that is no extension is 404.
struct GatewayFlow: CustomTestStringConvertible, Sendable {
    let section: String
    let messages: ClosedRange<Int>
    let steps: String
    let answers: [Int]
    let outcome: CallOutcome

    var testDescription: String { section }

    func flow() throws -> RecordedFlow { try RecordedFlow("rfc3666", messages) }

    /// Plays it, with a call of the test's own where the RFC's is not printed.
    func play() throws -> Replay {
        let printed = try flow()
        #expect(printed.steps.map(\.description).joined(separator: " ") == steps)
        let call = RecordedFlow.Step.call(offer: SDP.offer(profile: "RTP/AVP", crypto: []))
        let isWhole = printed.steps.first?.description.hasPrefix("call") == true
        var replay = try Replay()
        try replay.play(RecordedFlow(steps: isWhole ? printed.steps : [call] + printed.steps))
        #expect(replay.answers == answers)
        #expect(replay.office.record()?.outcome == outcome)
        #expect(replay.office.record()?.endedAt != nil)
        #expect(replay.office.switchboard.figures.calls == 0)
        #expect(replay.office.switchboard.figures.transactions == 0)
        return replay
    }
}

@Suite(
    "RFC 3666 §2.1, §2.2, §2.4, §2.5, §2.6 and §2.7: calls to a gateway that others wrote down"
)
struct CallsToGatewayTests {
    static let all: [GatewayFlow] = [
        .init(
            section: "2.1",
            messages: 1...14,
            steps: "call+offer 183+answer 200 ack bye>",
            answers: [200],
            outcome: .answered
        ),
        .init(
            section: "2.2",
            messages: 15...27,
            steps: "call+offer 180 200 ack bye>",
            answers: [200],
            outcome: .answered
        ),
        .init(
            section: "2.4",
            messages: 44...56,
            steps: "call+offer 180 200 ack <bye",
            answers: [200],
            outcome: .answered
        ),
        .init(
            section: "2.5",
            messages: 57...70,
            steps: "call+offer 183+answer cancel",
            answers: [487],
            outcome: .cancelled
        ),
        // Why a phone could not take a call is its own matter: the caller hears that it could not.
        .init(section: "2.6", messages: 71...77, steps: "call+offer 404", answers: [480], outcome: .failed),
        .init(
            section: "2.7",
            messages: 78...85,
            steps: "call+offer 183+answer 480",
            answers: [480],
            outcome: .noAnswer
        ),
    ]

    @Test(arguments: all)
    func `end as the RFC says when the audio is encrypted, and leave nothing behind`(expected: GatewayFlow) throws {
        let replay = try expected.play()
        // What the gateway plays before the answer is heard.
        guard expected.steps.contains("183+answer") else { return }
        #expect(replay.office.media.count >= 2)
    }

    @Test(arguments: all)
    func `are refused as they were written, because their audio is in the clear`(expected: GatewayFlow) throws {
        var replay = try Replay()
        guard let call = try expected.flow().steps.first else { return }
        try replay.play(RecordedFlow(steps: [call]), isSecured: false)
        #expect(replay.answers == [488])
        #expect(replay.office.received(on: replay.bob.flow).isEmpty)
    }
}

@Suite("RFC 3666 §2.3 and §4.2: a gateway that is full, and another one")
struct GatewayOverflowTests {
    /// Both gateways are phones of one extension. They ring together, where the RFC's proxy asks one after the other.
    @Test(arguments: [28...43, 160...175])
    func `the call goes to the gateway that takes it`(messages: ClosedRange<Int>) throws {
        let refusals = try messages.filter { number in
            let digits = String(repeating: "0", count: 3 - "\(number)".count) + "\(number)"
            let bytes = try Corpus.example("rfc3666_\(digits)")
            return try Message(parsing: bytes.span).status == 503
        }
        #expect(refusals.count == 1)
        var scene = try ForkedScene()
        scene.office.deliver(scene.first.answer(scene.toFirst, 503), on: scene.first.flow)
        #expect(scene.office.received(on: scene.caller.flow).isEmpty)
        scene.office.deliver(scene.second.answer(scene.toSecond, 180), on: scene.second.flow)
        let accepted = scene.second.answer(scene.toSecond, 200, sdp: SDP.answer(to: scene.toSecond))
        scene.office.deliver(accepted, on: scene.second.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [180, 200])
        #expect(scene.office.record()?.outcome == .answered)
    }

    @Test func `when both are full the caller hears that nobody could take it`() throws {
        var scene = try ForkedScene()
        scene.office.deliver(scene.first.answer(scene.toFirst, 503), on: scene.first.flow)
        scene.office.deliver(scene.second.answer(scene.toSecond, 503), on: scene.second.flow)
        #expect(scene.office.received(on: scene.caller.flow).map(\.status) == [480])
        #expect(scene.office.record()?.outcome == .failed)
    }
}

@Suite(
    "RFC 3666 §3.1, §3.2, §3.3, §3.4, §3.5, §3.6, §3.7 and §3.9: calls from a gateway that others wrote down"
)
struct CallsFromGatewayTests {
    static let all: [GatewayFlow] = [
        .init(
            section: "3.1",
            messages: 86...98,
            steps: "call+offer 180 200 ack bye>",
            answers: [200],
            outcome: .answered
        ),
        .init(
            section: "3.2",
            messages: 99...109,
            steps: "call+offer 200 ack bye>",
            answers: [200],
            outcome: .answered
        ),
        .init(
            section: "3.3",
            messages: 110...122,
            steps: "call+offer 180 200 ack bye>",
            answers: [200],
            outcome: .answered
        ),
        .init(section: "3.4", messages: 123...124, steps: "604", answers: [603], outcome: .declined),
        .init(section: "3.5", messages: 125...130, steps: "call+offer 600", answers: [486], outcome: .busy),
        .init(section: "3.6", messages: 131...136, steps: "call+offer 600", answers: [486], outcome: .busy),
        .init(section: "3.7", messages: 137...139, steps: "cancel", answers: [487], outcome: .cancelled),
        .init(section: "3.9", messages: 140...148, steps: "180 cancel", answers: [487], outcome: .cancelled),
    ]

    @Test(arguments: all)
    func `end as the RFC says when the audio is encrypted, and leave nothing behind`(expected: GatewayFlow) throws {
        _ = try expected.play()
    }
}

@Suite("RFC 3666 §4.1: a call from one gateway to another")
struct GatewayToGatewayTests {
    @Test func `ends as the RFC says when the audio is encrypted, and leaves nothing behind`() throws {
        let flow = GatewayFlow(
            section: "4.1",
            messages: 149...159,
            steps: "call+offer 183+answer 200 ack <bye",
            answers: [200],
            outcome: .answered
        )
        #expect(try flow.play().office.media.count >= 2)
    }
}

@Suite("RFC 3666 §3.8: no stateless proxy")
struct StatelessProxyTests {
    @Test func `a call from a gateway is answered by us, and what rings the phone is a call of ours`() throws {
        var (office, gateway, callee) = try Office.withPhones()
        let heard = try gateway.call(&office, "102")
        #expect(heard.map(\.status) == [100])
        let invite = try #require(office.received(on: callee.flow).first)
        #expect(invite.count(.via) == 1)
        #expect(invite.count(.recordRoute) == 0)
        #expect(invite.text(.callID) != "call-1")
        #expect(!invite.text(.from).contains("tag=phone-tag"))
    }
}
