// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Server

@Suite("RFC 8446 §4.1.3: the suite in our ServerHello")
struct NegotiatedCipherTests {
    private static func hello(session: Int, suite: [UInt8]) -> [UInt8] {
        let record: [UInt8] = [22, 3, 3, 0, 0]
        let handshake: [UInt8] = [2, 0, 0, 0, 3, 3]
        let random = [UInt8](repeating: 7, count: 32)
        return record + handshake + random + [UInt8(session)] + [UInt8](repeating: 9, count: session) + suite
    }

    @Test(arguments: [0, 32])
    func `is found behind a session identifier of any length`(session: Int) {
        let bytes = Self.hello(session: session, suite: [0x13, 0x02, 0])
        #expect(NegotiatedCipher.name(inServerHello: bytes) == "TLS_AES_256_GCM_SHA384")
    }

    @Test func `an alert, a cut-off hello and a suite we never offered say nothing`() {
        let hello = Self.hello(session: 32, suite: [0x13, 0x01])
        #expect(NegotiatedCipher.name(inServerHello: [21, 3, 3, 0, 2, 2, 40]) == nil)
        #expect(NegotiatedCipher.name(inServerHello: hello.dropLast()) == nil)
        #expect(NegotiatedCipher.name(inServerHello: Self.hello(session: 0, suite: [0, 0x2F])) == nil)
        #expect(NegotiatedCipher.name(inServerHello: []) == nil)
    }
}

@Suite("Control open-ports: the kernel's own list")
struct OpenSocketsTests {
    static let table = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:13C5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
           1: 0100007F:13C6 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
           2: 0100007F:13C5 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
        """

    @Test func `only our own listening sockets count`() {
        let found = OpenSockets.listeners(in: Self.table, network: .tcp, inodes: [111])
        #expect(found == [OpenSocket(network: .tcp, address: "127.0.0.1:5061")])
    }

    @Test func `an IPv6 address is read in the order of the network`() {
        let line = """
            head
               0: B80D0120000000000000000001000000:13C5 00000000000000000000000000000000:0000 07 0:0 0:0 0 0 0 5 2 0 0
            """
        let found = OpenSockets.listeners(in: line, network: .udp, inodes: [5])
        #expect(found == [OpenSocket(network: .udp, address: "[2001:db8::1]:5061")])
    }

    @Test func `a running server has the sockets it declares`() async throws {
        try await Office.open { office in
            let declared = try #require(await office.server.hop.ask { $0.listeners })
            #expect(declared.count == 3)
            let sockets = Set(declared.map { OpenSocket(network: $0.purpose.network, address: $0.address) })
            // The kernel hands its list out in pieces, and may leave one out while other tests open and close hundreds.
            var missing = sockets
            for _ in 0..<20 where !missing.isEmpty { missing = sockets.subtracting(OpenSockets.all()) }
            #expect(missing.isEmpty)
        }
    }
}

@Suite("Control intrusion-detection: events between two reports")
struct EventDigestTests {
    static func event(_ source: String) -> SecurityEvent {
        SecurityEvent(
            at: WallTime(milliseconds: 1),
            kind: .failedLogin,
            source: EventSource(parsing: source),
            detail: "…"
        )
    }

    @Test func `repeats are one event with a count`() {
        var digest = EventDigest()
        for _ in 0..<1_000 { digest.add(Self.event("192.0.2.1")) }
        let events = digest.drain(at: WallTime(milliseconds: 2))
        #expect(events.map(\.count) == [1_000])
        #expect(digest.isEmpty)
    }

    @Test func `a thousand sources are told apart up to the limit, and none is lost`() {
        var digest = EventDigest()
        for host in 0..<1_000 { digest.add(Self.event("192.0.2.\(host)")) }
        let events = digest.drain(at: WallTime(milliseconds: 2))
        #expect(events.count == Limits.eventKinds + 1)
        #expect(events.reduce(0) { $0 + $1.count } == 1_000)
    }

    private static func grave(_ kind: SecurityEventKind, _ source: EventSource) -> SecurityEvent {
        SecurityEvent(at: WallTime(milliseconds: 1), kind: kind, source: source, detail: "…")
    }

    @Test func `what is grave is told however many strangers there are, and is bounded itself`() {
        var digest = EventDigest()
        for host in 0..<1_000 { digest.add(Self.event("192.0.2.\(host)")) }
        for host in 0..<1_000 {
            digest.add(Self.grave(.foreignMedia, .address(IPAddress(v4: 0x0909_0000 + UInt32(host)))))
        }
        let phone = EventSource.address(IPAddress(v4: 0x0A00_0001))
        digest.add(Self.grave(.emergencyCall, phone))
        digest.add(Self.grave(.premiumRefused, phone))
        digest.add(Self.grave(.countersLost, .machine))
        let events = digest.drain(at: WallTime(milliseconds: 2))
        for kind in [SecurityEventKind.emergencyCall, .premiumRefused, .countersLost] {
            #expect(events.contains { $0.kind == kind }, "\(kind)")
        }
        #expect(events.count { $0.kind == .foreignMedia } == Limits.graveEvents)
        #expect(events.count == Limits.eventKinds + Limits.graveEvents + 4)
        #expect(events.reduce(0) { $0 + $1.count } == 2_003)
    }
}
