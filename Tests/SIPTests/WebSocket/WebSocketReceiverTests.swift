// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SIP

/// Frames as a client sends them.
enum ClientFrame {
    static let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    static func bytes(_ kind: UInt8, _ payload: [UInt8], isFinal: Bool = true, isMasked: Bool = true) -> [UInt8] {
        let flag: UInt8 = isMasked ? 0x80 : 0
        var bytes = [(isFinal ? 0x80 : 0) | kind]
        switch payload.count {
        case ..<126: bytes.append(flag | UInt8(payload.count))
        case ..<65_536: bytes += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default: bytes += [flag | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard isMasked else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }
}

/// What a receiver says of bytes that come in one piece.
struct Reception: Hashable {
    var messages: [[UInt8]] = []
    var pings: [[UInt8]] = []
    var pongs = 0
    var closes: [UInt16?] = []
    var error: WebSocketError?
    var left = 0

    init(_ bytes: [UInt8]) {
        self.init(pieces: [bytes])
    }

    init(pieces: [[UInt8]]) {
        var (receiver, buffer) = (WebSocketReceiver(), [UInt8]())
        for piece in pieces where error == nil {
            buffer += piece
            var offset = 0
            do throws(WebSocketError) {
                while let event = try receiver.next(&buffer, at: &offset) { note(event, buffer) }
            } catch {
                self.error = error
            }
            buffer.removeFirst(offset)
        }
        left = buffer.count
    }

    private mutating func note(_ event: WebSocketReceiver.Event, _ buffer: [UInt8]) {
        switch event {
        case .message(let range): messages.append(Array(buffer[range]))
        case .joined(let message): messages.append(message)
        case .ping(let range): pings.append(Array(buffer[range]))
        case .pong: pongs += 1
        case .close(let code): closes.append(code)
        }
    }
}

@Suite("RFC 6455 §5 data framing")
struct WebSocketReceiverTests {
    @Test func `the masked Hello of §5·7 is read`() {
        let hello: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(Reception(hello).messages == [Array("Hello".utf8)])
    }

    @Test(arguments: [0, 1, 3, 4, 125, 126, 127, 65_535, 65_536])
    func `a message of any length is read, in text and in binary`(count: Int) {
        let payload = (0..<count).map { UInt8(0x20 + $0 % 64) }
        for kind: UInt8 in [1, 2] {
            let reception = Reception(ClientFrame.bytes(kind, payload))
            #expect(reception.messages == [payload])
            #expect(reception.left == 0 && reception.error == nil)
        }
    }

    @Test func `frames cut anywhere give the same messages`() {
        let stream =
            ClientFrame.bytes(1, Array("OPTIONS".utf8)) + ClientFrame.bytes(9, Array("are you there".utf8))
            + ClientFrame.bytes(2, [0, 1, 2], isFinal: false) + ClientFrame.bytes(10, [])
            + ClientFrame.bytes(0, [3, 4]) + ClientFrame.bytes(8, [0x03, 0xE8])
        let whole = Reception(stream)
        #expect(whole.messages == [Array("OPTIONS".utf8), [0, 1, 2, 3, 4]])
        #expect(whole.pings == [Array("are you there".utf8)])
        #expect((whole.pongs, whole.closes) == (1, [1000]))
        for cut in 0...stream.count {
            #expect(Reception(pieces: [Array(stream[..<cut]), Array(stream[cut...])]) == whole)
        }
        #expect(Reception(pieces: stream.map { [$0] }) == whole)
    }

    @Test func `D14 an unmasked frame is a violation`() {
        #expect(Reception(ClientFrame.bytes(1, Array("OPTIONS".utf8), isMasked: false)).error == .violation)
    }

    @Test(
        arguments: [
            // Reserved bits, reserved kinds, a continuation of nothing, a length that is not the shortest.
            [0xC1, 0x80], [0xA1, 0x80], [0x91, 0x80], [0x83, 0x80], [0x8B, 0x80], [0x80, 0x80, 0, 0, 0, 0],
            [0x81, 0xFE, 0x00, 0x7D], [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            // A length with its highest bit set; a ping in pieces; a ping of 126 bytes.
            [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1], [0x09, 0x80], [0x89, 0xFE],
        ] as [[UInt8]]
    )
    func `what the protocol does not have is a violation`(bytes: [UInt8]) {
        #expect(Reception(bytes).error == .violation)
    }

    @Test func `D14 a message over the limit is refused by its head, before its bytes come`() {
        #expect(Reception([0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1]).error == .tooLarge)
        #expect(Reception([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).error == .tooLarge)
        let half = [UInt8](repeating: 0x61, count: 40_000)
        let joined = ClientFrame.bytes(1, half, isFinal: false) + ClientFrame.bytes(0, half)
        #expect(Reception(joined).error == .tooLarge)
    }

    @Test func `D14 pieces of one byte are refused after as many as are allowed`() {
        let first = ClientFrame.bytes(1, [0x61], isFinal: false)
        let middle = Array(repeating: ClientFrame.bytes(0, [0x61], isFinal: false), count: Limits.fragments - 2)
        let all = first + middle.joined()
        #expect(Reception(all + ClientFrame.bytes(0, [0x61])).messages.map(\.count) == [Limits.fragments])
        #expect(Reception(all + ClientFrame.bytes(0, [], isFinal: false) + ClientFrame.bytes(0, [])).error == .tooLarge)
    }

    @Test func `pieces of two messages are not mixed`() {
        let mixed = ClientFrame.bytes(1, [0x61], isFinal: false) + ClientFrame.bytes(2, [0x62])
        #expect(Reception(mixed).error == .violation)
    }

    @Test func `text that is no UTF-8 is refused, and the same bytes in binary are taken (§8·1)`() {
        let bytes: [UInt8] = [0x61, 0xFF, 0xC0, 0x80]
        #expect(Reception(ClientFrame.bytes(1, bytes)).error == .notText)
        #expect(Reception(ClientFrame.bytes(2, bytes)).messages == [bytes])
        let cut = ClientFrame.bytes(1, [0xC3], isFinal: false) + ClientFrame.bytes(0, [0xA9])
        #expect(Reception(cut).messages == [[0xC3, 0xA9]])
    }

    @Test func `a close may have no code, or one that may stand on the wire (§7·4)`() {
        #expect(Reception(ClientFrame.bytes(8, [])).closes == [nil])
        #expect(Reception(ClientFrame.bytes(8, [0x03, 0xE9] + Array("bye".utf8))).closes == [1001])
        for code: UInt16 in [0, 999, 1004, 1005, 1006, 1015, 2000, 5000] {
            #expect(Reception(ClientFrame.bytes(8, [UInt8(code >> 8), UInt8(code & 255)])).error == .violation)
        }
        #expect(Reception(ClientFrame.bytes(8, [0x03])).error == .violation)
        #expect(Reception(ClientFrame.bytes(8, [0x03, 0xE8, 0xFF])).error == .notText)
    }
}

@Suite("RFC 7118 §5 SIP messages in WebSocket frames")
struct WebSocketWriterTests {
    @Test(arguments: [(5, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)])
    func `the head gives the length in the shortest way, unmasked`(count: Int, length: Int) {
        let head = WebSocketWriter.messageHead([UInt8](repeating: 0x61, count: count).span)
        #expect(head.count == length)
        #expect(head[0] == 0x81)
        #expect(head[1] & 0x80 == 0)
        #expect(head.count <= WebSocketWriter.longestHead)
    }

    @Test func `a message that is no UTF-8 goes in binary`() {
        #expect(WebSocketWriter.messageHead([0x61, 0xFF].span)[0] == 0x82)
    }

    @Test func `a pong has the payload of its ping, a close its code`() {
        #expect(WebSocketWriter.pong([1, 2, 3]) == [0x8A, 3, 1, 2, 3])
        #expect(WebSocketWriter.close(1009) == [0x88, 2, 0x03, 0xF1])
    }
}
