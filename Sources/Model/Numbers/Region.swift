// SPDX-License-Identifier: Apache-2.0

/// Where a telephone number is: a country or territory by its two letters (ISO 3166-1), or ``international`` for numbers that
/// belong to none. The islands that share +1 are regions of their own, and so is every other guest in a country code.
public struct Region: Hashable, Sendable {
    /// Both letters, the first one in the upper byte; 1 for ``international``.
    public let rawValue: UInt16

    /// Numbers of no country: satellites, networks and services of the whole world. Written `001`, as the United Nations do.
    public static let international = Region(unchecked: 1)

    /// - Returns: `nil` unless it is one of the ``all``, or ``international``.
    public init?(rawValue: UInt16) {
        guard rawValue == 1 || Self.index(of: rawValue) != nil else { return nil }
        self.rawValue = rawValue
    }

    /// Reads `DE`, `de` or `001`.
    ///
    /// - Returns: `nil` for letters that name no region with telephone numbers of its own.
    public init?(parsing text: some StringProtocol) {
        if text == "001" {
            self = .international
            return
        }
        let letters = text.utf8.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 ? $0 - 0x20 : $0 }
        guard letters.count == 2 else { return nil }
        self.init(rawValue: UInt16(letters[0]) << 8 | UInt16(letters[1]))
    }

    private init(unchecked rawValue: UInt16) { self.rawValue = rawValue }

    /// Every region but ``international``, by its letters.
    public static var all: [Region] { (0..<count).map { Region(unchecked: code(at: $0)) } }

    /// `DE`, or `001`.
    public var text: String {
        self == .international
            ? "001" : String(decoding: [UInt8(rawValue >> 8), UInt8(rawValue & 0xFF)], as: UTF8.self)
    }

    /// What people call it, in English and ASCII: `Cuba`.
    public var name: String {
        guard let index = Self.index(of: rawValue) else { return "international services" }
        return RegionNames.names.withUTF8Buffer { bytes in
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            return index < lines.count ? String(decoding: lines[index], as: UTF8.self) : text
        }
    }

    private static var count: Int { RegionNames.codes.utf8CodeUnitCount / 2 }

    private static func code(at index: Int) -> UInt16 {
        RegionNames.codes.withUTF8Buffer { UInt16($0[index * 2]) << 8 | UInt16($0[index * 2 + 1]) }
    }

    /// Its place in the list; a binary search.
    private static func index(of rawValue: UInt16) -> Int? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            let code = code(at: middle)
            if code == rawValue { return middle }
            if code < rawValue { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}

extension Region: Comparable {
    /// By letters; ``international`` first.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Region: CustomStringConvertible {
    public var description: String { text }
}

extension Region: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a region is two letters of ISO 3166, or '001'", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
