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
        var emergency = EmergencySettings()
        var way = EmergencySettings.Way()
        way.testNumber = number.flatMap { DigitString(parsing: $0) }
        emergency.put(way, over: try #require(TrunkName(parsing: "main")))
        scene.office.apply([.outside(.help(emergency))])
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
        #expect(scene.office.records.isEmpty, "nobody called")
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

extension OutsideScene {
    /// - Returns: What to ask for the outcome by; `nil` when nothing is tried.
    fileprivate mutating func tryHelp() throws -> UInt64? {
        let name = try #require(TrunkName(parsing: "main"))
        guard case .began(let serial, _) = office.tryHelp(over: name) else { return nil }
        return serial
    }
}
