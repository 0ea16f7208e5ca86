// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

@Suite("Calls that leave over a trunk")
struct OutgoingTests {
    @Test func `a number at home leaves in its one form, under the number of the business`() throws {
        var scene = try OutsideScene()
        let heard = try scene.dial("040555123")
        #expect(heard.map(\.status) == [100])
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI) == "sip:+4940555123@sip.provider.example;user=phone")
        #expect(invite.text(.from).hasPrefix("<sip:+49301234567@sip.provider.example>"))
        #expect(invite.text(.pAssertedIdentity) == "<sip:+49301234567@sip.provider.example>")
        #expect(!invite.bodyText.contains("a private name"))
        #expect(invite.bodyText.contains("RTP/SAVP") && invite.bodyText.contains("a=crypto:"))
    }

    @Test func `it rings, is answered, and ends at both ends with a record and a price`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        let invite = try scene.invite()
        #expect(scene.say(180, to: invite).map(\.status) == [180])
        let answer = try #require(scene.say(200, to: invite).last)
        #expect(answer.status == 200)
        try scene.acknowledge(answer)
        scene.pass(seconds: 10)
        _ = scene.office.received(on: scene.provider.flow)
        scene.office.deliver(scene.caller.inDialog("BYE", of: answer), on: scene.caller.flow)
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.bye])
        let record = try #require(scene.office.record())
        #expect(record.callee == .outside(PhoneNumber(parsing: "+4940555123")) && record.outcome == .answered)
        #expect(record.trunk?.text == "main" && record.endedAt != nil)
        let charge = try #require(record.charges.first)
        #expect(charge.payer.extension.text == "101" && charge.prefix.text == "+49")
        #expect(charge.cost == Money(micros: 1_667), "ten seconds at a cent a minute, rounded up")
        #expect(scene.office.relays.reports.isEmpty)
    }

    @Test func `a provider that asks who we are is told once, in the same call`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        let first = try scene.invite()
        let challenge =
            #"Proxy-Authenticate: Digest realm="sip.provider.example", nonce="n1", qop="auth", algorithm=SHA-256"#
        #expect(scene.say(407, to: first, extra: [challenge]).isEmpty)
        let second = try scene.invite()
        #expect(second.text(.proxyAuthorization).contains(#"username="account""#))
        #expect(!second.text(.proxyAuthorization).contains("secret of the trunk"))
        #expect(second.text(.callID) == first.text(.callID) && second.text(.from) == first.text(.from))
        #expect(try second.cseq().number == first.cseq().number + 1 && second.body == second.body)
        let answer = try #require(scene.say(200, to: second).last)
        #expect(answer.status == 200)
        let ack = try #require(scene.office.received(on: scene.provider.flow).first { $0.method == .ack })
        #expect(try ack.cseq().number == second.cseq().number)
    }

    @Test func `a provider that asks again and again is not told again`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        let challenge =
            #"Proxy-Authenticate: Digest realm="sip.provider.example", nonce="n1", qop="auth", algorithm=SHA-256"#
        let first = try scene.invite()
        _ = scene.say(407, to: first, extra: [challenge])
        let second = try scene.invite()
        let heard = scene.say(407, to: second, extra: [challenge])
        #expect(heard.last?.status == 503)
        #expect(scene.office.received(on: scene.provider.flow).allSatisfy { $0.method == .ack })
    }

    @Test(
        arguments: [
            (486, 486), (404, 404), (603, 403), (403, 403), (488, 488), (302, 403), (500, 503), (480, 480),
        ]
    )
    func `what a provider refuses is said in words, and nothing is owed for it`(_ status: Int, _ told: Int) throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        let invite = try scene.invite()
        let heard = scene.say(status, to: invite, extra: ["Contact: <sip:+9607771234@evil.example>"])
        #expect(heard.last?.status == told)
        #expect(heard.last?.text(.warning).isEmpty == false)
        let record = try #require(scene.office.record())
        #expect(record.charges.first?.cost == .zero && record.endedAt != nil)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite }, "row T07")
    }

    @Test func `F09 a provider that is silent for six seconds is left, and the caller hears so`() throws {
        var scene = try OutsideScene()
        _ = try scene.dial("040555123")
        scene.office.wait(.milliseconds(6_100))
        let heard = scene.office.received(on: scene.caller.flow)
        #expect(heard.last?.status == 503)
    }

    /// RFC 3263 §4.3, row F09.
    @Test(arguments: [nil, 503, 500])
    func `a call that a provider's first server does not take goes by its second one`(_ status: Int?) throws {
        var scene = try OutsideScene(servers: ["198.51.100.1:5061", "198.51.100.2:5061"])
        let second = try #require(scene.secondServer)
        _ = try scene.dial("040555123")
        let first = try scene.invite()
        if let status { _ = scene.say(status, to: first) } else { scene.office.wait(.milliseconds(6_100)) }
        let invite = try #require(scene.office.received(on: second).first { $0.method == .invite })
        #expect(invite.text(.callID) != first.text(.callID))
        scene.provider.flow = second
        #expect(scene.say(200, to: invite).last?.status == 200)
        let charges = try #require(scene.office.record()?.charges)
        // Who was silent may still have answered.
        #expect(charges.count == 2 && charges[0].cost == (status == nil ? nil : .zero))
    }

    @Test func `a call that none of a provider's servers takes is tried once at each`() throws {
        var scene = try OutsideScene(servers: ["198.51.100.1:5061", "198.51.100.2:5061"])
        let second = try #require(scene.secondServer)
        _ = try scene.dial("040555123")
        _ = scene.say(503, to: try scene.invite())
        scene.provider.flow = second
        let heard = scene.say(503, to: try scene.invite())
        #expect(heard.last?.status == 503)
        #expect(scene.office.record()?.endedAt != nil)
    }

    @Test func `a call that a full trunk cannot take leaves by the next one`() throws {
        var scene = try OutsideScene()
        var limits = CallLimitSettings()
        limits.trunk = try #require(CallLimitSettings.Limit(simultaneous: 1, perSecond: 1, perMinute: 10))
        scene.office.apply([
            .outside(.limitCalls(limits)), .outside(.putTrunk(try OutsideScene.trunk("backup", priority: 10))),
        ])
        let backup = try scene.connect(to: ["198.51.100.9:5061"])[0]
        _ = try scene.talk(to: "040555123")
        scene.pass(seconds: 2)
        _ = try scene.dial("040555124", callID: "call-2")
        let invite = scene.office.received(on: backup).first { $0.method == .invite }
        #expect(invite != nil, "the first trunk has its one call")
        let heard = try scene.dial("040555125", callID: "call-3")
        #expect(heard.last?.status == 486 || heard.last?.status == 503)
    }

    @Test func `a caller who hangs up takes the call back, and a late answer is hung up on and paid`() throws {
        var scene = try OutsideScene()
        let trying = try #require(try scene.dial("040555123").last)
        let invite = try scene.invite()
        _ = scene.say(180, to: invite)
        scene.office.deliver(scene.caller.cancel(trying, to: "sip:040555123@\(Office.domain)"), on: scene.caller.flow)
        let cancel = scene.office.received(on: scene.provider.flow)
        #expect(cancel.contains { $0.method == .cancel })
        #expect(scene.office.record()?.charges.first?.cost == nil, "it may still be answered")
        _ = scene.say(200, to: invite)
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.ack, .bye])
        #expect(scene.office.record()?.charges.first?.cost == Money(micros: 167), "an answer costs its first second")
    }

    @Test func `a provider whose trunk is disabled hears the end of its calls before its connection closes`() throws {
        var scene = try OutsideScene()
        _ = try scene.talk(to: "040555123")
        var access = try OutsideScene.trunk("main")
        access.trunk.isEnabled = false
        scene.office.apply([.outside(.putTrunk(access))])
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.bye])
        #expect(scene.office.closed.contains(scene.provider.flow.id))
        #expect(!scene.office.unheard.contains(scene.provider.flow.id))
    }

    @Test func `without a price list nothing leaves`() throws {
        var scene = try OutsideScene()
        scene.office.apply([.outside(.rate(.remove(RateDecks.usual)))])
        let heard = try scene.dial("040555123")
        #expect(heard.last?.status == 403 && heard.last?.text(.warning).contains("no price list") == true)
        #expect(scene.office.received(on: scene.provider.flow).isEmpty)
    }

    @Test(arguments: ["0053712345678", "+5371234567", "00960777123", "0900123456", "+8816123456789", "00881612345678"])
    func `out of the box nothing leaves the country, and nothing premium inside it`(_ dialled: String) throws {
        var scene = try OutsideScene()
        let heard = try scene.dial(dialled)
        #expect(heard.last?.status == 403 || heard.last?.status == 404)
        #expect(scene.office.received(on: scene.provider.flow).isEmpty)
        #expect(scene.office.record()?.outcome == .refused && scene.office.record()?.reason.isEmpty == false)
    }

    @Test func `a budget that is used up ends the call within what was reserved`() throws {
        // 0.40 a minute to Austria, 1.00 for the extension in an hour.
        var scene = try OutsideScene(rates: [("+49", 10_000), ("+43", 400_000)]) { dialing, spending in
            dialing.rights.countries[Region(parsing: "AT")!] = CountryRule(.open)
            spending.extensionLimits = OutsideScene.limits(1)
        }
        _ = try scene.talk(to: "004317654321")
        scene.pass(seconds: 200)
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .bye })
        #expect(scene.office.received(on: scene.caller.flow).contains { $0.method == .bye })
        let record = try #require(scene.office.record())
        let cost = try #require(record.charges.first?.cost)
        #expect(cost <= Money(units: 1) && cost > Money(micros: 950_000)!, "\(cost)")
        #expect(record.reason.contains("budget of extension 101"))
        #expect(scene.office.events.contains { $0.kind == .callEndedForCost })
        #expect(scene.office.events.contains { $0.kind == .budgetUsed })
        let again = try scene.dial("004317654321", callID: "call-2")
        #expect(again.last?.status == 403)
    }

    @Test func `what was reserved before a restart and not seen to end is spent`() throws {
        var scene = try OutsideScene(rates: [("+49", 400_000)]) { _, spending in
            spending.extensionLimits = OutsideScene.limits(1)
        }
        _ = try scene.talk(to: "040555123")
        scene.pass(seconds: 100)
        let charges = try #require(scene.office.record()?.charges)
        #expect(charges.first?.cost == nil)
        var next = try OutsideScene(rates: [("+49", 400_000)]) { _, spending in
            spending.extensionLimits = OutsideScene.limits(1)
        }
        next.pass(seconds: 100)
        next.office.takeUp(charges)
        _ = try next.talk(to: "040555123")
        next.pass(seconds: 60)
        let cost = try #require(next.office.record()?.charges.first?.cost)
        let reserved = try #require(charges.first?.reserved)
        #expect(cost.micros + reserved.micros <= 1_000_000, "\(cost) after \(reserved)")
    }

    @Test func `help is reached with no price list, no country and no budget`() throws {
        var scene = try OutsideScene { dialing, spending in
            dialing.rights.classes = [:]
            spending.extensionLimits = .nothing
        }
        scene.office.apply([.outside(.rate(.remove(RateDecks.usual)))])
        _ = try scene.dial("112")
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:112@"))
        #expect(scene.say(200, to: invite).last?.status == 200)
        #expect(scene.office.record()?.callee == .emergency(DigitString(parsing: "112")!))
    }

    @Test func `only the last line of a trunk is kept for help`() throws {
        var scene = try OutsideScene()
        scene.office.apply([.outside(.putTrunk(try OutsideScene.trunk("main", calls: 2)))])
        _ = try scene.talk(to: "040555123")
        let second = try scene.dial("040555124", callID: "call-2")
        #expect(second.last?.status == 503)
        _ = try scene.dial("110", callID: "call-3")
        _ = try scene.invite()
    }
}
