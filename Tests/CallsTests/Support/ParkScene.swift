// SPDX-License-Identifier: Apache-2.0

import Calls
import Media
import Model
import Primitives
import SIP
import Testing

/// 101 talks with 102, who parks the call; 103 has a phone too.
struct ParkScene {
    var stage: TransferScene

    /// A parked call comes back after a minute: so long nobody need say that their connection is alive.
    init() throws {
        stage = try TransferScene()
        let settings = ParkingSettings(places: 9, seconds: 60, reach: .everybody)
        office.apply([.outside(.route(.park(try #require(settings))))])
    }

    /// The phone that parks registers once more.
    mutating func refresh() throws {
        var phone = stage.scene.callee
        defer { stage.scene.callee = phone }
        try phone.register(&office)
    }

    var office: Office {
        get { stage.scene.office }
        set { stage.scene.office = newValue }
    }

    /// 102 transfers the call to a place; what it hears.
    mutating func park(_ place: String = "*68") -> [Message] { stage.refer("<sip:\(place)@\(Office.domain)>") }

    /// A phone answers the re-INVITE that it got, if it got one; that re-INVITE.
    @discardableResult
    mutating func agree(_ phone: KeyPath<TransferScene, Phone>, _ direction: String = "sendrecv") throws -> Message? {
        let heard = stage.heard(by: phone)
        guard let offer = heard.first(where: { $0.method == .invite }) else { return nil }
        let sender = stage[keyPath: phone]
        let sdp = SDP.answer(to: offer, port: 30_000, direction: direction)
        office.deliver(sender.answer(offer, 200, sdp: sdp), on: sender.flow)
        return offer
    }

    /// 103 dials; what it hears.
    mutating func dial(_ number: String, callID: String = "take-1") throws -> [Message] {
        var phone = stage.target
        defer { stage.target = phone }
        return try phone.call(&office, number, callID: callID)
    }

    /// 102 dials; what it hears.
    mutating func dialAtCallee(_ number: String, callID: String) throws -> [Message] {
        var phone = stage.scene.callee
        defer { stage.scene.callee = phone }
        return try phone.call(&office, number, callID: callID)
    }

    /// 103 confirms what it was answered.
    mutating func acknowledge(_ answer: Message) throws {
        let ack = stage.target.inDialog("ACK", of: answer, sequence: try answer.cseq().number)
        office.deliver(ack, on: stage.target.flow)
    }

    /// Lets time pass while all phones answer that they are still there.
    mutating func pass(seconds: Int) {
        for _ in 0..<seconds {
            office.wait(.seconds(1))
            for phone in [stage.scene.caller, stage.scene.callee, stage.target] {
                for request in office.peek(on: phone.flow) where request.method == .options {
                    office.deliver(phone.answer(request, 200), on: phone.flow)
                }
                office.discard(.options, on: phone.flow)
            }
        }
    }

    var places: [String] { office.switchboard.calls().compactMap(\.place?.text) }
}
