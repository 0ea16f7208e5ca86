// SPDX-License-Identifier: Apache-2.0

/// What a detector may ask before a call goes out, from easy to hard.
enum Question: Int, Comparable {
    /// A person repeats digits that are read out: a program cannot.
    case digits
    /// The code of the extension's owner, which a stolen SIP password does not bring.
    case code
    /// A named person of the business releases it.
    case person

    /// How long the caller needs, in seconds (assumption).
    var delay: Int {
        switch self {
        case .digits: 9
        case .code: 7
        case .person: 120
        }
    }

    static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}
