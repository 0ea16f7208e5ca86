// SPDX-License-Identifier: Apache-2.0

extension Unicode.Scalar {
    /// Whether it commands whoever shows it instead of being shown: controls of C0 and C1 (U+009B begins a terminal's commands),
    /// what turns the direction of text (U+202E), what is invisible, and what begins a line (U+2028).
    public var deceivesReaders: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        default: false
        }
    }
}
