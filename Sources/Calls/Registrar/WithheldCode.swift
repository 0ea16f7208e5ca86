// SPDX-License-Identifier: Apache-2.0

/// What a phone dials before a number so that this call shows none: `*31*` or `#31#`, the code of calling line identification
/// restriction (3GPP TS 22.030 §6.5.2, Annex B), with a star for phones that keep the `#` for themselves.
enum WithheldCode {
    private static let codes = ["*31*", "#31#"]

    /// The number that was meant; `nil` where there is no code before it, or nothing behind it.
    static func number(behind dialled: String) -> String? {
        // Before anything is made of it: nearly every call has neither.
        guard let first = dialled.utf8.first, first == UInt8(ascii: "*") || first == UInt8(ascii: "#"),
            codes.contains(where: dialled.hasPrefix)
        else { return nil }
        let rest = dialled.dropFirst(4)
        return rest.isEmpty ? nil : String(rest)
    }
}
