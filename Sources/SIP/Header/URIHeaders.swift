// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What a URI wants a request made from it to have beside itself (RFC 3261 §19.1.1): the part behind its question mark.
public struct URIHeaders: Sendable {
    /// Name and value of each, with their escapes undone, once. The bytes of a value are a stranger's: none of them may
    /// become a line of its own.
    public private(set) var all: [(name: [UInt8], value: [UInt8])] = []

    /// - Throws: `.malformed(.uri)` for a field without a name or with an escape that is none, `.tooLarge` for more than
    ///   ``Limits/uriHeaders`` of them.
    public init(of uri: SIPURI, in message: Message) throws(ParseError) {
        guard uri.hasHeaders else { return }
        let (bytes, end) = (message.bytes.span, Int(uri.headers.upper))
        var offset = Int(uri.headers.lower)
        while offset < end {
            guard all.count < Limits.uriHeaders else {
                throw ParseError(.tooLarge(.uri, limit: Limits.uriHeaders), at: offset)
            }
            let next = bytes.find(UInt8(ascii: "&"), from: offset, to: end) ?? end
            let equals = bytes.find(UInt8(ascii: "="), from: offset, to: next) ?? next
            guard equals > offset else { throw ParseError(.malformed(.uri), at: offset) }
            guard let name = bytes.unescaped(offset..<equals),
                let value = bytes.unescaped(min(equals + 1, next)..<next)
            else { throw ParseError(.malformed(.uri), at: offset) }
            all.append((name, value))
            offset = next + 1
        }
    }
}
