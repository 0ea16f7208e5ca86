// SPDX-License-Identifier: Apache-2.0

extension FuzzTargets {
    /// Reads bytes as the request that opens a WebSocket, and as frames: in one piece, and cut in two.
    public static func webSocket(_ bytes: Span<UInt8>) {
        if let (opening, length) = try? WebSocketOpening.read(bytes) {
            precondition((1...bytes.count).contains(length), "a request is longer than what was there")
            precondition(opening.accept.utf8.count == 28, "an answer that no client understands")
        }
        let all = (0..<bytes.count).map { bytes[$0] }
        let whole = Outcome(pieces: [all[...]])
        let cut = Outcome(pieces: [all[..<(all.count / 2)], all[(all.count / 2)...]])
        precondition(whole == cut, "frames cut in two say something else")
        precondition(whole.longest <= Limits.messageBytes, "a message is longer than is read")
    }

    /// What became of a stream.
    private struct Outcome: Equatable {
        var texts: [[UInt8]] = []
        var error: WebSocketError?
        var longest: Int { texts.lazy.map(\.count).max() ?? 0 }

        init(pieces: [ArraySlice<UInt8>]) {
            var (receiver, buffer) = (WebSocketReceiver(), [UInt8]())
            for piece in pieces where error == nil {
                buffer += piece
                var offset = 0
                do throws(WebSocketError) {
                    while let event = try receiver.next(&buffer, at: &offset) { take(event, buffer) }
                } catch {
                    self.error = error
                }
                precondition(offset <= buffer.count, "a frame is longer than what was there")
                buffer.removeFirst(offset)
            }
        }

        private mutating func take(_ event: WebSocketReceiver.Event, _ buffer: [UInt8]) {
            switch event {
            case .message(let range), .ping(let range): texts.append(Array(buffer[range]))
            case .joined(let message): texts.append(message)
            case .pong: texts.append([])
            case .close(let code): texts.append(code.map { [UInt8($0 >> 8), UInt8($0 & 255)] } ?? [])
            }
        }
    }
}
