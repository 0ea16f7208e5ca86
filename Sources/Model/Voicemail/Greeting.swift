// SPDX-License-Identifier: Apache-2.0

/// What somebody records by phone for callers to hear.
public enum Greeting: Hashable, Sendable {
    /// Before a message is taken.
    case mailbox(ExtensionNumber)
    /// What a menu offers.
    case menu(ShortName)

    /// For people: `mailbox 101`, `menu main`.
    public var words: String {
        switch self {
        case .mailbox(let number): "mailbox \(number)"
        case .menu(let name): "menu \(name)"
        }
    }
}
