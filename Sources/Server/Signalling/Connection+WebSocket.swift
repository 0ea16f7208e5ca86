// SPDX-License-Identifier: Apache-2.0

import SIP

/// What a ``WebSocketHandler`` hands over.
extension Connection {
    /// One whole message, which is SIP or a keep-alive (RFC 7118 §6, RFC 5626 §4.4.1).
    func receive(_ message: Span<UInt8>) {
        let now = SystemClock.now
        if message.count == 4, message[0] == 13, message[1] == 10, message[2] == 13, message[3] == 10 {
            loop.keepAlive(of: message.count, on: self, at: now)
        } else {
            loop.receive(message, on: self, at: now)
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
