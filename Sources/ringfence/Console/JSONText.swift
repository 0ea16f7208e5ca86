// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives

/// JSON as the program prints it: one line, keys in order, times in ISO 8601.
enum JSONText {
    static func of(_ value: some Encodable) throws -> String {
        let plain = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value), options: .fragmentsAllowed)
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes, .fragmentsAllowed]
        return String(
            decoding: try JSONSerialization.data(withJSONObject: readable(plain), options: options),
            as: UTF8.self
        ).shownJSON
    }

    /// A ``WallTime`` is a count of milliseconds between programs; a script wants what a person can read as well.
    private static func readable(_ value: Any) -> Any {
        if let list = value as? [Any] { return list.map(readable) }
        guard let object = value as? [String: Any] else { return value }
        if object.count == 1, let milliseconds = object["milliseconds"] as? NSNumber {
            return WallTime(milliseconds: milliseconds.int64Value).description
        }
        return object.mapValues(readable)
    }
}
