// SPDX-License-Identifier: Apache-2.0

public import Model

/// What people dial for help: 112, 911 and 999 everywhere, and what their own country has (libphonenumber's table of short
/// numbers). With the outside prefix and without, because nobody thinks of it then.
///
/// No extension may have such a number.
public struct EmergencyNumbers: Hashable, Sendable {
    /// Without outside prefix, as the network knows them. Those of the whole world first.
    public let numbers: [DigitString]
    /// What is asked for where somebody only asks for help (RFC 5031): 112, or what a country has in its place.
    public let general: DigitString
    private let outsidePrefix: DigitString?

    /// - Parameters:
    ///   - region: Where the phones are, which may be another country than the business's home; `nil` where nobody has said it.
    ///   - outsidePrefix: As in ``NumberingSettings``.
    public init(in region: Region?, outsidePrefix: DigitString?) {
        self.outsidePrefix = outsidePrefix
        general = region.flatMap { Self.numbers(of: $0, in: EmergencyTable.general).first } ?? Self.everywhere[0]
        var found = Self.everywhere
        for number in region.map({ Self.numbers(of: $0, in: EmergencyTable.rows) }) ?? [] where !found.contains(number)
        { found.append(number) }
        numbers = found
    }

    /// What the network is asked for when somebody dials this; `nil` where it is no call for help. No allocation.
    public func number(dialled: DigitString) -> DigitString? {
        if numbers.contains(dialled) { return dialled }
        guard let outsidePrefix, let rest = dialled.dropping(outsidePrefix), numbers.contains(rest) else { return nil }
        return rest
    }

    /// Whether nobody may own this number, because dialling it means something else.
    public func reserves(_ number: ExtensionNumber) -> Bool {
        DigitString(parsing: number.text).map { self.number(dialled: $0) != nil } ?? true
    }

    private static let everywhere = [112, 911, 999].compactMap { DigitString(value: $0, count: 3) }

    private static func numbers(of region: Region, in table: StaticString) -> [DigitString] {
        table.withUTF8Buffer { bytes in
            for row in bytes.split(separator: UInt8(ascii: "\n")) {
                let columns = row.split(separator: UInt8(ascii: " "))
                guard let first = columns.first, first.elementsEqual(region.text.utf8) else { continue }
                return columns.dropFirst().compactMap { DigitString(ascii: $0) }
            }
            return []
        }
    }
}
