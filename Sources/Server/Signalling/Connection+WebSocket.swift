// SPDX-License-Identifier: Apache-2.0

import SIP

/// What a ``WebSocketHandler`` hands over.
extension Connection {
    /// One whole message, which is SIP or a keep-alive (RFC 7118 §6, RFC 5626 §4.4.1).
    ///
    /// Line ends before a request mean nothing (RFC 3261 §7.5), and softphones send them alone, as on TCP. An empty message and
    /// zeros are taken for the same: they are whole messages, so that nothing can get out of step.
    func receive(_ message: Span<UInt8>) {
        let now = SystemClock.now
        let padding = message.padding
        if padding < message.count {
            loop.receive(message.extracting(padding..<message.count), on: self, at: now)
        } else if message.startsWithPing {
            loop.keepAlive(of: message.count, on: self, at: now)
        } else {
            _ = loop.hears(self, bytes: message.count, at: now)
        }
    }

    /// Whether something of the protocol below SIP is worth an answer. It counts as a message, and buys time as little as
    /// a keep-alive does.
    ///
    /// - Parameter length: Of its payload, in bytes.
    func mayAnswer(_ length: Int) -> Bool {
        loop.hears(self, bytes: length, at: SystemClock.now)
    }

    /// The peer does not speak what it should: it was told so and loses the connection.
    func broke(_ reason: String) {
        loop.malformed(self, reason, at: SystemClock.now)
        loop.count(.malformed)
        close()
    }

    /// No WebSocket was opened. Nobody is blamed: a page of somebody else can make the browser of a person in the office ask
    /// as often as it likes, and must not get the office shut out by it.
    func turnedAway() {
        loop.count(.malformed)
        close()
    }
}

extension Span<UInt8> {
    /// How many line ends and zeros stand before everything else.
    fileprivate var padding: Int {
        var length = 0
        while length < count, self[length] == 13 || self[length] == 10 || self[length] == 0 { length += 1 }
        return length
    }

    /// A double CRLF is answered by a single one.
    fileprivate var startsWithPing: Bool {
        count >= 4 && self[0] == 13 && self[1] == 10 && self[2] == 13 && self[3] == 10
    }
}
