// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives
import SIP
import Testing

@Suite("Control emergency-calls: trying the way to help")
struct HelpTrialTests {
    private func scene(_ number: String? = "933") throws -> OutsideScene {
        var scene = try OutsideScene()
        try scene.setTestNumber(number)
        return scene
    }

    @Test func `calls the provider's test number, and hangs up on who answers`() throws {
        var scene = try scene()
        let trial = try #require(try scene.tryHelp())
        let invite = try scene.invite()
        #expect(invite.string(invite.requestURI).hasPrefix("sip:933@") && invite.bodyText.contains("RTP/SAVP"))
        let before = scene.office.helpTrial(trial)
        #expect(before == .goesOn)
        _ = scene.say(180, to: invite)
        _ = scene.say(200, to: invite)
        #expect(scene.office.received(on: scene.provider.flow).map(\.method) == [.ack, .bye])
        guard case .over(let passed, let words) = scene.office.helpTrial(trial) else {
            Issue.record("it goes on")
            return
        }
        #expect(passed && words.contains("200"))
        let record = try #require(scene.office.record())
        #expect(record.caller == .system && record.dialled == "933" && record.trunk?.text == "main")
        #expect(record.outcome == .answered && record.endedAt != nil && record.protections.allSatisfy(\.isEncrypted))
    }

    @Test func `every try has a record, and there are six of a trunk in an hour`() throws {
        var scene = try scene()
        for index in 0..<6 {
            let trial = try #require(try scene.tryHelp())
            _ = scene.say(486, to: try scene.invite())
            _ = scene.office.helpTrial(trial)
            #expect(Set(scene.office.records.map(\.id)).count == index + 1)
            scene.pass(seconds: 10)
        }
        #expect(scene.office.record()?.outcome == .failed && scene.office.record()?.reason.contains("486") == true)
        #expect(try scene.refusalOfTry()?.reason.contains("6 times") == true)
        #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
        scene.pass(seconds: 3_600)
        #expect(try scene.refusalOfTry() == nil)
    }

    @Test func `a try in the clear gives its port back, whoever else calls`() throws {
        var scene = try PlainTrunkTests.scene(seconds: 86_400)
        try scene.setTestNumber()
        for _ in 0..<5 {
            let trial = try #require(try scene.tryHelp(), "every port is taken")
            _ = scene.say(200, to: try scene.invite(), sdp: PlainTrunkTests.plain)
            guard case .over(true, let words) = scene.office.helpTrial(trial) else {
                Issue.record("it did not pass")
                return
            }
            #expect(words.contains("in the clear"))
            #expect(scene.office.record()?.calleeProtection?.isReadable == true)
            _ = scene.office.received(on: scene.provider.flow)
            scene.pass(seconds: 700)
        }
        _ = try scene.dial("040555123")
        _ = try scene.invite()
    }

    @Test func `what came of a try is kept while others are tried`() throws {
        var scene = try scene()
        let first = try #require(try scene.tryHelp())
        _ = scene.say(486, to: try scene.invite())
        _ = try scene.tryHelp()
        guard case .over(false, let words) = scene.office.helpTrial(first) else {
            Issue.record("it goes on")
            return
        }
        #expect(words.contains("486"))
    }

    @Test func `says who we are when it is asked`() throws {
        var scene = try scene()
        _ = try scene.tryHelp()
        let challenge =
            #"Proxy-Authenticate: Digest realm="sip.provider.example", nonce="n1", qop="auth", algorithm=SHA-256"#
        _ = scene.say(407, to: try scene.invite(), extra: [challenge])
        #expect(try scene.invite().text(.proxyAuthorization).contains(#"username="account""#))
    }

    @Test(arguments: [404, 486, 503])
    func `fails where the provider refuses`(status: Int) throws {
        var scene = try scene()
        let trial = try #require(try scene.tryHelp())
        _ = scene.say(status, to: try scene.invite())
        guard case .over(false, let words) = scene.office.helpTrial(trial) else {
            Issue.record("it did not fail")
            return
        }
        #expect(words.contains("\(status)"))
    }

    @Test func `is taken back when nobody answers in twenty seconds`() throws {
        var scene = try scene()
        let trial = try #require(try scene.tryHelp())
        let invite = try scene.invite()
        _ = scene.say(180, to: invite)
        scene.office.wait(.seconds(21))
        #expect(scene.office.received(on: scene.provider.flow).contains { $0.method == .cancel })
        guard case .over(false, let words) = scene.office.helpTrial(trial) else {
            Issue.record("it did not fail")
            return
        }
        #expect(words.contains("180"))
    }

    @Test func `a real number is not called, whatever the settings say`() throws {
        for number in ["112", "110", "0112"] {
            var scene = try scene(number)
            let trial = try scene.tryHelp()
            #expect(trial == nil)
            #expect(!scene.office.received(on: scene.provider.flow).contains { $0.method == .invite })
        }
    }
}

extension LegProtection? {
    fileprivate var isEncrypted: Bool { self?.isComplete == true }
}

extension OutsideScene {
    fileprivate mutating func setTestNumber(_ number: String? = "933") throws {
        var emergency = EmergencySettings()
        var way = EmergencySettings.Way()
        way.testNumber = number.flatMap { DigitString(parsing: $0) }
        emergency.put(way, over: try #require(TrunkName(parsing: "main")))
        office.apply([.outside(.help(emergency))])
    }

    /// Why it is not tried; `nil` when it is.
    fileprivate mutating func refusalOfTry() throws -> Refusal? {
        guard case .refused(let refusal) = office.tryHelp(over: try #require(TrunkName(parsing: "main"))) else {
            return nil
        }
        return refusal
    }

    /// - Returns: What to ask for the outcome by; `nil` when nothing is tried.
    fileprivate mutating func tryHelp() throws -> UInt64? {
        let name = try #require(TrunkName(parsing: "main"))
        guard case .began(let serial, _) = office.tryHelp(over: name) else { return nil }
        return serial
    }
}
