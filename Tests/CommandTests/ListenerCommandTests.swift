// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Store
import Testing

@testable import ringfence

@Suite("ringfence listener")
struct ListenerCommandTests {
    private let exception = ListenerException(
        transport: .udp,
        address: "192.0.2.10:5060",
        reason: "door phone",
        until: Sample.time
    )

    @Test func `an exception says until when and how to take it back`() throws {
        let command = try parse(
            ListenerExcept.self,
            "udp",
            "192.0.2.10:5060",
            "--reason",
            "door phone",
            "--days",
            "30"
        )
        #expect(
            command.command
                == ExceptListener(transport: .udp, address: "192.0.2.10:5060", reason: "door phone", days: 30)
        )
        let output = try command.answer(from: Office(exception))
        #expect(
            output.text == "SIP over UDP on 192.0.2.10:5060 is allowed without encryption until 2026-11-21T07:00:00Z."
        )
        #expect(output.hint == "Take it back: ringfence listener withdraw udp 192.0.2.10:5060")
    }

    @Test func `the list shows what is open, and by whose leave`() throws {
        let reports = [
            ListenerReport(
                listener: Listener(purpose: .sipTLS, address: "192.0.2.10:5061"),
                isOpen: true,
                exception: nil
            ),
            ListenerReport(
                listener: Listener(purpose: .sipUDP, address: "192.0.2.10:5060"),
                isOpen: false,
                exception: exception
            ),
        ]
        #expect(
            try parse(ListenerList.self).answer(from: Office(reports)).text == """
                LISTENER  ADDRESS          STATE   EXCEPTION
                sip-tls   192.0.2.10:5061  open    -
                sip-udp   192.0.2.10:5060  closed  until 2026-11-21T07:00:00Z: door phone
                """
        )
    }
}
