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
/// closed, and so is the connection of somebody who is no operator any more or has another role; who did that to themselves is
/// answered first.
///
///     → {"id":1,"command":"extension.add","with":{"extensions":[{"number":"101","name":"Reception"}]}}
///     ← {"answer":[{"number":"101",…}],"id":1}
///     → {"id":2,"command":"phone.enrol","with":{"phones":[{"extension":"101"},{"extension":"102"}]}}
///     ← {"id":2,"refusal":{"problem":"Extension 102 does not exist.","reason":"…","remedy":"…"}}
///     → {"id":3,"command":"registration.list"}
///     ← {"answer":[…],"id":3}
///     → {"id":4,"as":"auditor","command":"call.end","with":{"id":"3f2a"}}
///     ← {"id":4,"refusal":{"control":"roles","problem":"root (uid 0) may not end calls.","reason":"…","remedy":"…"}}
///
/// `command` is the name of one in ``CommandRegistry``, `with` its fields as `Codable` writes them (may be left out where there
/// are none), and `answer` is its ``Command/Reply``; `id` is any integer and comes back. What can be long (records, journal,
/// events) is asked for in pieces: the command says how many.
public struct ControlRequest: Sendable {
    public var id: Int64
    /// The role to act in; `nil` for one's own.
    public var role: Role?
    /// What is asked for, or why the server cannot know.
    public var command: Result<any Command, Refusal>

    private enum CodingKeys: String, CodingKey {
        case id, command, with
        case role = "as"
    }

    public init(id: Int64, as role: Role? = nil, command: any Command) {
        (self.id, self.role, self.command) = (id, role, .success(command))
    }
}

extension ControlRequest: Decodable {
    /// - Throws: When the line is no request at all. One for a command that there is not, or with fields that are not its own,
    ///   is a request that is refused.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(Int64.self, forKey: .id)
        role = try container.decodeIfPresent(Role.self, forKey: .role)
        let name = try container.decode(String.self, forKey: .command)
        guard let type = CommandRegistry.command(named: name) else {
            command = .failure(.noCommand(name))
            return
        }
        do {
            command = .success(try Self.decode(type, from: container))
        } catch {
            command = .failure(.unfitFields(of: name, error))
        }
    }

    private static func decode<Asked: Command>(
        _: Asked.Type,
        from container: KeyedDecodingContainer<CodingKeys>
    ) throws -> Asked {
        guard container.contains(.with) else { return try ControlCoding.decode(Asked.self, from: "{}".utf8) }
        return try container.decode(Asked.self, forKey: .with)
    }
}

extension ControlRequest: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        let command = try command.get()
        try container.encode(id, forKey: .id)
        try container.encodeIfPresent(role, forKey: .role)
        try container.encode(type(of: command).name, forKey: .command)
        try container.encode(command, forKey: .with)
    }
}

/// Exactly one of `answer` and `refusal` is there.
public struct ControlResponse<Answer: Sendable>: Sendable {
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

extension ControlResponse: Encodable where Answer: Encodable {}
extension ControlResponse: Decodable where Answer: Decodable {}

extension Refusal {
    fileprivate static func noCommand(_ name: String) -> Self {
        Self(
            problem: "There is no command \(quoted(name)).",
            reason: "this version of Ringfence does not know it",
            remedy: "use the program that belongs to the server: ringfence --version"
        )
    }

    /// Says which field, and never what was in it: that may be a secret.
    fileprivate static func unfitFields(of name: String, _ error: any Error) -> Self {
        Self(
            problem: "The command \(name) was not understood.",
            reason: (error as? DecodingError)?.field ?? "it has other fields",
            remedy: "use the program that belongs to the server: ringfence --version"
        )
    }
}

extension DecodingError {
    /// `the field 'phones.0.extension' is missing`.
    fileprivate var field: String? {
        switch self {
        case .keyNotFound(let key, let context): "the field \(path(context, key)) is missing"
        case .valueNotFound(_, let context): "the field \(path(context)) is empty"
        case .typeMismatch(_, let context), .dataCorrupted(let context):
            "the field \(path(context)) is not what it has to be"
        @unknown default: nil
        }
    }

    private func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
        let keys = (context.codingPath + (last.map { [$0] } ?? [])).drop { $0.stringValue == "with" }
        return Refusal.quoted(keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "."))
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
    /// Of these, for operators: the rest is for owners, so that no operator can lock them out.
    static let operatorConnections = 24
    static let connectionsPerOperator = 8
    /// Connections that are served at a time, those included that are told that they are not let in. The others wait in the
    /// kernel: strangers use up no descriptors that phones need.
    static let served = 64
    /// A command that takes longer is given up by the caller; an audit of a large office takes seconds.
    static let command = Duration.seconds(120)
    /// What is carried out when the server stops is waited for this long.
    static let farewell = Duration.seconds(2)
    /// How often it is looked whether the socket's file is still there.
    static let look = Duration.seconds(2)
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
