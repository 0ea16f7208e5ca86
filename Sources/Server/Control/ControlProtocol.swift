// SPDX-License-Identifier: Apache-2.0

public import Admin
import Foundation
public import Guard
public import Model

/// How programs on this machine speak to a running server: JSON lines over the unix socket `DIR/control.sock`.
///
/// A client connects and writes one request per line; the server answers each with one line, in order. A line is JSON
/// without line feeds in it, and ends with one line feed. The socket opens for the account that runs the server, for root, and
/// for those whom `ringfence operator add` named. Who is at the other end is what the kernel says; `as` narrows what it may
/// do, and never widens it. A refusal of a command leaves the connection open; a line that is no request is answered and then
/// closed, and so is the connection of somebody who is no operator any more or has another role; who did that to himself is
/// answered first.
///
///     → {"id":1,"command":{"extension":{"_0":{"add":{"_0":[{"number":"101","name":"Reception"}]}}}}}
///     ← {"answer":{"extensions":{"_0":[{"number":"101",…}]}},"id":1}
///     → {"id":2,"command":{"phone":{"_0":{"enrol":{"_0":[{"extension":"101"},{"extension":"102"}]}}}}}
///     ← {"id":2,"refusal":{"problem":"Extension 102 does not exist.","reason":"…","remedy":"…"}}
///     → {"id":3,"command":{"record":{"_0":{"list":{"limit":10}}}}}
///     ← {"answer":{"records":{"_0":[…]}},"id":3}
///     → {"id":4,"as":"auditor","command":{"call":{"_0":{"end":{"id":"3f2a"}}}}}
///     ← {"id":4,"refusal":{"control":"roles","problem":"root (uid 0) may not end calls.","reason":"…","remedy":"…"}}
///
/// `command` is ``Command`` and `answer` is ``Answer`` as `Codable` writes them; `id` is any integer and comes back.
/// What can be long (records, journal, events) is asked for in pieces: the command says how many.
public struct ControlRequest: Codable, Sendable {
    public var id: Int64
    /// The role to act in; `nil` for one's own.
    public var role: Role?
    public var command: Command

    private enum CodingKeys: String, CodingKey {
        case id, command
        case role = "as"
    }

    public init(id: Int64, as role: Role? = nil, command: Command) {
        (self.id, self.role, self.command) = (id, role, command)
    }
}

/// Exactly one of `answer` and `refusal` is there.
public struct ControlResponse: Codable, Sendable {
    /// The request's; 0 when the request could not be read.
    public var id: Int64
    public var answer: Answer?
    public var refusal: Refusal?

    public init(id: Int64, answer: Answer) {
        self.id = id
        self.answer = answer
    }

    public init(id: Int64, refusal: Refusal) {
        self.id = id
        self.refusal = refusal
    }
}

/// The limits of the control socket.
public enum ControlLimits {
    /// Bytes of one request. The longest command carries a few names.
    public static let request = 64 * 1024
    /// Bytes of one answer. A thousand call records are about 600 KiB.
    public static let answer = 8 * 1024 * 1024
    /// Connections at a time: a person, a few scripts and a supervisor.
    static let connections = 32
    /// Of these, for operators: the rest is the owner's, so that nobody whom he let in can lock him out.
    static let operatorConnections = 24
    static let connectionsPerOperator = 8
    /// Connections that are served at a time, those included that are told that they are not let in. The others wait in the
    /// kernel: strangers use up no descriptors that phones need.
    static let served = 64
    /// A command that takes longer is given up by the caller; an audit of a large office takes seconds.
    static let command = Duration.seconds(120)
    /// What is carried out when the server stops is waited for this long.
    static let farewell = Duration.seconds(2)
    /// A connection without a byte for this long is closed.
    static let idle = Duration.seconds(600)
}

/// The JSON of the socket: one line, keys in order so that answers can be compared.
enum ControlCoding {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from line: some Sequence<UInt8>) throws -> Value {
        try JSONDecoder().decode(type, from: Data(line))
    }
}
