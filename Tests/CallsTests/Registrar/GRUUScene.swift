// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

/// The GRUUs that a phone was given.
struct GRUUs {
    /// The public one, which is the same as long as the phone is.
    let stable: String
    let temporary: String

    enum Kind: CaseIterable { case stable, temporary }

    subscript(kind: Kind) -> String {
        switch kind {
        case .stable: stable
        case .temporary: temporary
        }
    }

    /// - Parameter index: Of the Contact in the answer to a REGISTER.
    init?(_ answer: Message, at index: Int = 0) throws {
        guard case .addresses(let contacts) = try answer.contacts(), contacts.indices.contains(index),
            let stable = contacts[index].parameter(named: "pub-gruu", in: answer),
            let passing = contacts[index].parameter(named: "temp-gruu", in: answer)
        else { return nil }
        (self.stable, temporary) = (answer.string(stable), answer.string(passing))
    }
}

extension Phone {
    /// Registers a phone with an instance as RFC 5627 §4.1 says; the answer.
    mutating func registerInstance(
        _ office: inout Office,
        _ name: String? = nil,
        callID: String? = nil,
        expires: Int = 600,
        fields: [String] = ["Supported: gruu"]
    ) throws -> Message {
        let instance = name ?? "<urn:uuid:\(username)>"
        let value = "<\(contact)>;+sip.instance=\"\(instance)\";expires=\(expires)"
        let answers = try ask(
            &office,
            "REGISTER",
            to: "sip:\(Office.domain)",
            toHeader: "<\(uri)>",
            callID: callID,
            extra: ["Contact: \(value)"] + fields
        )
        return try #require(answers.last)
    }
}

/// 101 calls; 102 has two phones, of which each was given GRUUs; 103 is there too.
struct GRUUScene {
    var office: Office
    var caller: Phone
    var first: Phone
    var second: Phone
    var third: Phone
    let ofFirst: GRUUs
    let ofSecond: GRUUs

    init() throws {
        office = try Office()
        caller = try Phone("phone-101-000001", in: &office)
        first = try Phone("phone-102-000001", in: &office, from: "192.0.2.60:50000")
        second = try Phone("phone-102-000002", in: &office, from: "192.0.2.61:50000")
        third = try Phone("phone-103-000001", in: &office, from: "192.0.2.63:50000")
        try caller.register(&office)
        try third.register(&office)
        ofFirst = try #require(try GRUUs(first.registerInstance(&office)))
        ofSecond = try #require(try GRUUs(second.registerInstance(&office)))
    }

    /// Calls a URI; the last thing that the caller hears.
    mutating func call(_ uri: String, callID: String = "call-1") throws -> Message {
        let contact = "Contact: <\(caller.contact)>"
        let answers = try caller.ask(
            &office,
            "INVITE",
            to: uri,
            callID: callID,
            extra: [contact],
            body: SDP.offer()
        )
        return try #require(answers.last)
    }

    /// A phone picks up; the caller confirms it. The answer that the caller got.
    mutating func pickUp(_ invite: Message, at phone: KeyPath<Self, Phone>) throws -> Message {
        let callee = self[keyPath: phone]
        office.deliver(callee.answer(invite, 200, sdp: SDP.answer(to: invite)), on: callee.flow)
        let answer = try #require(heard(by: \.caller).last)
        office.deliver(caller.inDialog("ACK", of: answer, sequence: try answer.cseq().number), on: caller.flow)
        return answer
    }

    mutating func heard(by phone: KeyPath<Self, Phone>) -> [Message] { office.received(on: self[keyPath: phone].flow) }
}
