// SPDX-License-Identifier: Apache-2.0

/// What a user wants to keep from the other side (RFC 3323 §4.2, RFC 3325 §9.3).
public struct Privacy: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The identity that the network asserts.
    public static let id = Privacy(rawValue: 1)
    /// What the phone itself says about its user.
    public static let user = Privacy(rawValue: 2)
    public static let header = Privacy(rawValue: 4)
    public static let session = Privacy(rawValue: 8)
    /// Privacy, or no call.
    public static let critical = Privacy(rawValue: 16)
    /// The user wants none, whatever is usual.
    public static let none = Privacy(rawValue: 32)

    /// Whether the other side may not learn who this is.
    public var hidesIdentity: Bool { !contains(.none) && !isDisjoint(with: [.id, .user, .header]) }
}

extension Message {
    /// The values of the Privacy field, which semicolons part; unknown ones are left out.
    public func privacy() -> Privacy {
        guard let range = first(.privacy)?.range else { return [] }
        let span = bytes.span
        var (privacy, offset): (Privacy, Int) = ([], range.lowerBound)
        while offset < range.upperBound {
            let end = span.find(UInt8(ascii: ";"), from: offset, to: range.upperBound) ?? range.upperBound
            let start = span.skipSpace(from: offset, to: end)
            privacy.formUnion(Privacy(named: span, start..<span.trimmedEnd(from: start, to: end)))
            offset = end + 1
        }
        return privacy
    }
}

extension Privacy {
    private static let names: [(String, Privacy)] = [
        ("id", .id), ("user", .user), ("header", .header), ("session", .session), ("critical", .critical),
        ("none", .none),
    ]

    fileprivate init(named bytes: Span<UInt8>, _ range: Range<Int>) {
        var found: Privacy = []
        for (name, value) in Self.names where bytes.equals(range, name.utf8) { found = value }
        self = found
    }
}
