// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import NIOCore
import Primitives
import Testing

@testable import Server

@Suite("Control intrusion-detection: peers that misbehave")
struct HostilePeerTests {
    @Test(arguments: ["GET / HTTP/1.1\r\nHost: pbx.test\r\n\r\n", "\u{0}\u{1}\u{2}\u{3} garbage\r\n\r\n"])
    func `R06 who does not speak SIP is cut off without an answer`(greeting: String) async throws {
        try await Office.open { office in
            let peer = try await office.peer()
            peer.say(greeting)
            #expect(try await peer.isClosed())
            #expect(!peer.state.text.contains("SIP/2.0 2"))
        }
    }

    @Test(arguments: ["X: 1\nContent-Length: 0\r\n\r\n", "\n", "X: 1\n\n"])
    func `D07 a line that ends without CR gets its 400 at once, and the end`(rest: String) async throws {
        try await Office.open { office in
            let peer = try await office.peer()
            let lines = Requests.options(branch: 1).split(separator: "\r\n").filter { !$0.hasPrefix("Content-Length") }
            let start = ContinuousClock.now
            peer.say(lines.joined(separator: "\r\n") + "\r\n" + rest)
            #expect(try await peer.isClosed())
            #expect(peer.state.text.hasPrefix("SIP/2.0 400"))
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    @Test func `a message that never ends is cut off at the limit`() async throws {
        try await Office.open { office in
            let peer = try await office.peer()
            peer.say("REGISTER sip:pbx.test SIP/2.0\r\n")
            peer.say(String(repeating: "X-Padding: " + String(repeating: "a", count: 500) + "\r\n", count: 400))
            #expect(try await peer.isClosed())
        }
    }

    @Test func `D03 who connects and says nothing is cut off after five seconds`() async throws {
        try await Office.open { office in
            let silent = try await Peer.connect(to: office.server.sipTLS, root: nil)
            let secured = try await office.peer()
            #expect(try await secured.waits { $0.isSecured })
            #expect(try await silent.isClosed(within: .seconds(8)))
            #expect(try await secured.isClosed(within: .seconds(8)))
        }
    }

    @Test func `D03 who sends one byte at a time is cut off as if it said nothing`() async throws {
        try await Office.open { office in
            let slow = try await office.peer()
            let start = ContinuousClock.now
            for byte in Requests.register().unicodeScalars.prefix(40) {
                if slow.state.isClosed { break }
                slow.say(String(byte))
                try await Task.sleep(for: .milliseconds(200))
            }
            #expect(try await slow.isClosed(within: .seconds(1)))
            #expect(ContinuousClock.now - start < .seconds(8))
        }
    }

    @Test func `D03 who begins a later message and does not end it is cut off after ten seconds`() async throws {
        try await Office.open { office in
            let slow = try await office.peer()
            slow.say(Requests.options(branch: 1))
            #expect(try await slow.hears("branch=z9hG4bK-1"))
            let start = ContinuousClock.now
            for byte in Requests.register(branch: 2).unicodeScalars where !slow.state.isClosed {
                slow.say(String(byte))
                try await Task.sleep(for: .milliseconds(200))
                guard ContinuousClock.now - start < .seconds(20) else { break }
            }
            #expect(slow.state.isClosed)
            #expect((.seconds(9)...(.seconds(18))).contains(ContinuousClock.now - start))
        }
    }

    @Test func `where a phone has registered from, others have time to come`() async throws {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let line = try await office.peer()
            #expect(try await phone.register(over: line))
            await line.close()
            let second = try await office.peer()
            #expect(try await second.waits { $0.isSecured })
            try await Task.sleep(for: .seconds(8))
            #expect(try await phone.register(over: second))
        }
    }

    @Test func `as many connections wait for accept as the limit says`() async throws {
        try await Office.open(browsers: ["https://pbx.test"], hasIPv6: true) { office in
            for listener in office.server.sip {
                let process = Process()
                process.executableURL = URL(filePath: "/usr/bin/env")
                process.arguments = ["ss", "-Hltn", "sport = :\(listener.address.port)"]
                let output = Pipe()
                process.standardOutput = output
                try process.run()
                let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
                process.waitUntilExit()
                #expect(text.split(separator: " ").dropFirst(2).first == "\(Limits.backlog)", "\(text)")
            }
        }
    }

    @Test func `a stranger over budget is heard no more and not told, and cut when it goes on`() async throws {
        try await Office.open { office in
            let peer = try await office.peer()
            for branch in 1...650 { peer.say(Requests.register(branch: branch)) }
            var (answers, dropped) = (0, 0)
            for _ in 0..<1_000 where answers + dropped < 650 {
                try await Task.sleep(for: .milliseconds(10))
                answers = peer.state.text.components(separatedBy: "SIP/2.0 401 ").count - 1
                dropped = Int(try #require(await office.server.hop.ask { $0.loop.figures.droppedMessages }))
            }
            #expect(answers + dropped == 650)
            #expect((380...600).contains(answers))
            #expect(!peer.state.isClosed)
            for branch in 1_001...1_500 { peer.say(Requests.register(branch: branch)) }
            #expect(try await peer.isClosed())
            #expect(await office.server.bans().isEmpty)
        }
    }

    @Test func `one stranger cannot take every connection`() async throws {
        try await Office.open { office in
            var peers: [Peer] = []
            for _ in 0..<100 { peers.append(try await Peer.connect(to: office.server.sipTLS, root: nil)) }
            try await Task.sleep(for: .milliseconds(300))
            let open = peers.count { !$0.state.isClosed }
            #expect((1...64).contains(open))
            let figures = try #require(await office.server.hop.ask { $0.loop.figures })
            // On a busy machine some of the first are gone before the last come.
            #expect(figures.refusedConnections >= 10)
        }
    }

    @Test func `a site's phones may all come at once`() async throws {
        let loopback = try #require(IPPrefix(parsing: "127.0.0.0/8"))
        try await Office.open(sites: [loopback]) { office in
            var peers: [Peer] = []
            for _ in 0..<100 { peers.append(try await Peer.connect(to: office.server.sipTLS, root: nil)) }
            try await Task.sleep(for: .milliseconds(300))
            #expect(peers.allSatisfy { !$0.state.isClosed })
        }
    }

    @Test func `who does not read its answers loses its connection`() async throws {
        let loopback = try #require(IPPrefix(parsing: "127.0.0.0/8"))
        try await Office.open(sites: [loopback]) { office in
            let deaf = try await office.peer(window: 4_096)
            #expect(try await deaf.waits { $0.isSecured })
            try await deaf.stopReading()
            // More answers than the kernel's buffers on both sides take.
            let request = ByteBuffer(string: (1...100).map { Requests.register(branch: $0) }.joined())
            var slowReaders: UInt64 = 0
            for _ in 0..<400 where slowReaders == 0 {
                try? await deaf.say(bytes: request)
                slowReaders = await office.server.hop.ask { $0.loop.figures.slowReaders } ?? 0
            }
            #expect(slowReaders == 1)
        }
    }
}
