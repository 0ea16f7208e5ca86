// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Media
import Model
import Primitives
import SIP
import Testing

/// 101 talks with 102, who wants it to talk with 103.
struct TransferScene {
    var scene: Scene
    var target: Phone

    /// - Parameters:
    ///   - asking: Fields of 101's INVITE.
    ///   - answering: Fields of 102's 200.
    init(asking: [String] = [], answering: [String] = []) throws {
        scene = try Scene(asking: asking, answering: answering)
        target = try Phone("phone-103-000001", in: &scene.office, from: "192.0.2.53:50000")
        try target.register(&scene.office)
    }

    /// 102 asks for a transfer; what it hears.
    mutating func refer(_ to: String = "<sip:103@\(Office.domain)>", extra: [String] = []) -> [Message] {
        scene.calleeSays("REFER", extra: ["Refer-To: \(to)"] + extra)
    }

    mutating func heard(by phone: KeyPath<Self, Phone>) -> [Message] {
        scene.office.received(on: self[keyPath: phone].flow)
    }

    /// The target picks up; its INVITE.
    mutating func pickUp() throws -> Message {
        let invite = try #require(heard(by: \.target).first)
        scene.office.deliver(target.answer(invite, 200, sdp: SDP.answer(to: invite, port: 33_000)), on: target.flow)
        return invite
    }

    /// Lets both phones be silent until they are asked whether they live; what 102 is asked. 101 answers.
    mutating func silence() throws -> Message {
        scene.office.wait(.seconds(31))
        let asked = try #require(heard(by: \.scene.caller).first)
        scene.office.deliver(scene.caller.answer(asked, 200), on: scene.caller.flow)
        let probe = try #require(heard(by: \.scene.callee).first)
        #expect(probe.method == .options)
        return probe
    }

    /// 101 answers the re-INVITE that introduces its new partner; that re-INVITE.
    mutating func meet() throws -> Message {
        let offer = try #require(heard(by: \.scene.caller).first)
        #expect(offer.method == .invite)
        let caller = scene.caller
        scene.office.deliver(caller.answer(offer, 200, sdp: SDP.answer(to: offer, port: 30_000)), on: caller.flow)
        #expect(heard(by: \.scene.caller).map(\.method) == [.ack])
        return offer
    }

    /// The records as they ended up, oldest call first.
    var records: [CallRecord] {
        var latest: [CallRecord] = []
        for record in scene.office.records {
            latest.removeAll { $0.id == record.id }
            latest.append(record)
        }
        return latest.sorted { $0.startedAt.milliseconds < $1.startedAt.milliseconds }
    }
}

extension Message {
    /// What a NOTIFY of a transfer says: its fragment, and whether more will follow.
    var progress: String { "\(bodyText.trimmingLine) \(text(.subscriptionState).prefix { $0 != ";" })" }
}

extension String {
    fileprivate var trimmingLine: Substring { prefix { !$0.isNewline } }
}
