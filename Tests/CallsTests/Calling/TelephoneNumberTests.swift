// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("RFC 3966 §5.1 and RFC 3261 §19.1.6: a number in a tel URI")
struct TelephoneNumberTests {
    static let ours = [
        "tel:102", "TEL:1-0-2", "tel:(10).2", "tel:102;phone-context=office.example",
        "tel:102;phone-context=OFFICE.example",
        "tel:102;phone-context=pbx.office.example",
    ]
    static let others = [
        "tel:+102", "tel:102;phone-context=evil.example", "tel:102;phone-context=+44", "tel:798", "tel:+4420000000",
    ]

    @Test(arguments: ours) func `of ours rings when it is dialled`(uri: String) throws {
        var (office, caller, callee) = try Office.withPhones()
        try dial(uri, &caller, &office)
        #expect(office.received(on: callee.flow).map(\.method) == [.invite])
    }

    @Test(arguments: others) func `of somebody else rings nobody`(uri: String) throws {
        var (office, caller, callee) = try Office.withPhones()
        try dial(uri, &caller, &office)
        #expect(office.received(on: callee.flow).isEmpty)
        #expect(office.record()?.status == 404)
    }

    private func dial(_ uri: String, _ phone: inout Phone, _ office: inout Office) throws {
        let fields = ["Contact: <\(phone.contact)>"]
        _ = try phone.ask(&office, "INVITE", to: uri, callID: "call-1", extra: fields, body: SDP.offer())
    }

    @Test func `of ours is where a call can be sent to`() throws {
        var stage = try TransferScene()
        #expect(stage.refer("<tel:1-03>").map(\.status).first == 202)
        #expect(stage.heard(by: \.target).map(\.method) == [.invite])
    }
}
