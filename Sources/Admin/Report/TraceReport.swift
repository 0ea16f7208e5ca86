// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What is to be noted of what phones, providers and the server say to each other.
public struct TraceOrder: Hashable, Sendable, Codable {
    public let since: WallTime
    public let until: WallTime
    /// Where each message goes as a packet of HEP3 over UDP, such as a Homer; `nil` for nowhere.
    public let collector: SocketAddress?

    public init(since: WallTime, until: WallTime, collector: SocketAddress?) {
        (self.since, self.until, self.collector) = (since, until, collector)
    }

    private enum CodingKeys: String, CodingKey { case since, until, collector }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        since = try fields.decode(WallTime.self, forKey: .since)
        until = try fields.decode(WallTime.self, forKey: .until)
        collector = try fields.decodeIfPresent(String.self, forKey: .collector).flatMap(SocketAddress.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(since, forKey: .since)
        try fields.encode(until, forKey: .until)
        try fields.encodeIfPresent(collector?.description, forKey: .collector)
    }
}

/// What was said, with secrets covered.
public struct TraceReport: Hashable, Sendable, Codable {
    public struct Message: Hashable, Sendable, Codable {
        public let at: WallTime
        /// Whether somebody said it to the server; else the server said it.
        public let isReceived: Bool
        /// `tls`, `wss`, `tcp` or `udp`.
        public let transport: String
        /// `192.0.2.1:5061`.
        public let local: String
        public let remote: String
        /// Empty where there is none.
        public let callID: String
        /// The record of the call it belongs to, as far as it is known.
        public let call: String?
        public let text: String

        public init(
            at: WallTime,
            isReceived: Bool,
            transport: String,
            local: String,
            remote: String,
            callID: String,
            call: String?,
            text: String
        ) {
            (self.at, self.isReceived, self.transport, self.local) = (at, isReceived, transport, local)
            (self.remote, self.callID, self.call, self.text) = (remote, callID, call, text)
        }

        /// Its first line.
        public var summary: String { String(text.prefix { !$0.isNewline }) }
    }

    public let order: TraceOrder
    /// Messages that were noted, and those of them that are not kept any more.
    public let noted: Int
    public let lost: Int
    /// Packets that the collector was sent, and those that could not be sent.
    public let exported: Int
    public let unsent: Int
    /// Those that were asked for, the oldest first.
    public let messages: [Message]

    public init(order: TraceOrder, noted: Int, lost: Int, exported: Int, unsent: Int, messages: [Message]) {
        (self.order, self.noted, self.lost) = (order, noted, lost)
        (self.exported, self.unsent, self.messages) = (exported, unsent, messages)
    }

    public func isRunning(at now: WallTime) -> Bool { now < order.until }
}
