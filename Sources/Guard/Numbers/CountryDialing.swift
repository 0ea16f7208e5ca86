// SPDX-License-Identifier: Apache-2.0

public import Model

/// How people dial in one region: read from `CountryTable` when settings change, not for each call.
public struct CountryDialing: Hashable, Sendable {
    public let region: Region
    /// 1 to 999.
    public let code: UInt64
    /// What is dialled before an area code, such as 0; `nil` where numbers are dialled as they are.
    public let nationalPrefix: DigitString?
    /// What is dialled before a country code, such as 00. None where every way to dial abroad chooses a carrier.
    public let internationalPrefixes: [DigitString]

    /// - Returns: `nil` for ``Region/international``, where nobody lives.
    public init?(_ region: Region) {
        guard region != .international, let row = Self.rows.first(where: { $0.region == region }) else { return nil }
        self = row
    }

    /// The regions with one country code, the one that it is named after first.
    public static func regions(ofCode code: UInt64) -> [Region] { rows.filter { $0.code == code }.map(\.region) }

    /// The region that the code of a number is named after; `nil` where no region has it.
    public static func mainRegion(of number: PhoneNumber) -> Region? {
        rows.first { $0.begins(number) }?.region
    }

    /// Whether the country code of a region is that of a number.
    static func codeOfRegion(_ region: Region, begins number: PhoneNumber) -> Bool {
        rows.contains { $0.region == region && $0.begins(number) }
    }

    private func begins(_ number: PhoneNumber) -> Bool {
        number.leading(code < 10 ? 1 : code < 100 ? 2 : 3) == code
    }

    private static let rows: [Self] = CountryTable.rows.withUTF8Buffer { bytes in
        bytes.split(separator: UInt8(ascii: "\n")).compactMap(Self.init(row:))
    }

    /// `49 DE 0 00`, where `-` is none.
    private init?(row: Slice<UnsafeBufferPointer<UInt8>>) {
        let columns = row.split(separator: UInt8(ascii: " "))
        guard columns.count == 4, let code = DigitString(ascii: columns[0]),
            let region = Region(parsing: String(decoding: columns[1], as: UTF8.self))
        else { return nil }
        (self.region, self.code) = (region, code.value)
        nationalPrefix = DigitString(ascii: columns[2])
        internationalPrefixes = columns[3].split(separator: UInt8(ascii: ",")).compactMap { DigitString(ascii: $0) }
    }
}
