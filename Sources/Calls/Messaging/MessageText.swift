// SPDX-License-Identifier: Apache-2.0

import SIP

/// The text of a MESSAGE, fit for a display: UTF-8 in which nothing steers the terminal or screen that shows it.
///
/// Line ends and tabs stay. Every other control, and what reverses the direction of the text around it, becomes a question
/// mark; what is no UTF-8 becomes U+FFFD (row S18 of the attack catalogue).
struct MessageText: Sendable {
    let bytes: [UInt8]

    init(masking text: ArraySlice<UInt8>) {
        var masked = String.UnicodeScalarView()
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            masked.append(Self.steers(scalar) ? "?" : scalar)
        }
        bytes = Array(String(masked).utf8)
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\t": false
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": true
        // Embeddings, overrides and isolates (Unicode Standard Annex 9).
        case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": true
        default: false
        }
    }

    /// Whether a message's body is text that this can read: `text/plain` as UTF-8 or ASCII, not packed.
    static func isReadable(in request: Message) -> Bool {
        guard request.hasBody("text/plain"), request.first(.contentEncoding) == nil else { return false }
        guard let charset = request.parameter(named: "charset", of: .contentType) else { return true }
        return request.holds(charset, ignoringCase: "utf-8") || request.holds(charset, ignoringCase: "us-ascii")
    }
}
