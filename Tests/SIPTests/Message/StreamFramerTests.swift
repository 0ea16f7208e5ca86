// SPDX-License-Identifier: Apache-2.0

import SIP
import TestKit
import Testing

@Suite("RFC 3261 §18.3 and RFC 5626 §4.4.1: messages on a stream")
struct StreamFramerTests {
    static let options = request()
    static let message = request("MESSAGE sip:204@pbx.example SIP/2.0", [("Content-Type", "text/plain")], body: "hello")

    @Test func `a message ends where its Content-Length says`() {
        let frames = Stream(Self.message + Self.options).frames()
        #expect(frames.cut == [Self.message, Self.options])
        #expect(frames.error == nil)
    }

    @Test func `an unfinished message is waited for`() {
        for length in 0..<Self.message.count {
            #expect(Stream(Array(Self.message[..<length])).frames().cut.isEmpty)
        }
    }

    @Test func `a ping is told from a stray line end`() {
        let frames = Stream(wire("\n\n\n") + Self.options + wire("\n\n")).frames()
        #expect(frames.kinds == ["ping", "blank", "message", "ping"])
    }

    @Test func `half a ping is waited for`() {
        for length in 0..<4 { #expect(Stream(Array(wire("\n\n")[..<length])).frames().kinds.isEmpty) }
    }

    @Test func `a compact and folded Content-Length counts`() {
        let bytes = wire("MESSAGE sip:a@b SIP/2.0\nSubject: x\n Content-Length: 99\nl :\n 2\n\nhi")
        #expect(Stream(bytes + Self.options).frames().cut == [bytes, Self.options])
    }

    /// What ends a stream, and with which status.
    static let faults: [(text: String, problem: ParseError.Problem)] = [
        ("BYE sip:a@b SIP/2.0\nCall-ID: x\n\n", .missing(.contentLength)),
        ("BYE sip:a@b SIP/2.0\nContent-Length: -1\n\n", .malformed(.contentLength)),
        ("BYE sip:a@b SIP/2.0\nContent-Length: 1 2\n\n", .malformed(.contentLength)),
        ("BYE sip:a@b SIP/2.0\nContent-Length:\n\n", .malformed(.contentLength)),
        ("BYE sip:a@b SIP/2.0\nContent-Length: 1\nl: 2\n\n", .repeated(.contentLength)),
        ("BYE sip:a@b SIP/2.0\nContent-Length: 99999999999999999999\n\n", .tooLarge(.message, limit: 65_536)),
    ]

    @Test(arguments: faults)
    func `a message whose end nobody can know ends the stream`(text: String, problem: ParseError.Problem) {
        let frames = Stream(wire(text) + Self.options).frames()
        #expect(frames.error?.problem == problem)
        #expect(frames.cut.isEmpty)
    }

    @Test func `a header without an end is given up at the limit`() {
        let endless = wire("BYE sip:a@b SIP/2.0\n") + Array(repeating: UInt8(ascii: "x"), count: 70_000)
        #expect(Stream(endless).frames(cut: 1_000).error?.problem == .tooLarge(.message, limit: 65_536))
    }

    @Test func `a header that comes in single bytes is looked at once`() throws {
        let padding = Array(repeating: "X-Padding: 0123456789\r\n", count: 2_500).joined()
        let bytes = Array("BYE sip:a@b SIP/2.0\r\n\(padding)Content-Length: 0\r\n\r\n".utf8)
        var framer = StreamFramer()
        let clock = ContinuousClock()
        var waits = 0
        let time = try clock.measure {
            for length in 1..<bytes.count where try framer.next(bytes.span.extracting(0..<length)) == .needMore {
                waits += 1
            }
        }
        #expect(waits == bytes.count - 1)
        // 57,500 calls; one rescan of everything each would be 1.6 billion bytes, minutes in a debug build.
        #expect(time < .seconds(20))
        #expect(try framer.next(bytes.span) == .message(length: bytes.count))
    }

    @Test(arguments: ["X: 1\nContent-Length: 9\r\nl: 0\r\n\r\n", "\n", "l: 0\n\n", "l: 0\r\n\n"])
    func `D07 a line that ends without CR ends the stream at once, and hides nothing`(rest: String) {
        let bytes = Array("BYE sip:a@b SIP/2.0\r\n\(rest)".utf8)
        for cut in [1, 7, .max] {
            let frames = Stream(bytes + Self.options).frames(cut: cut)
            #expect(frames.error?.problem == .forbiddenControl)
            #expect(frames.cut.isEmpty)
        }
        #expect(problem(in: bytes + Self.options)?.problem == .forbiddenControl)
    }
}

@Suite("Streams that others recorded", .enabled(if: Corpus.has("sip2json") && Corpus.has("php-sip")))
struct RecordedStreamTests {
    /// How many whole messages each file holds, counted by another program.
    static let messages: [String: Int] = [
        "Mixed_Stream_1": 18, "Mixed_Stream_2": 9, "Mixed_Stream_3": 21, "RandomStream_Recv_File_1": 459,
        "NOTIFY_chunked_read": 2, "NOTIFY_playbacklegs_1": 2, "OK_REGISTER_Multiline_ContactHeader_1": 3,
        "Test_extension_aras": 3, "Test_extension_nelson": 7, "Test_parse_invalid_string_position": 3,
        "Test_incomplete_buffer_for_content": 0, "Test_incomplete_buffer_for_header": 0,
        "Test_incomplete_buffer_for_parse": 0,
    ]

    @Test(arguments: Corpus.files("sip2json", withSuffix: ".sip"))
    func `sip2json: every message is found, however the stream is cut`(path: String) throws {
        let name = String(path.split(separator: "/").last?.dropLast(4) ?? "")
        let stream = Stream(withoutLog(try Corpus.read(path)))
        let whole = stream.frames()
        #expect(whole.cut.count == Self.messages[name] ?? 1)
        #expect(whole.error == nil)
        for cut in [1, 7, 1_460] where stream.bytes.count < 60_000 || cut > 1_000 {
            #expect(stream.frames(cut: cut) == whole, "in pieces of \(cut)")
        }
    }

    @Test(arguments: Corpus.files("php-sip/tests/fixtures/misc", withSuffix: ".yaml"))
    func `php-sip: the messages of a flow come out of one stream as they went in`(path: String) throws {
        let flow = try Corpus.messages(ofYAML: path)
        // Three printed messages have no Content-Length: they cannot travel on a stream.
        let travelling = flow.filter { (try? Message(parsing: $0.span))?.first(.contentLength) != nil }
        #expect(flow.count - travelling.count <= 2)
        let stream = Stream(Array(travelling.joined()))
        #expect(stream.frames().cut == travelling)
        #expect(stream.frames(cut: 5) == stream.frames())
        for bytes in flow { #expect(problem(in: bytes) == nil, "\(String(decoding: bytes, as: UTF8.self))") }
    }

    /// The program that recorded them wrote a rule, the time and another rule before what it received.
    private func withoutLog(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self)
        guard Array(text.utf8) == bytes else { return bytes }
        return Array(text.replacing(#/=+\r\n[^\r\n]*\r\n-+\r\n/#, with: "").utf8)
    }
}

/// Bytes that arrive in pieces.
struct Stream {
    struct Frames: Equatable {
        var kinds: [String] = []
        /// The messages.
        var cut: [[UInt8]] = []
        var error: ParseError?
    }

    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What comes out when the bytes arrive `cut` at a time.
    func frames(cut: Int = .max) -> Frames {
        var (framer, buffer, frames) = (StreamFramer(), [UInt8](), Frames())
        for start in stride(from: 0, to: bytes.count, by: min(cut, max(bytes.count, 1))) {
            buffer += bytes[start..<(cut < bytes.count ? min(start + cut, bytes.count) : bytes.count)]
            do throws(ParseError) {
                while let length = try next(&framer, buffer, into: &frames) { buffer.removeFirst(length) }
            } catch {
                frames.error = error
                return frames
            }
        }
        return frames
    }

    private func next(
        _ framer: inout StreamFramer,
        _ buffer: [UInt8],
        into frames: inout Frames
    ) throws(ParseError) -> Int? {
        switch try framer.next(buffer.span) {
        case .needMore: return nil
        case .keepAlive(let length):
            frames.kinds.append("ping")
            return length
        case .blank(let length):
            frames.kinds.append("blank")
            return length
        case .message(let length):
            frames.kinds.append("message")
            frames.cut.append(Array(buffer[..<length]))
            return length
        }
    }
}
