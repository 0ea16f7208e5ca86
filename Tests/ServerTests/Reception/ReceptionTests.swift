// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import NIOCore
import Primitives
import Testing

@testable import Server

/// Connections as strangers make them, to an address that several businesses share.
@Suite("Control flood-protection: connections that have not said whom they want", .serialized)
struct ReceptionTests {
    @Test func `are closed without a word when nobody has the name, or none is asked for`() async throws {
        try await HostedOffices.open { hosted in
            for names in [["nobody.test"], nil, ["acme.test.", "acme.test"], ["127.0.0.1"]] {
                let peer = try await hosted.stranger()
                try await peer.say(bytes: ByteBuffer(bytes: ClientHelloDraft(names: names).bytes))
                #expect(try await peer.isClosed())
                #expect(peer.state.bytes.isEmpty)
            }
            #expect(try await hosted.eventually { $0.strayed == 3 && $0.refused == 1 && $0.waiting == 0 })
        }
    }

    @Test func `reach the only business that there is without a name, or with a wrong one`() async throws {
        try await HostedOffices.open(["acme.test"]) { hosted in
            for names in [["nobody.test"], nil] {
                let peer = try await hosted.stranger()
                try await peer.say(bytes: ByteBuffer(bytes: ClientHelloDraft(names: names).bytes))
                // A ServerHello, or an alert: somebody answers.
                #expect(try await peer.waits { !$0.bytes.isEmpty })
            }
        }
    }

    @Test(arguments: [1, 7, 60])
    func `may say it in pieces`(size: Int) async throws {
        try await HostedOffices.open { hosted in
            let peer = try await hosted.stranger()
            let hello = ClientHelloDraft(names: ["BOLT.test"]).bytes
            let count = min(hello.count / size + 1, Limits.looksPerHello / 2)
            for piece in 0..<count {
                let (start, end) = (hello.count * piece / count, hello.count * (piece + 1) / count)
                try await peer.say(bytes: ByteBuffer(bytes: hello[start..<end]))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await peer.waits { !$0.bytes.isEmpty })
            #expect(try await hosted.eventually { $0.passedOn == 1 && $0.waiting == 0 })
        }
    }

    @Test func `are closed when it comes in more pieces than any network makes`() async throws {
        try await HostedOffices.open { hosted in
            let peer = try await hosted.stranger()
            for byte in ClientHelloDraft(names: ["acme.test"]).bytes.prefix(80) where !peer.state.isClosed {
                try? await peer.say(bytes: ByteBuffer(bytes: [byte]))
                try await Task.sleep(for: .milliseconds(5))
            }
            #expect(try await peer.isClosed())
            #expect(try await hosted.eventually { $0.overdue == 1 && $0.waiting == 0 })
        }
    }

    @Test(arguments: [
        "REGISTER sip:acme.test SIP/2.0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\u{0}", "\u{16}\u{3}\u{1}\u{0}\u{0}",
        "\u{16}\u{3}\u{1}\u{0}\u{4}\u{2}\u{0}\u{0}\u{0}",
    ])
    func `are closed at once when they do not speak TLS`(text: String) async throws {
        try await HostedOffices.open { hosted in
            let peer = try await hosted.stranger()
            peer.say(text)
            #expect(try await peer.isClosed())
            #expect(peer.state.bytes.isEmpty)
            #expect(try await hosted.eventually { $0.refused == 1 && $0.waiting == 0 })
        }
    }

    @Test(arguments: [
        ["a\u{0}cme.test"], [String(repeating: "a", count: 256)], [String(repeating: "a.", count: 200) + "test"],
        ["acme.test", "bolt.test"], [""],
    ])
    func `are closed when the name is none`(names: [String]) async throws {
        try await HostedOffices.open { hosted in
            let peer = try await hosted.stranger()
            try await peer.say(bytes: ByteBuffer(bytes: ClientHelloDraft(names: names).bytes))
            #expect(try await peer.isClosed())
            #expect(try await hosted.eventually { $0.refused == 1 })
        }
    }

    @Test func `are closed when the hello is longer than any`() async throws {
        try await HostedOffices.open { hosted in
            let peer = try await hosted.stranger()
            let head: [UInt8] = [22, 3, 1, 0x40, 0, 1, 0, 0x3F, 0xFC]
            try? await peer.say(bytes: ByteBuffer(bytes: head))
            #expect(try await peer.isClosed())
            #expect(try await hosted.eventually { $0.refused == 1 })
        }
    }

    @Test func `are closed when nothing comes in time, whether they say a part or nothing`() async throws {
        try await HostedOffices.open { hosted in
            let hello = ClientHelloDraft(names: ["acme.test"]).bytes
            let (silent, slow, halfGone) = (
                try await hosted.stranger(), try await hosted.stranger(), try await hosted.stranger()
            )
            try await slow.say(bytes: ByteBuffer(bytes: hello.dropLast()))
            await halfGone.close()
            #expect(try await silent.isClosed(within: Limits.hello + .seconds(5)))
            #expect(try await slow.isClosed())
            #expect(try await hosted.eventually { $0.overdue == 2 && $0.waiting == 0 })
        }
    }

    @Test func `are only so many of one source, and another source is served meanwhile`() async throws {
        try await HostedOffices.open { hosted in
            // The first ones may be overdue by the time that the last one comes, on a busy machine.
            let crowd = try await hosted.strangers(2 * Limits.hellosPerSource, from: "127.0.0.66")
            #expect(try await hosted.eventually { $0.crowded >= 1 && $0.waiting <= Limits.hellosPerSource })
            let phone = try await Enrolled("201", in: hosted.offices[0])
            #expect(try await phone.register(over: hosted.offices[0].peer()))
            for peer in crowd { await peer.close() }
        }
    }

    @Test func `wait for a loop that is behind only so many, and the loop of another business serves meanwhile`()
        async throws
    {
        try await HostedOffices.open { hosted in
            let before = Descriptors.count(on: hosted.tls.port)
            let (busy, other) = (hosted.offices[0], hosted.offices[1])
            let isBusy = DispatchSemaphore(value: 0)
            busy.server.hop.tell { _ in _ = isBusy.wait(timeout: .now() + 60) }
            let hello = ByteBuffer(bytes: ClientHelloDraft(names: ["acme.test"]).bytes)
            let peers = try await hosted.strangers(Limits.onTheWayPerBusiness + 50)
            // Those that are too many are closed at once.
            for peer in peers { try? await peer.say(bytes: hello) }
            let phone = try await Enrolled("201", in: other)
            #expect(try await phone.register(over: other.peer()))
            #expect(try await hosted.eventually { $0.crowded >= 1 })
            isBusy.signal()
            for peer in peers { await peer.close() }
            let late = try await Enrolled("201", in: busy)
            #expect(try await late.register(over: busy.patientPeer(from: "127.0.0.77")))
            let isGone = try await Descriptors.eventually(before + 2, on: hosted.tls.port)
            #expect(isGone)
        }
    }

    /// Two thousand half hellos from forty addresses, while phones come and go: none of them waits long, and every
    /// descriptor comes back.
    @Test func `do not keep phones out, and leave no descriptor behind`() async throws {
        try await HostedOffices.open { hosted in
            let port = hosted.tls.port
            let before = Descriptors.count(on: port)
            let flood = Task {
                let half = ByteBuffer(bytes: ClientHelloDraft(names: ["acme.test"]).bytes.prefix(50))
                for wave in 0..<20 {
                    await withTaskGroup { group in
                        for index in 0..<100 {
                            group.addTask {
                                let source = "127.0.1.\(1 + (wave * 100 + index) % 40)"
                                guard let peer = try? await hosted.stranger(from: source) else { return }
                                try? await peer.say(bytes: half)
                                if index % 2 == 0 { await peer.close() }
                            }
                        }
                    }
                }
            }
            var served = 0
            for round in 0..<10 {
                let office = hosted.offices[round % 2]
                let phone = try await Enrolled("2\(10 + round)", in: office)
                let line = try await office.peer()
                if try await phone.register(over: line) { served += 1 }
                await line.close()
            }
            #expect(served == 10)
            await flood.value
            #expect(try await hosted.eventually { $0.waiting == 0 })
            let isGone = try await Descriptors.eventually(before, on: port)
            #expect(isGone, "\(Descriptors.count(on: port)) descriptors, \(before) before")
        }
    }
}

/// The sockets of this process, by the port of our end.
enum Descriptors {
    static func count(on port: UInt16) -> Int {
        (0..<8_192).count { BoundSocket.name(of: Int32($0))?.port == port }
    }

    static func eventually(_ count: Int, on port: UInt16) async throws -> Bool {
        for _ in 0..<200 {
            if self.count(on: port) <= count { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

/// A ClientHello that a server answers: TLS 1.2 with one of our suites.
struct ClientHelloDraft {
    let bytes: [UInt8]

    /// - Parameter names: For server_name; `nil` for none.
    init(names: [String]?) {
        var extensions = Self.field(10, Self.vector([0, 0x1D, 0, 0x17])) + Self.field(11, [1, 0])
        extensions += Self.field(13, Self.vector([4, 3, 8, 4, 4, 1])) + Self.field(0xFF, 1, [0])
        if let names { extensions += Self.field(0, Self.vector(names.flatMap { [0] + Self.vector(Array($0.utf8)) })) }
        let body: [UInt8] =
            [3, 3] + (0..<32).map { UInt8($0) } + [0] + Self.vector([0xC0, 0x2B, 0xC0, 0x2F]) + [1, 0]
            + Self.vector(extensions)
        bytes = [22, 3, 1] + Self.vector([1, 0] + Self.vector(body))
    }

    private static func field(_ type: UInt8, _ content: [UInt8]) -> [UInt8] { field(0, type, content) }
    private static func field(_ high: UInt8, _ low: UInt8, _ content: [UInt8]) -> [UInt8] {
        [high, low] + vector(content)
    }

    private static func vector(_ content: [UInt8]) -> [UInt8] {
        [UInt8(content.count >> 8), UInt8(content.count & 255)] + content
    }
}
