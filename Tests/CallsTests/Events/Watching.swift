// SPDX-License-Identifier: Apache-2.0

import Calls
import SIP
import Testing

extension Phone {
    /// Subscribes, and returns what came back: the answer, then the first NOTIFY.
    mutating func subscribe(
        _ office: inout Office,
        to user: String,
        event: String = "dialog",
        expires: Int? = 600,
        callID: String = "subscription-1",
        contact isThere: Bool = true,
        extra: [String] = []
    ) throws -> [Message] {
        var fields = ["Event: \(event)"] + extra
        if isThere { fields.append("Contact: <\(contact)>") }
        if let expires { fields.append("Expires: \(expires)") }
        return try ask(&office, "SUBSCRIBE", to: "sip:\(user)@\(Office.domain)", callID: callID, extra: fields)
    }

    /// Subscribes and takes the first NOTIFY.
    mutating func watch(
        _ office: inout Office,
        _ user: String,
        event: String = "dialog",
        expires: Int = 600,
        callID: String = "subscription-1"
    ) throws -> (answer: Message, notice: Message) {
        let messages = try subscribe(&office, to: user, event: event, expires: expires, callID: callID)
        #expect(messages.map(\.status) == [200, nil])
        let (answer, notice) = (try #require(messages.first), try #require(messages.last))
        #expect(notice.method == .notify)
        office.deliver(self.answer(notice, 200), on: flow)
        return (answer, notice)
    }

    /// A SUBSCRIBE inside the dialog that `answer` made.
    mutating func resubscribe(
        _ office: inout Office,
        _ answer: Message,
        event: String = "dialog",
        expires: Int,
        method: String = "SUBSCRIBE"
    ) throws -> [Message] {
        try ask(
            &office,
            method,
            to: "sip:pbx.office.example:5061;transport=tls",
            toHeader: answer.text("To"),
            callID: answer.text("Call-ID"),
            extra: ["Event: \(event)", "Contact: <\(contact)>", "Expires: \(expires)"]
        )
    }

    /// The NOTIFYs that reached this phone since the last look, each answered with 200.
    mutating func notices(_ office: inout Office) -> [Message] {
        let notices = office.received(on: flow).filter { $0.method == .notify }
        for notice in notices { office.deliver(answer(notice, 200), on: flow) }
        return notices
    }
}

extension Message {
    /// The value of a field; empty where there is none.
    func text(_ name: String) -> String { first(named: name).map { string($0) } ?? "" }

    var document: String { string(body) }

    /// The state of each call in a dialog document, in order.
    var callStates: [String] {
        document.split(separator: "<state>").dropFirst().map { String($0.prefix { $0 != "<" }) }
    }
}
