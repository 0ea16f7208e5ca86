// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import TestKit
import Testing

@Suite("RFC 3261 §24: registration and a call, replayed")
struct CoreExampleTests {
    @Test func `24.1 Bob registers for two hours, and gets the longest that there is`() throws {
        let (printed, granted) = (try Printed("rfc3261_011"), try Printed("rfc3261_012"))
        #expect(printed.text("Expires") == "7200" && granted.text("Contact") == printed.text("Contact"))
        var office = try Office()
        var bob = try Phone("phone-102-000001", in: &office)
        let answer = try bob.register(&office, fields: ["Contact: \(printed.text("Contact"))"] + printed.fields)
        #expect(answer.status == 200)
        #expect(answer.text(.contact).hasPrefix("\(printed.text("Contact"));expires="))
        let seconds = answer.text(.contact).split(separator: "=").last.flatMap { Int($0) } ?? 0
        #expect((60..<7_200).contains(seconds))
    }

    @Test func `24.2 Alice calls Bob, who hangs up`() throws {
        let flow = try RecordedFlow("rfc3261", 13...26)
        // What they offered is not printed: the call begins with an offer of ours.
        #expect(flow.steps.map(\.description).joined(separator: " ") == "call 180 200 ack <bye")
        var replay = try Replay()
        try replay.play(flow)
        #expect(replay.answers == [200])
        #expect(replay.office.record()?.outcome == .answered)
        #expect(replay.office.record()?.reason == "the called phone hung up")
        #expect(replay.office.switchboard.figures.transactions == 0)
    }
}

@Suite("RFC 3261 §11.2 and §23: OPTIONS and S/MIME, replayed")
struct CapabilityExampleTests {
    @Test func `11.2 OPTIONS is answered with what can be done, by the printed fields' names`() throws {
        let (printed, answered) = (try Printed("rfc3261_003"), try Printed("rfc3261_004"))
        var (office, caller, _) = try Office.withPhones()
        let answers = try caller.ask(&office, "OPTIONS", to: "sip:102@\(Office.domain)", extra: printed.fields)
        let answer = try #require(answers.last)
        #expect(answer.status == 200)
        for method in answered.text("Allow").split(separator: ", ") {
            #expect(answer.text(.allow).contains(method))
        }
        #expect(answered.text("Accept") == "application/sdp" && answer.text(.accept) == "application/sdp")
    }

    @Test(arguments: ["rfc3261_008", "rfc3261_010"])
    func `23 a body that is signed or encrypted is refused unread`(
        name: String
    ) throws {
        let printed = try Printed(name)
        #expect(!printed.body.isEmpty)
        var (office, caller, callee) = try Office.withPhones()
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: "sip:102@\(Office.domain)",
            extra: ["Contact: <\(caller.contact)>"] + printed.fields,
            body: printed.body,
            type: printed.text("Content-Type")
        )
        #expect(answers.last?.status == 415)
        #expect(office.received(on: callee.flow).isEmpty)
    }
}
