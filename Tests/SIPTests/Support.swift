// SPDX-License-Identifier: Apache-2.0

import SIP

/// The bytes of a message whose lines are written with `\n`.
func wire(_ text: String) -> [UInt8] {
    Array(text.replacing("\n", with: "\r\n").utf8)
}

/// A request that passes ``Message/validate()``, with fields added, replaced (same name) or left out (empty value).
func request(
    _ start: String = "OPTIONS sip:204@pbx.example SIP/2.0",
    _ changes: [(name: String, value: String)] = [],
    body: String = ""
) -> [UInt8] {
    let method = start.prefix { $0 != " " }
    var fields: [(name: String, value: String)] = [
        ("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds;rport"),
        ("Max-Forwards", "70"),
        ("From", "\"Alice\" <sip:alice@pbx.example>;tag=1928301774"),
        ("To", "<sip:204@pbx.example>"),
        ("Call-ID", "a84b4c76e66710"),
        ("CSeq", "314159 \(method)"),
    ]
    for change in changes {
        fields.removeAll { $0.name == change.name && change.value.isEmpty }
        if let place = fields.firstIndex(where: { $0.name == change.name }) {
            fields[place] = change
        } else if !change.value.isEmpty {
            fields.append(change)
        }
    }
    let lines = fields.map { "\($0.name): \($0.value)" }
    return Array(
        "\(start)\r\n\(lines.joined(separator: "\r\n"))\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8
    )
}

/// What `bytes` throw while they are parsed or validated, or `nil`.
func problem(in bytes: [UInt8]) -> ParseError? {
    do throws(ParseError) {
        var message = try Message(parsing: bytes.span)
        try message.validate()
        return nil
    } catch {
        return error
    }
}

/// A request with these fields, and the usual ones.
func request(changes: [(name: String, value: String)]) -> [UInt8] {
    request("OPTIONS sip:204@pbx.example SIP/2.0", changes)
}
