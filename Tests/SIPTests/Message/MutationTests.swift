// SPDX-License-Identifier: Apache-2.0

import SIP
import TestKit
import Testing

/// Messages of the corpora, damaged at random, but the same ones in every run.
@Suite("Nothing a stranger sends can trap")
struct MutationTests {
    static let seeds: [[UInt8]] = {
        let files = ["rfc4475", "rfc5118-crlf", "pjsip/tests/fuzz/seed-unpacked/fuzz-sip", "belle-sip-afl/sip"]
        let paths = files.flatMap { Corpus.files($0, withSuffix: "") }
        let messages = paths.compactMap { try? Corpus.read($0) }.filter { $0.count < 4_000 }
        return messages + [request(), request("REGISTER sip:b SIP/2.0", [("Contact", "*"), ("Expires", "0")])]
    }()

    /// 200,000 in a release build, fewer where every step is slow.
    @Test(arguments: 0..<4)
    func `damaged messages are read or refused, and what is written from them is sound`(share: Int) {
        var generator = SplitMix(UInt64(share) + 1)
        for _ in 0..<Self.rounds / 4 {
            let bytes = Self.damaged(Self.seeds[Int(generator.next() % UInt64(Self.seeds.count))], &generator)
            FuzzTargets.message(bytes.span)
        }
    }

    @Test func `damaged URIs are read or refused`() {
        var generator = SplitMix(99)
        let seeds = [
            "sip:alice:secret@pbx.example:5061;transport=tls;lr?Subject=x", "sips:%41%00@[2001:db8::192.0.2.1]:5061",
            "tel:+44-20-7946;phone-context=example.com", "sip:[::ffff:192.0.2.1]",
        ]
        for _ in 0..<Self.rounds {
            let seed = seeds[Int(generator.next() % UInt64(seeds.count))]
            FuzzTargets.uri(Self.damaged(Array(seed.utf8), &generator).span)
        }
    }

    @Test func `damaged WebSocket requests and frames are read or refused, whole as in two`() {
        var generator = SplitMix(17)
        let frames =
            ClientFrame.bytes(1, request()) + ClientFrame.bytes(9, [1, 2])
            + ClientFrame.bytes(1, [0x61], isFinal: false) + ClientFrame.bytes(0, [0x62])
            + ClientFrame.bytes(8, [0x03, 0xE8])
        let seeds = [WebSocketOpeningTests.request(), frames, ClientFrame.bytes(2, [UInt8](repeating: 7, count: 300))]
        for _ in 0..<Self.rounds {
            let seed = seeds[Int(generator.next() % UInt64(seeds.count))]
            FuzzTargets.webSocket(Self.damaged(seed, &generator).span)
        }
    }

    @Test func `damaged TLS hellos are read or refused, and more bytes change no answer`() throws {
        var generator = SplitMix(23)
        let seeds = [
            try Hello.fixture("openssl-tls13-named"), try Hello.fixture("openssl-tls12-named"),
            Hello(names: ["acme.example"]).records(of: 3),
        ]
        for _ in 0..<Self.rounds / 10 {
            let seed = seeds[Int(generator.next() % UInt64(seeds.count))]
            FuzzTargets.clientHello(Self.damaged(seed, &generator).span)
        }
    }

    @Test func `the writer never ends a line inside of a value, whatever the bytes`() throws {
        var generator = SplitMix(7)
        for _ in 0..<Self.rounds / 20 {
            let value = (0..<Int(generator.next() % 40)).map { _ in generator.hostileByte() }
            var writer = MessageWriter()
            writer.request(.other(String(decoding: value, as: UTF8.self)), uri: value)
            writer.field(.subject, value)
            writer.field(.from, String(decoding: value, as: UTF8.self))
            writer.field(named: "X-Extra", AnySequence(value))
            writer.field(.contact) { $0.append(value) }
            writer.finish(body: value)
            let lines = writer.bytes.dropLast(value.count).split(
                separator: wire("\n"),
                omittingEmptySubsequences: false
            )
            #expect(lines.count == 8, "a start line, five fields, and the blank line")
            #expect(lines.allSatisfy { $0.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
        }
    }

    @Test func `a stream gives the same frames however it is cut`() {
        var generator = SplitMix(3)
        let parts = [request(), wire("\n"), wire("\n\n"), request(body: "a body\r\n\r\nwith a blank line"), wire("\r")]
        for _ in 0..<Self.rounds / 1_000 {
            let stream = Stream((0..<6).flatMap { _ in parts[Int(generator.next() % UInt64(parts.count))] })
            let whole = stream.frames()
            #expect(stream.frames(cut: Int(generator.next() % 50) + 1) == whole)
            #expect(stream.frames(cut: 1) == whole)
        }
    }

    #if DEBUG
    static let rounds = 4_000
    #else
    static let rounds = 200_000
    #endif

    /// One to eight changes: a byte replaced, dropped or repeated, a piece cut out, or moved.
    static func damaged(_ seed: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var bytes = seed
        for _ in 0...generator.next() % 8 where !bytes.isEmpty {
            let place = Int(generator.next() % UInt64(bytes.count))
            let end = min(place + Int(generator.next() % 40), bytes.count)
            switch generator.next() % 6 {
            case 0: bytes[place] = generator.hostileByte()
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(generator.hostileByte(), at: place)
            case 3: bytes.removeSubrange(place..<end)
            case 4: bytes.insert(contentsOf: bytes[place..<end], at: Int(generator.next() % UInt64(bytes.count)))
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }
}

extension SplitMix {
    /// Any byte, and often one that a grammar is made of.
    fileprivate mutating func hostileByte() -> UInt8 {
        let special = Array("\r\n\0\t \"\\<>;:,=@?%[]()*/&\u{7F}0\u{1}".utf8)
        return next() % 2 == 0 ? special[Int(next() % UInt64(special.count))] : UInt8(truncatingIfNeeded: next())
    }
}
