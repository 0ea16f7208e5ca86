// SPDX-License-Identifier: Apache-2.0

import Admin
import Calls
import Foundation
import Model
import NIOCore
import NIOPosix
import Primitives
import Testing

@testable import Server

@Suite("What is signalled, noted for a while")
struct TraceTests {
    private static func order(for seconds: Int64 = 60, to collector: Primitives.SocketAddress? = nil) -> TraceOrder {
        TraceOrder(since: SystemClock.wall, until: SystemClock.wall + .seconds(seconds), collector: collector)
    }

    @Test func `a phone's registration is noted both ways without its answer to the challenge, until it is stopped`()
        async throws
    {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let peer = try await office.peer()
            #expect(await office.server.trace(of: nil, limit: 9) == nil)
            _ = await office.server.startTrace(Self.order())
            #expect(try await phone.register(over: peer))
            let report = try #require(await office.server.trace(of: nil, limit: 500))
            #expect(report.messages.map(\.isReceived) == [true, false, true, false] && report.noted == 4)
            #expect(report.messages.map(\.summary).last == "SIP/2.0 200 OK")
            let said = try #require(report.messages.dropFirst(2).first)
            #expect(said.text.contains(#"response="****"#) && said.text.contains(#"cnonce="******""#))
            #expect(said.transport == "tls" && said.local.hasPrefix("127.0.0.1:"))
            let same = try #require(await office.server.trace(of: said.callID, limit: 500)).messages
            #expect(same.count >= 2 && same.allSatisfy { $0.callID == said.callID })
            #expect(await office.server.trace(of: "another", limit: 500)?.messages.isEmpty == true)
            #expect(await office.server.stopTrace()?.noted == 4)
            #expect(await office.server.trace(of: nil, limit: 9) == nil)
        }
    }

    @Test func `it ends by itself`() async throws {
        try await Office.open { office in
            _ = await office.server.startTrace(Self.order(for: 0))
            let peer = try await office.peer()
            peer.say(Requests.options(branch: 7))
            #expect(try await peer.hears("branch=z9hG4bK-7"))
            #expect(await office.server.trace(of: nil, limit: 9)?.noted == 0)
        }
    }

    // MARK: What it keeps

    private static let here = Primitives.SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 5061)
    private static let there = Primitives.SocketAddress(ip: IPAddress(v4: 0xC000_0207), port: 40_000)

    private static func flow(_ id: UInt64) -> Flow {
        Flow(id: FlowID(rawValue: id), transport: .tls, remote: there, local: here)
    }

    private static func invite(_ callID: String, padding: Int = 0) -> [UInt8] {
        let text = """
            INVITE sip:102@pbx.test SIP/2.0\r
            Via: SIP/2.0/TLS 192.0.2.7;branch=z9hG4bK\(callID)\r
            From: <sip:101@pbx.test>;tag=1\r
            To: <sip:102@pbx.test>\r
            Call-ID: \(callID)\r
            CSeq: 1 INVITE\r
            Max-Forwards: 70\r
            X-Padding: \(String(repeating: "x", count: padding))\r
            Content-Length: 0\r
            \r

            """
        return Array(text.utf8)
    }

    private static let moment = Moment(
        monotonic: MonotonicTime(nanoseconds: 0),
        wall: WallTime(milliseconds: 1_234_567)
    )

    private static func trace() -> SignallingTrace {
        SignallingTrace(order(), end: MonotonicTime(nanoseconds: 1_000), exporter: nil)
    }

    @Test func `both sides of a call are one, by its record and by either Call-ID`() {
        let trace = Self.trace()
        trace.received(Self.invite("caller").span, on: Self.flow(1), isKnown: true, at: Self.moment)
        trace.recorded("call-1")
        trace.sent(Self.invite("callee").span, on: Self.flow(2), at: Self.moment)
        trace.turnEnded()
        trace.received(Self.invite("another").span, on: Self.flow(3), isKnown: true, at: Self.moment)
        trace.turnEnded()
        for name in ["call-1", "caller", "callee"] {
            let found = trace.report(of: name, limit: 9).messages
            #expect(found.map(\.callID) == ["caller", "callee"] && found.allSatisfy { $0.call == "call-1" })
        }
        #expect(trace.report(limit: 9).messages.count == 3)
        #expect(trace.report(limit: 1).messages.map(\.callID) == ["another"])
    }

    @Test func `what is no message is not kept, and the memory for it is bounded`() {
        let trace = Self.trace()
        trace.received(Array("GET / HTTP/1.1\r\n\r\n".utf8).span, on: Self.flow(1), isKnown: true, at: Self.moment)
        #expect(trace.report(limit: 9).noted == 0)
        for index in 0..<12_000 {
            trace.received(
                Self.invite("\(index)", padding: 1_000).span,
                on: Self.flow(1),
                isKnown: true,
                at: Self.moment
            )
            trace.turnEnded()
        }
        let report = trace.report(limit: 100_000)
        // What is shown fits into an answer.
        #expect(report.messages.reduce(0) { $0 + $1.text.utf8.count } <= Limits.traceShown)
        #expect(report.noted == 12_000 && report.lost > 12_000 - Limits.traceBytes / 1_000)
        #expect(report.messages.last?.callID == "11999")
    }

    @Test func `strangers push nothing out, whatever they say and name it`() {
        let trace = Self.trace()
        trace.received(Self.invite("call").span, on: Self.flow(1), isKnown: true, at: Self.moment)
        trace.turnEnded()
        for index in 0..<4_000 {
            let name = "\(index)" + String(repeating: "x", count: 4_000)
            trace.received(Self.invite(name, padding: 4_000).span, on: Self.flow(2), isKnown: false, at: Self.moment)
            trace.turnEnded()
        }
        #expect(trace.report(of: "call", limit: 9).messages.count == 1)
        #expect(trace.report(limit: 9).noted < 1_000)
    }

    // MARK: What leaves

    @Test func `a packet of HEP says who spoke to whom, and when`() {
        let kept = SignallingTrace.Kept(
            at: WallTime(milliseconds: 1_234_567),
            isReceived: true,
            transport: .tls,
            local: Self.here,
            remote: Self.there,
            callID: "x",
            group: 1,
            isKnown: true,
            bytes: Array("ok".utf8)
        )
        let packet = HEPPacket.bytes(kept, correlation: "c", node: "n")
        let expected: [UInt8] =
            Array("HEP3".utf8) + [0, UInt8(packet.count)] + [0, 0, 0, 1, 0, 7, 2] + [0, 0, 0, 2, 0, 7, 6]
            + [0, 0, 0, 3, 0, 10, 192, 0, 2, 7] + [0, 0, 0, 4, 0, 10, 127, 0, 0, 1] + [0, 0, 0, 7, 0, 8, 0x9C, 0x40]
            + [0, 0, 0, 8, 0, 8, 0x13, 0xC5] + [0, 0, 0, 9, 0, 10, 0, 0, 4, 210] + [
                0, 0, 0, 10, 0, 10, 0, 8, 0xA6, 0xD8,
            ]
            + [0, 0, 0, 11, 0, 7, 1] + [0, 0, 0, 12, 0, 10, 0, 0, 0, 1] + [0, 0, 0, 17, 0, 7, 0x63]
            + [0, 0, 0, 19, 0, 7, 0x6E] + [0, 0, 0, 15, 0, 8, 0x6F, 0x6B]
        #expect(packet == expected)
    }
}
