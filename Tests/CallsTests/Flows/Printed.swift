// SPDX-License-Identifier: Apache-2.0

import SIP
import TestKit

/// A message that an RFC prints, for a phone of this business to say: with the names, numbers and credentials that it has
/// here, and with every other field as it is printed.
struct Printed {
    /// Field lines, folded ones joined.
    private let lines: [String]
    let body: String

    /// What a phone writes itself.
    private static let own: Set<String> = [
        "via", "v", "max-forwards", "from", "f", "to", "t", "call-id", "i", "cseq", "contact", "m", "content-length",
        "l",
        "content-type", "c", "route", "record-route", "authorization", "proxy-authorization", "user-agent",
    ]

    /// - Parameter name: Such as `rfc4028_001`.
    init(_ name: String) throws {
        let text = String(decoding: try Corpus.example(name), as: UTF8.self)
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].replacing(#/\r\n[ \t]+/#, with: " ")
        lines = head.split(separator: "\r\n").dropFirst().map(String.init).filter { $0.contains(":") }
        body = parts.count > 1 ? String(parts[1]) : ""
    }

    /// The fields that this message has beside those that every message has.
    var fields: [String] { lines.filter { !Self.own.contains(Self.name(of: $0)) } }

    /// The values of one field.
    func values(_ name: String) -> [String] {
        lines.filter { Self.name(of: $0) == name.lowercased() }.map { line in
            String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
        }
    }

    /// The value of the first field of a name; empty without one.
    func text(_ name: String) -> String { values(name).first ?? "" }

    private static func name(of line: String) -> String {
        String(line.prefix { $0 != ":" && $0 != " " }).lowercased()
    }
}
