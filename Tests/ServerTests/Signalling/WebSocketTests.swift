// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import NIOCore
import Primitives
import Testing

@testable import Server

@Suite("RFC 7118 §4 opening a WebSocket for SIP")
struct WebSocketHandshakeTests {
    @Test(arguments: ["https://pbx.test", "HTTPS://PBX.test:443", nil])
    func `a page of a named site may, and so may a client that is no browser`(origin: String?) async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.browser(origin: origin)
            #expect(try await browser.hears("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(browser.state.text.contains("Sec-WebSocket-Protocol: sip\r\n\r\n"))
        }
    }

    @Test(arguments: ["https://evil.example", "http://pbx.test", "https://pbx.test.evil.example", "null", ""])
    func `P06 a page of any other site is forbidden`(origin: String) async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.browser(origin: origin)
            #expect(try await browser.isClosed())
            #expect(browser.state.text == "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
    }

    @Test(arguments: [nil, "msrp"])
    func `D14 without the subprotocol sip there is no WebSocket`(subprotocol: String?) async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.browser(subprotocol: subprotocol)
            #expect(try await browser.isClosed())
            #expect(browser.state.text.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test(arguments: ["GET /admin HTTP/1.1", "POST / HTTP/1.1", "OPTIONS sip:pbx.test SIP/2.0"])
    func `anything else gets one fixed answer that does not say who gives it`(line: String) async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.browser(line: line)
            #expect(try await browser.isClosed())
            #expect(browser.state.text == "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        }
    }
}

@Suite("RFC 7118 §5 SIP in WebSocket messages")
struct WebSocketMessageTests {
    @Test func `a browser registers, and the list says over what`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let phone = try await Enrolled("201", in: office)
            let browser = try await office.openBrowser()
            #expect(try await phone.register(over: browser))
            let list = await office.server.live(.registrations).registrations
            #expect(list.map(\.transport) == ["wss"])
            #expect(list.first?.tlsVersion == "TLSv1.3")
        }
    }

    @Test func `a message needs no Content-Length, may be binary, and may come in pieces`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            browser.say(Requests.options(branch: 1).replacingOccurrences(of: "Content-Length: 0\r\n", with: ""))
            #expect(try await browser.hears("branch=z9hG4bK-1"))

            let second = Array(Requests.options(branch: 2).utf8)
            try await browser.say(bytes: ByteBuffer(bytes: Frames.frame(0x82, second)))
            #expect(try await browser.hears("branch=z9hG4bK-2"))

            let third = Array(Requests.options(branch: 3).utf8)
            let pieces = Frames.frame(0x01, Array(third[..<9])) + Frames.frame(0x00, Array(third[9..<200]))
            try await browser.say(bytes: ByteBuffer(bytes: pieces + Frames.frame(0x80, Array(third[200...]))))
            #expect(try await browser.hears("branch=z9hG4bK-3"))
            #expect(browser.state.text.components(separatedBy: "SIP/2.0 401 ").count == 4)
        }
    }

    @Test func `each answer is one text message`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            let before = browser.state.bytes.count
            browser.say(Requests.options())
            #expect(try await browser.hears("Content-Length: 0\r\n\r\n"))
            let frame = Array(browser.state.bytes[before...])
            #expect(frame[0] == 0x81 && frame[1] == 126)
            #expect(frame.count == 4 + Int(frame[2]) << 8 + Int(frame[3]))
        }
    }

    @Test func `a ping is answered by its pong, and a double CRLF by a CRLF`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            let before = browser.state.bytes.count
            try await browser.say(bytes: ByteBuffer(bytes: Frames.frame(0x89, Array("there?".utf8))))
            browser.say("\r\n\r\n")
            let expected = [0x8A, 6] + Array("there?".utf8) + [0x81, 2, 0x0D, 0x0A]
            #expect(try await browser.waits { $0.bytes.dropFirst(before).elementsEqual(expected) })
        }
    }
}

@Suite("RFC 7118 §6: keep-alives over WebSockets")
struct WebSocketKeepAliveTests {
    @Test(arguments: [0x81, 0x82], [[13, 10], [13, 10, 13, 10, 13, 10], [], [10], [0], [13, 10, 0]] as [[UInt8]])
    func `line ends, zeros and nothing at all are no reason to end it`(frame: UInt8, padding: [UInt8]) async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let phone = try await Enrolled("201", in: office)
            let browser = try await office.openBrowser()
            #expect(try await phone.register(over: browser))
            try await browser.say(bytes: ByteBuffer(bytes: Frames.frame(frame, padding)))
            browser.say(Requests.options(branch: 7))
            #expect(try await browser.hears("branch=z9hG4bK-7"))
            #expect(await office.server.live(.registrations).registrations.count == 1)
        }
    }

    @Test(arguments: [[13, 10], [13, 10, 13, 10], [10], [0]] as [[UInt8]])
    func `a message is read behind them`(padding: [UInt8]) async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            let message = Frames.frame(0x81, padding + Array(Requests.options(branch: 8).utf8))
            try await browser.say(bytes: ByteBuffer(bytes: message))
            #expect(try await browser.hears("branch=z9hG4bK-8"))
        }
    }
}

@Suite("Control flood-protection: WebSockets that are abused")
struct WebSocketAbuseTests {
    @Test(
        arguments: [
            ([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F], 1002), ([0x91, 0x80, 0, 0, 0, 0], 1002),
            ([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 1009), ([0x82, 0xFF, 0x80], 1002),
        ] as [([UInt8], Int)]
    )
    func `D14 breaking the protocol ends it with the reason`(frame: [UInt8], code: Int) async throws {
        // The last one is complete only with the rest of its length.
        let frame = frame.count == 3 ? frame + [0, 0, 0, 0, 0, 0, 0] : frame
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            try await browser.say(bytes: ByteBuffer(bytes: frame))
            #expect(try await browser.isClosed())
            #expect(browser.state.bytes.suffix(4) == [0x88, 2, UInt8(code >> 8), UInt8(code & 255)])
        }
    }

    @Test func `D14 pieces of one byte end it`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            let piece = Frames.frame(0x00, [0x61])
            let pieces = Frames.frame(0x01, [0x61]) + Array(repeating: piece, count: 100).joined()
            try? await browser.say(bytes: ByteBuffer(bytes: pieces))
            #expect(try await browser.isClosed())
            #expect(browser.state.bytes.suffix(4) == [0x88, 2, 0x03, 0xF1])
        }
    }

    @Test func `E-M7 pieces of a message are counted, and have ten seconds from the first to the last`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            browser.say(Requests.options())
            #expect(try await browser.hears("SIP/2.0 401"))
            for number in 0..<10 {
                let piece = Frames.frame(number == 0 ? 0x01 : 0x00, Array(repeating: 0x61, count: 1_000))
                try await browser.say(bytes: ByteBuffer(bytes: piece))
            }
            #expect(try await office.eventually { $0.unfinished == 10_000 })
            let isDue = await office.server.hop.ask { signalling in
                let end = signalling.loop.patience.served(SystemClock.monotonic) + Limits.wholeMessage
                return signalling.loop.connections.all.allSatisfy { $0.standing.deadline() <= end }
            }
            #expect(isDue == true)
            // A ping in between buys no time, and the whole message is heard.
            try await browser.say(bytes: ByteBuffer(bytes: Frames.frame(0x89, [])))
            await browser.close()
            #expect(try await office.eventually { $0.unfinished == 0 && $0.connections.count == 0 })
        }
    }

    @Test func `D14 a flood of pings is answered as far as a stranger's budget goes`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            let before = browser.state.bytes.count
            let pings = Array(repeating: Frames.frame(0x89, []), count: 2_000).joined()
            try? await browser.say(bytes: ByteBuffer(bytes: pings))
            #expect(try await browser.isClosed())
            #expect(try await office.eventually { $0.figures.droppedMessages >= 300 })
            let pongs = (browser.state.bytes.count - before) / 2
            #expect((1...700).contains(pongs))
        }
    }

    @Test func `D12 a page of somebody else does not get the office shut out`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            for _ in 0..<30 {
                let browser = try await office.browser(origin: "https://evil.example")
                #expect(try await browser.waits(.seconds(15)) { $0.isClosed })
            }
            let bans = await office.server.bans()
            #expect(bans.isEmpty)
            let phone = try await office.peer()
            phone.say(Requests.options())
            #expect(try await phone.hears("SIP/2.0 401 "))
        }
    }

    @Test func `who opens one and says nothing is cut off, whatever its pings say`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            for _ in 0..<100 where !browser.state.isClosed {
                try? await browser.say(bytes: ByteBuffer(bytes: Frames.frame(0x89, [])))
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(browser.state.isClosed)
        }
    }

    @Test func `a close is answered by its code, and nothing is read after it`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            let close = Frames.frame(0x88, [0x0B, 0xB8]) + Frames.text(Requests.options())
            try await browser.say(bytes: ByteBuffer(bytes: close))
            #expect(try await browser.isClosed())
            #expect(browser.state.bytes.suffix(4) == [0x88, 2, 0x0B, 0xB8])
            #expect(!browser.state.text.contains("SIP/2.0"))
        }
    }

    @Test func `a server that stops takes leave`() async throws {
        try await Office.open(browsers: ["https://pbx.test"]) { office in
            let browser = try await office.openBrowser()
            await office.server.stop()
            #expect(try await browser.isClosed())
            #expect(browser.state.bytes.suffix(4) == [0x88, 2, 0x03, 0xE9])
        }
    }
}
