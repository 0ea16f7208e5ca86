// SPDX-License-Identifier: Apache-2.0

/// What somebody records by phone for callers to hear.
public enum Greeting: Hashable, Sendable {
    /// Before a message is taken.
    case mailbox(ExtensionNumber)
    /// What a menu offers.
    case menu(ShortName)
}
