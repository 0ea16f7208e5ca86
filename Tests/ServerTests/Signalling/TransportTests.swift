// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Testing

@testable import Server

@Suite("Control signalling-encryption, RFC 3261 §26.3.1: what may connect")
struct TransportTests {
    @Test(arguments: [12...12, 13...13])
    func `a phone that registers over TLS is asked for its credential`(versions: ClosedRange<Int>) async throws {
        try await Office.open { office in
            let phone = try await office.peer(versions: versions)
            phone.say(Requests.register())
            #expect(try await phone.hears("SIP/2.0 401 "))
        }
    }

    @Test func `K01 TLS 1.1 is refused`() async throws {
        try await Office.open { office in
            let phone = try await office.peer(versions: 10...11)
            phone.say(Requests.register())
            #expect(try await phone.waits { $0.isClosed || $0.failure != nil })
            #expect(!phone.state.isSecured)
            #expect(phone.state.text.isEmpty)
        }
    }

    @Test func `K03 the certificate is good for the name that phones are told, and for no other`() async throws {
        try await Office.open { office in
            let phone = try await office.peer(name: "pbx.test")
            phone.say(Requests.register())
            #expect(try await phone.hears("SIP/2.0 401 "))

            let misled = try await office.peer(name: "evil.test")
            #expect(try await misled.waits { $0.failure != nil })
            #expect(!misled.state.isSecured)
        }
    }

    @Test func `K02 SIP without TLS on the TLS port gets no answer`() async throws {
        try await Office.open { office in
            let peer = try await Peer.connect(to: office.server.sipTLS, root: nil)
            peer.say(Requests.register())
            #expect(try await peer.isClosed())
            #expect(!peer.state.text.contains("SIP"))
        }
    }

    @Test func `two messages in one record, and one message in two, are both understood`() async throws {
        try await Office.open { office in
            let phone = try await office.peer()
            phone.say(Requests.register(branch: 1) + Requests.register(branch: 2))
            #expect(try await phone.waits { $0.text.components(separatedBy: "SIP/2.0 401 ").count == 3 })

            let message = Requests.register(branch: 3)
            phone.say(String(message.prefix(100)))
            try await Task.sleep(for: .milliseconds(50))
            phone.say(String(message.dropFirst(100)))
            #expect(try await phone.hears("branch=z9hG4bK-3"))
        }
    }

    @Test func `a double CRLF keeps the connection alive and is answered by one CRLF (RFC 5626 §4.4.1)`() async throws {
        try await Office.open { office in
            let phone = try await office.peer()
            phone.say("\r\n\r\n")
            #expect(try await phone.waits { $0.text == "\r\n" })
        }
    }

    @Test func `a server that stops lets go of its address, and the next one takes it`() async throws {
        let first = try await Office.open { office in office.server.sipTLS }
        #expect(first.port != 0)
        let peer = try? await Peer.connect(to: first, root: nil)
        #expect(peer == nil)
    }
}
