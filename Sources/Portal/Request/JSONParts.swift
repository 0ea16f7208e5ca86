// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Parts of a page by their ids, as one line of JSON.
enum JSONParts {
    static func text(_ parts: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(parts) else { preconditionFailure("texts are JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}
