// SPDX-License-Identifier: Apache-2.0

/// Names that strangers give themselves, made fit to be shown (row Z03; Unicode TR 36 and TR 39).
public enum CallerName {
    /// Leaves out what changes how other text is shown or cannot be seen, signs that look like a seal of approval, and what is
    /// longer than a display. A name that mixes letters of several scripts, to look like another, says so.
    public static func clean(_ name: String) -> String {
        var text = String.UnicodeScalarView()
        var scripts: Set<Script> = []
        for scalar in name.unicodeScalars where isShown(scalar) {
            guard text.count < Limits.callerNameScalars else { break }
            text.append(scalar)
            if let script = Script(scalar) { scripts.insert(script) }
        }
        let shown = String(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return scripts.count > 1 ? "? \(shown)" : shown
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .enclosingMark,
            .otherSymbol, .modifierSymbol:
            false
        default: !scalar.properties.isVariationSelector
        }
    }

    /// The scripts whose letters are taken for each other's.
    private enum Script: Hashable {
        case latin, greek, cyrillic, armenian, cherokee

        init?(_ scalar: Unicode.Scalar) {
            guard scalar.properties.isAlphabetic else { return nil }
            switch scalar.value {
            case 0x41...0x24F, 0x1E00...0x1EFF, 0xFF21...0xFF5A: self = .latin
            case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
            case 0x400...0x52F, 0x1C80...0x1C8F, 0x2DE0...0x2DFF: self = .cyrillic
            case 0x530...0x58F: self = .armenian
            case 0x13A0...0x13FF, 0xAB70...0xABBF: self = .cherokee
            default: return nil
            }
        }
    }
}
