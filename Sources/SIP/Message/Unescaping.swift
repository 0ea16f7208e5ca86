// SPDX-License-Identifier: Apache-2.0

import Primitives

extension SIPURI {
    /// The user part with its escapes undone, once (RFC 3261 §19.1.2; RFC 4475 §3.1.1.3).
    ///
    /// - Parameter bytes: What the URI was parsed from.
    /// - Returns: `nil` when there is no user part, or when it decodes to a control character, to what is no UTF-8 or to what
    ///   deceives readers: such a name is nobody's, and must not be cut short at its NUL to become somebody's
    ///   (RFC 4475 §3.1.1.4).
    public func decodedUser(in bytes: Span<UInt8>) -> String? {
        guard let user, user.range.upperBound <= bytes.count, let decoded = bytes.unescaped(user.range),
            decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), let text = String(validating: decoded, as: UTF8.self)
        else { return nil }
        // Numbers are ASCII: they are through without a look at tables.
        guard !decoded.allSatisfy({ $0 < 0x80 }) else { return text }
        return text.unicodeScalars.contains(where: \.deceivesReaders) ? nil : text
    }

    /// The instance that a public GRUU names, with its escapes undone: what stands between `<` and `>` in the
    /// `+sip.instance` of its phone (RFC 5627 §3.1.1).
    ///
    /// - Parameter bytes: What the URI was parsed from.
    /// - Returns: `nil` for a URI without `gr`, and for a temporary GRUU.
    public func instance(in bytes: Span<UInt8>) -> [UInt8]? {
        guard let gr, !gr.isEmpty, gr.range.upperBound <= bytes.count else { return nil }
        return bytes.unescaped(gr.range)
    }
}

extension Message {
    /// The content of a quoted string, such as a display name, without its backslashes (RFC 3261 §25.1 `quoted-pair`).
    /// Controls, folds included, become a space; what is no UTF-8 becomes U+FFFD.
    public func unescaped(_ range: ByteRange) -> String {
        guard let place = checked(range) else { return "" }
        var text: [UInt8] = []
        text.reserveCapacity(place.count)
        var isEscaped = false
        for byte in bytes[place] {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            isEscaped = false
            text.append(byte < 0x20 || byte == 0x7F ? UInt8(ascii: " ") : byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func checked(_ range: ByteRange) -> Range<Int>? {
        range.range.upperBound <= bytes.count ? range.range : nil
    }
}

extension Span<UInt8> {
    /// With each `%` and two hexadecimal digits as the byte they mean, once (RFC 3261 §19.1.2). A byte of the result may be
    /// anything.
    ///
    /// - Returns: `nil` for an escape that is none.
    func unescaped(_ range: Range<Int>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            var byte = self[offset]
            if byte == UInt8(ascii: "%") {
                guard offset + 2 < range.upperBound, let high = Hex.value(self[offset + 1]),
                    let low = Hex.value(self[offset + 2])
                else { return nil }
                byte = high << 4 | low
                offset += 2
            }
            result.append(byte)
            offset += 1
        }
        return result
    }
}
