// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 6665 §6.1, ATTACKS R05: who may watch whom")
struct WatchRightsTests {
    @Test(arguments: ["dialog", "presence", "message-summary", "reg"])
    func `R05 a stranger is challenged, leaves nothing behind and is told nothing`(event: String) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let text = phone.request("SUBSCRIBE", to: "sip:102@\(Office.domain)", extra: ["Event: \(event)"])
        office.deliver(text, on: phone.flow)
        #expect(office.received(on: phone.flow).map(\.status) == [401])
        #expect(office.switchboard.figures.subscriptions == 0)
        #expect(office.switchboard.nextDeadline == nil)
    }

    @Test func `an extension that is not there, is disabled or is not one's own gets one answer`() throws {
        let cases = [("dialog", "999"), ("dialog", "103"), ("message-summary", "102"), ("reg", "102")]
        let answers = try cases.map { event, number in
            var office = try Office()
            try office.apply(disabled: ["103"])
            var phone = try Phone("phone-101-000001", in: &office)
            let answer = try #require(try phone.subscribe(&office, to: number, event: event).last)
            #expect(answer.status == 403)
            return String(decoding: answer.bytes, as: UTF8.self).replacing("sip:\(number)@", with: "sip:x@")
        }
        #expect(Set(answers).count == 1)
    }

    @Test func `when the watched extension is disabled, its watchers hear that it is over and nothing more`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        _ = try watcher.watch(&office, "102")
        try office.apply(disabled: ["102"])
        let notices = watcher.notices(&office)
        #expect(notices.map { $0.text("Subscription-State") } == ["terminated;reason=rejected"])
        #expect(notices.last?.document.isEmpty == true)
        #expect(office.switchboard.figures.subscriptions == 0)
    }

    @Test func `when the watcher is disabled, it watches no longer`() throws {
        var office = try Office()
        var watcher = try Phone("phone-101-000001", in: &office)
        _ = try watcher.watch(&office, "102")
        try office.apply(disabled: ["101"])
        #expect(office.switchboard.figures.subscriptions == 0)
    }
}

@Suite("RFC 6665 §6.4, ATTACKS D15: subscriptions that somebody piles up")
struct SubscriptionFloodTests {
    @Test func `D15 one phone has 128, and the others have theirs`() throws {
        var office = try Office()
        var greedy = try Phone("phone-101-000001", in: &office)
        var modest = try Phone("phone-103-000001", in: &office, from: "192.0.2.60:50000")
        for index in 0..<128 { _ = try greedy.watch(&office, "102", callID: "s\(index)") }
        #expect(try greedy.subscribe(&office, to: "102", callID: "one-more").last?.status == 403)
        #expect(office.switchboard.figures.subscriptions == 128)
        _ = try modest.watch(&office, "102", callID: "mine")
        #expect(office.switchboard.figures.subscriptions == 129)
    }

    @Test func `looking again and again is slowed down`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        var statuses: [Int] = []
        for index in 0..<260 {
            let messages = try phone.subscribe(&office, to: "102", expires: 0, callID: "look-\(index)")
            statuses.append(messages.first?.status ?? 0)
        }
        #expect(statuses.filter { $0 == 200 }.count == 240)
        #expect(statuses.last == 503)
        #expect(office.switchboard.figures.transactions <= 240)
        office.wait(.seconds(40))
        #expect(office.switchboard.figures.transactions == 0)
        #expect(try phone.subscribe(&office, to: "102").first?.status == 200)
    }
}
