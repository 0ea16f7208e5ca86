// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

/// Answers every command with one answer, from memory.
struct Office: Operations {
    let reply: Result<any Sendable, Refusal>

    init(_ reply: some Sendable) { self.reply = .success(reply) }
    init(refusing refusal: Refusal) { reply = .failure(refusal) }

    func perform<Asked: Command>(_ command: Asked) throws(Refusal) -> Asked.Reply {
        guard let reply = try reply.get() as? Asked.Reply else {
            preconditionFailure("a test answers \(Asked.name) with something else")
        }
        return reply
    }
}

/// What is used over and over in these tests.
enum Sample {
    static let time = WallTime(milliseconds: 1_795_244_400_123)

    static func number(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }
    static func device(_ text: String = "00112233445566aa") throws -> DeviceID { try #require(DeviceID(parsing: text)) }

    static func `extension`(_ text: String, _ name: String) throws -> ExtensionReport {
        ExtensionReport(number: try number(text), name: name, isEnabled: true, createdAt: time, phones: 1)
    }

    /// Decodes what the control socket would bring, so that a password can be in it.
    static func enrolled(ca: String?) throws -> EnrolledPhone {
        let authority = try ca.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) } ?? "null"
        let text = """
            {"id":"00112233445566aa","extension":"101","enrolment":{"username":"a1b2c3d4e5f6g7h8",
            "password":"TestPasswordOf24Letters2","domain":"example.com","server":"pbx.example.com:5061",
            "transport":"tls","srtp":"sdes","ca":\(authority)}}
            """
        return try JSONDecoder().decode(EnrolledPhone.self, from: Data(text.utf8))
    }
}

/// Parses a command line the way the program does, with a folder.
func parse<Verb: ServerCommand>(_ type: Verb.Type, _ arguments: String...) throws -> Verb {
    try type.parse(arguments + ["--data", "/nowhere"])
}
