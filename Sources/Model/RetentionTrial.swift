// SPDX-License-Identifier: Apache-2.0

/// What is tried on a business that is made for it: whether what is kept goes when it has to, and only then.
public enum RetentionTrial: String, CaseIterable, Sendable {
    /// Nothing is old: everything stays.
    case young
    case oldRecord = "a record that is too old"
    case oldRecordAfterCrash = "a record that is too old, and a crash after it went"
    case oldMessage = "a message that is too old"
    case held = "a record that is too old and held"
    case erased = "a number that was erased"
    case erasedAfterCrash = "a number that was erased, and a crash after it"
}
