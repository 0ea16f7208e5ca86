// SPDX-License-Identifier: Apache-2.0

/// Who outside may not call: numbers, what numbers begin with, and who withholds theirs.
public struct BlockList: Hashable, Sendable {
    /// One line of the list.
    public enum Entry: Hashable, Sendable {
        case number(PhoneNumber)
        /// Every number that begins so.
        case prefix(NumberPrefix)
    }

    public private(set) var entries: Set<Entry> = []
    /// Whether who withholds their number does not get through.
    public var rejectsAnonymous = false

    public init() {}

    public static let none = BlockList()

    /// - Returns: Whether it is in it: not more than ``Limits/blockedNumbers``.
    public mutating func add(_ entry: Entry) -> Bool {
        guard entries.contains(entry) || entries.count < Limits.blockedNumbers else { return false }
        entries.insert(entry)
        return true
    }

    public mutating func remove(_ entry: Entry) { entries.remove(entry) }

    /// Whether a number is on it: one look for each of its digits at most.
    public func holds(_ number: PhoneNumber) -> Bool {
        guard !entries.isEmpty else { return false }
        return entries.contains(.number(number))
            || (1...number.digitCount).contains { count in
                NumberPrefix(value: DecimalDigits.leading(count, of: number.value)).map {
                    entries.contains(.prefix($0))
                } ?? false
            }
    }
}

extension BlockList.Entry {
    /// `+493012345`, `+4490*`.
    public var text: String {
        switch self {
        case .number(let number): number.text
        case .prefix(let prefix): "\(prefix)*"
        }
    }

    /// Reads ``text``.
    public init?(parsing text: some StringProtocol) {
        if let number = PhoneNumber(parsing: text) {
            self = .number(number)
        } else if text.hasSuffix("*"), let prefix = NumberPrefix(parsing: text.dropLast()) {
            self = .prefix(prefix)
        } else {
            return nil
        }
    }
}

extension BlockList.Entry: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension BlockList.Entry: CustomStringConvertible {
    public var description: String { text }
}

extension BlockList.Entry: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a number, or what numbers begin with and '*'", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

extension BlockList: Codable {
    private enum CodingKeys: String, CodingKey { case entries, rejectsAnonymous }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        rejectsAnonymous = try container.decode(Bool.self, forKey: .rejectsAnonymous)
        for entry in try container.decode([Entry].self, forKey: .entries) {
            guard add(entry) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .entries,
                    in: container,
                    debugDescription: "more numbers than a list holds"
                )
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(entries.sorted(), forKey: .entries)
        try container.encode(rejectsAnonymous, forKey: .rejectsAnonymous)
    }
}
