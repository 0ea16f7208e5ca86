// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 3261 §7: messages")
struct MessageTests {
    @Test func `finds the start line, the fields and the body of a request`() throws {
        let message = try Message(parsing: request(body: "hello").span)
        #expect(message.method == .options)
        #expect(message.status == nil)
        #expect(message.string(message.requestURI) == "sip:204@pbx.example")
        #expect(message.first(.callID).map(message.string) == "a84b4c76e66710")
        #expect(message.string(message.body) == "hello")
        try message.validate()
    }

    @Test func `finds the status and the reason of a response`() throws {
        let message = try Message(parsing: wire("SIP/2.0 486 Busy Here\nCall-ID: x\n\n").span)
        #expect(message.method == nil)
        #expect(message.status == 486)
        #expect(message.string(message.reasonPhrase) == "Busy Here")
    }
}
