// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

@Suite("RFC 3515 §2.4: blind transfer")
struct BlindTransferTests {
    @Test func `who is transferred talks with the target, and the phone that asked is told and released`() throws {
        var stage = try TransferScene()
        let accepted = stage.refer()
        #expect(accepted.map(\.status) == [202, nil])
        #expect(accepted.last?.progress == "SIP/2.0 100 Trying active")
        #expect(accepted.last?.text(.event) == "refer")
        #expect(accepted.last?.text(.contentType).hasPrefix("message/sipfrag") == true)

        let invite = try #require(stage.scene.office.peek(on: stage.target.flow).first)
        #expect(invite.text(.from).hasPrefix("\"Desk 101\" <sip:101@"))
        #expect(invite.text(.referredBy) == "<sip:102@\(Office.domain)>")
        stage.scene.office.deliver(stage.target.answer(invite, 180), on: stage.target.flow)
        #expect(stage.heard(by: \.scene.callee).map(\.progress) == ["SIP/2.0 180 Ringing active"])

        _ = try stage.pickUp()
        #expect(stage.heard(by: \.target).map(\.method) == [.ack])
        let told = stage.heard(by: \.scene.callee)
        #expect(told.map(\.method) == [.notify, .bye])
        #expect(told.first?.progress == "SIP/2.0 200 OK terminated")
        let offer = try stage.meet()
        #expect(offer.text(.pAssertedIdentity) == "\"Desk 103\" <sip:103@\(Office.domain)>")
        #expect(offer.bodyText.contains("a=sendrecv"))
        #expect(stage.scene.office.switchboard.calls().count == 1)

        _ = stage.scene.callerSays("BYE")
        #expect(stage.heard(by: \.target).map(\.method) == [.bye])
        #expect(!stage.scene.isStanding)
    }

    @Test func `the call that goes on is the referrer's, and the first one's record says what became of it`() throws {
        var stage = try TransferScene()
        stage.scene.office.wait(.seconds(1))
        _ = stage.refer()
        _ = try stage.pickUp()
        _ = try stage.meet()
        _ = stage.scene.callerSays("BYE")
        let records = stage.records
        #expect(records.map(\.caller.text) == ["101", "102"])
        #expect(records.map { $0.callee?.text } == ["102", "103"])
        #expect(records.map(\.reason) == ["102 transferred it to 103", "the caller hung up"])
        #expect(records.allSatisfy { $0.endedAt != nil && $0.outcome == .answered })
        #expect(records.last?.callerProtection?.srtpSuite != nil && records.last?.calleeProtection?.srtpSuite != nil)
    }

    @Test func `the relay changes only the side that changed, under keys of its own`() throws {
        var stage = try TransferScene()
        guard case .open(let relay, _, .network(let former))? = stage.scene.office.media.first else {
            Issue.record("no relay")
            return
        }
        _ = stage.refer()
        _ = try stage.pickUp()
        guard case .update(let id, .b, .network(let media))? = stage.scene.office.media.last else {
            Issue.record("the relay was not told")
            return
        }
        #expect(id == relay && media.address?.port == 33_000)
        #expect(media.send != former.send && media.receive != media.send)
    }

    @Test func `the caller may transfer as well as the called`() throws {
        var stage = try TransferScene()
        let heard = stage.scene.callerSays("REFER", extra: ["Refer-To: <sip:103@\(Office.domain)>"])
        #expect(heard.map(\.status) == [202, nil])
        _ = try stage.pickUp()
        #expect(stage.heard(by: \.scene.caller).map(\.method) == [.notify, .bye])
        #expect(stage.heard(by: \.scene.callee).map(\.method) == [.invite])
    }

    @Test func `a phone that hangs up at once has transferred all the same`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        #expect(stage.scene.calleeSays("BYE").map(\.status) == [200])
        #expect(stage.heard(by: \.scene.caller).isEmpty)
        // Nobody listens to who waits.
        guard case .update(_, .b, .network(let media))? = stage.scene.office.media.last else {
            Issue.record("the relay was not told")
            return
        }
        #expect(media.isGone)
        _ = try stage.pickUp()
        #expect(stage.heard(by: \.scene.callee).map(\.progress) == ["SIP/2.0 200 OK terminated"])
        _ = try stage.meet()
        _ = stage.scene.callerSays("BYE")
        #expect(stage.heard(by: \.target).map(\.method) == [.ack, .bye])
    }

    @Test func `a target that is busy leaves the call as it was`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        let invite = try #require(stage.heard(by: \.target).first)
        stage.scene.office.deliver(stage.target.answer(invite, 486), on: stage.target.flow)
        #expect(stage.heard(by: \.scene.callee).map(\.progress) == ["SIP/2.0 486 Busy Here terminated"])
        #expect(stage.heard(by: \.scene.caller).isEmpty)
        #expect(stage.scene.callerSays("UPDATE").map(\.status) == [200])
        #expect(stage.records.map(\.outcome) == [.answered, .busy])
        // It may try again, with an event of its own.
        let again = stage.refer()
        #expect(again.last?.text(.event).hasPrefix("refer;id=") == true)
    }

    @Test func `when nobody takes it and the phone that asked is gone, who waits is released`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        _ = stage.scene.calleeSays("BYE")
        stage.scene.pass(seconds: 91)
        #expect(stage.heard(by: \.scene.caller).map(\.method) == [.bye])
        #expect(stage.heard(by: \.scene.callee).map(\.progress) == ["SIP/2.0 480 Temporarily Unavailable terminated"])
        #expect(!stage.scene.isStanding)
    }

    @Test func `who is transferred may hang up while the target rings`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        let invite = try #require(stage.heard(by: \.target).first)
        stage.scene.office.deliver(stage.target.answer(invite, 180), on: stage.target.flow)
        _ = stage.heard(by: \.scene.callee)
        _ = stage.scene.callerSays("BYE")
        #expect(stage.heard(by: \.target).map(\.method) == [.cancel])
        let told = stage.heard(by: \.scene.callee)
        #expect(Set(told.map(\.method)) == [.notify, .bye])
        #expect(told.contains { $0.progress == "SIP/2.0 487 Request Terminated terminated" })
        #expect(!stage.scene.isStanding)
    }

    @Test func `a phone that wants no reports gets none`() throws {
        var stage = try TransferScene()
        let heard = stage.refer(extra: ["Refer-Sub: false", "Require: norefersub"])
        #expect(heard.map(\.status) == [202])
        #expect(heard.last?.first(named: "Refer-Sub").map { heard.last?.string($0) } == "false")
        _ = try stage.pickUp()
        #expect(stage.heard(by: \.scene.callee).map(\.method) == [.bye])
    }

    @Test func `nothing of a transfer is left behind`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        _ = try stage.pickUp()
        _ = try stage.meet()
        for flow in [stage.scene.caller.flow, stage.scene.callee.flow, stage.target.flow] {
            stage.scene.office.disconnect(flow)
        }
        stage.scene.office.wait(.seconds(700))
        let figures = stage.scene.office.switchboard.figures
        #expect(figures.calls == 0 && figures.transactions == 0)
        #expect(stage.scene.office.switchboard.nextDeadline == nil)
    }

    @Test func `a phone that refuses its new partner is released, and so is the partner`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        _ = try stage.pickUp()
        _ = stage.heard(by: \.target)
        let offer = try #require(stage.heard(by: \.scene.caller).first)
        stage.scene.office.deliver(stage.scene.caller.answer(offer, 488), on: stage.scene.caller.flow)
        #expect(stage.heard(by: \.scene.caller).map(\.method) == [.ack, .bye])
        #expect(stage.heard(by: \.target).map(\.method) == [.bye])
    }

    @Test func `a phone that is busy with a change of its own is introduced afterwards`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        _ = try stage.pickUp()
        let offer = try #require(stage.heard(by: \.scene.caller).first)
        stage.scene.office.deliver(stage.scene.caller.answer(offer, 491), on: stage.scene.caller.flow)
        #expect(stage.heard(by: \.scene.caller).map(\.method) == [.ack])
        stage.scene.office.wait(.seconds(2))
        _ = try stage.meet()
        #expect(stage.scene.isStanding)
    }
}

@Suite("RFC 3515 §2.4.2 and §5: transfers that are refused")
struct RefusedTransferTests {
    /// Rows S11 and S02, and rule PAID: what is dialled is judged as a call of the phone that asks.
    static let refused: [(to: String, status: Int)] = [
        ("<sip:798@office.example>", 404), ("<tel:+4420000000>", 404), ("<sip:103@elsewhere.example>", 404),
        ("<sip:102@office.example>", 403), ("<sip:103@office.example?Route=%3Csip:evil%3E>", 400),
        ("<sip:103@office.example?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db&Authorization=y>", 400),
        ("<sip:103@office.example?P-Asserted-Identity=%22CEO%22>", 400), ("<sip:103@office.example?Replaces=x>", 400),
        ("<sip:103@office.example?Replaces=x%3Bto-tag%3Da%3Bto-tag%3Dc%3Bfrom-tag%3Db>", 400),
        ("<sip:103@office.example?Replaces=%0d%0aVia:%20x%3Bto-tag%3Da%3Bfrom-tag%3Db>", 400),
        ("<sip:103@office.example?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db>", 481),
        ("<sip:103@office.example;method=BYE>", 400), ("<http://office.example/>", 400), ("", 400),
    ]

    @Test(arguments: refused)
    func `are answered at once, and the call goes on`(to: String, status: Int) throws {
        var stage = try TransferScene()
        #expect(stage.refer(to).map(\.status) == [status])
        #expect(stage.heard(by: \.target).isEmpty)
        #expect(stage.heard(by: \.scene.caller).isEmpty)
        #expect(stage.scene.isStanding)
    }

    @Test func `leave a record of who tried what`() throws {
        var stage = try TransferScene()
        _ = stage.refer("<sip:798@office.example>")
        let record = try #require(stage.scene.office.record())
        #expect(record.caller.text == "102" && record.dialled == "798" && record.status == 404)
        #expect(record.outcome == .refused && record.endedAt != nil)
    }

    @Test func `one at a time`() throws {
        var stage = try TransferScene()
        _ = stage.refer()
        #expect(stage.refer().map(\.status) == [491])
    }

    /// Row S23.
    @Test func `outside of a call nobody is made to call`() throws {
        var (office, caller, callee) = try Office.withPhones()
        let fields = ["Refer-To: <sip:103@\(Office.domain)>", "Contact: <\(caller.contact)>"]
        let answers = try caller.ask(&office, "REFER", to: "sip:102@\(Office.domain)", extra: fields)
        #expect(answers.map(\.status) == [403])
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.switchboard.figures.calls == 0)
    }

    /// Rows S03 and S14.
    @Test func `from elsewhere they are asked who they are, and made-up dialogs are unknown`() throws {
        var stage = try TransferScene()
        let stranger = try stage.scene.office.flow(from: "198.51.100.66:4444")
        let fields = ["Refer-To: <sip:103@\(Office.domain)>"]
        let forged = stage.scene.callee.inDialog("REFER", from: stage.scene.invite, extra: fields)
        stage.scene.office.deliver(forged, on: stranger)
        stage.scene.office.deliver(forged.replacing("tag=callee-tag", with: "tag=made-up"), on: stranger)
        #expect(stage.scene.office.received(on: stranger).map(\.status) == [401, 481])
        #expect(stage.heard(by: \.target).isEmpty)
    }

    /// Row S20: transfers that chase each other.
    @Test func `a call is transferred five times and no more`() throws {
        var stage = try TransferScene()
        var (referrer, other) = (stage.scene.callee, stage.target)
        var invite = stage.scene.invite
        var statuses: [Int?] = []
        for _ in 0..<6 {
            let to = "Refer-To: <sip:\(other.number)@\(Office.domain)>"
            stage.scene.office.deliver(referrer.inDialog("REFER", from: invite, extra: [to]), on: referrer.flow)
            statuses.append(stage.scene.office.received(on: referrer.flow).first?.status)
            guard let next = stage.scene.office.received(on: other.flow).first(where: { $0.method == .invite }) else {
                break
            }
            stage.scene.office.deliver(other.answer(next, 200, sdp: SDP.answer(to: next)), on: other.flow)
            _ = try stage.meet()
            for phone in [referrer, other] { _ = stage.scene.office.received(on: phone.flow) }
            invite = next
            swap(&referrer, &other)
        }
        #expect(statuses == [202, 202, 202, 202, 202, 482])
    }
}

@Suite("RFC 7614: a REFER that requires or forbids a subscription by name")
struct ExplicitSubscriptionTests {
    @Test(arguments: ["explicitsub", "nosub"])
    func `is refused by that name, and the call goes on`(option: String) throws {
        var stage = try TransferScene()
        let heard = stage.refer(extra: ["Require: \(option)"])
        #expect(heard.map(\.status) == [420])
        #expect(heard.last?.text("Unsupported") == option)
        #expect(stage.heard(by: \.target).isEmpty)
        #expect(stage.scene.isStanding)
    }
}
