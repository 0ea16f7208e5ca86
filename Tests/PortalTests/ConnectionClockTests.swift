// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Portal

@Suite("Connections of browsers, by the clock")
struct ConnectionClockTests {
    private final class Browser {
        let channel = EmbeddedChannel()

        var isClosed: Bool { !channel.isActive }

        init() throws {
            try channel.pipeline.syncOperations.addHandler(ConnectionClock())
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func head() throws {
            let head = HTTPRequest(method: .post, scheme: "https", authority: "localhost", path: "/")
            try channel.writeInbound(HTTPRequestPart.head(head))
        }

        func end() throws { try channel.writeInbound(HTTPRequestPart.end(nil)) }

        func isAnswered() throws {
            try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .forbidden)))
            try channel.writeOutbound(HTTPResponsePart.end(nil))
        }

        func wait(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }
    }

    @Test func `who was answered before the request was whole is let be silent no longer than others`() throws {
        let browser = try Browser()
        try browser.head()
        try browser.isAnswered()
        browser.wait(.seconds(1))
        try browser.end()
        browser.wait(.seconds(29))
        #expect(!browser.isClosed)
        browser.wait(.seconds(2))
        #expect(browser.isClosed)
    }

    @Test func `an answer may take as long as it takes, also to the second of two requests`() throws {
        let browser = try Browser()
        for _ in 0..<2 {
            try browser.head()
            try browser.end()
        }
        try browser.isAnswered()
        browser.wait(.seconds(3_600))
        #expect(!browser.isClosed)
        try browser.isAnswered()
        browser.wait(.seconds(31))
        #expect(browser.isClosed)
    }

    @Test func `a request that does not end does`() throws {
        let browser = try Browser()
        try browser.head()
        browser.wait(.seconds(16))
        #expect(browser.isClosed)
        let silent = try Browser()
        silent.wait(.seconds(11))
        #expect(silent.isClosed)
    }
}
