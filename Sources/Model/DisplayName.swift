// SPDX-License-Identifier: Apache-2.0

/// What people write down about an extension, a phone or a decision: UTF-8 without control characters.
///
/// It reaches SIP headers, terminals and logs, so nothing in it may end a line, move a cursor or reverse the direction of
/// the text around it.
public enum DisplayName {
    /// The name without the spaces around it, or `nil` when it is empty, too long or holds a character that is not shown.
    ///
    /// - Parameter limit: UTF-8 bytes.
    public static func parse(_ text: some StringProtocol, limit: Int = Limits.nameBytes) -> String? {
        let trimmed = text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        let name = String(trimmed)
        guard (1...limit).contains(name.utf8.count), name.unicodeScalars.allSatisfy(isShown) else {
            return nil
        }
        return name
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
