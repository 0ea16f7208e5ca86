// SPDX-License-Identifier: Apache-2.0

import Hummingbird
import Primitives

/// What somebody typed into the fields of a page (application/x-www-form-urlencoded), or what stands behind the question mark of
/// an address. Each name once; of several the first.
struct Form: Sendable {
    private var fields: [String: String] = [:]

    /// - Throws: An answer when it is too long.
    init(_ request: Request) async throws {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Limits.body)
        } catch {
            throw Answer(response: Gatekeeper.plain(.contentTooLarge))
        }
        self.init(parsing: String(buffer: body))
    }

    init(parsing text: String) {
        for pair in text.split(separator: "&").prefix(Limits.fields) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(parts[0]), let value = parts.count == 2 ? Self.decode(parts[1]) : "",
                fields[name] == nil
            else { continue }
            fields[name] = value
        }
    }

    /// Empty where there is none.
    subscript(_ name: String) -> String { fields[name] ?? "" }

    func secret(_ name: String) -> Redacted<String> { Redacted(self[name]) }

    /// - Parameter plus: What a plus stands for: a space in a form, itself in a path.
    /// - Returns: `nil` for what is not UTF-8, or a percent sign without two digits.
    static func decode(_ text: Substring, plus: UInt8 = UInt8(ascii: " ")) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(plus)
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let pair = Hex.decode(String(decoding: rest.prefix(2), as: UTF8.self)) else {
                    return nil
                }
                bytes += pair
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
