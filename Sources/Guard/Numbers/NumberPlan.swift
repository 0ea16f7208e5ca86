// SPDX-License-Identifier: Apache-2.0

public import Model

/// Which numbers exist, where they are and what they are: the metadata of libphonenumber as one automaton over digits, with our
/// own table of what it does not tell (``SpecialRanges``, ``HighRiskRanges``).
///
/// A number exists when its country has a range with its first digits and exactly its length. No allocation, and at most one step for each digit.
public enum NumberPlan {
    /// - Parameter own: What the business knows better, see ``OwnRange``. At most ``Limits/ownRanges`` of them are looked at.
    public static func facts(of number: PhoneNumber, own: [OwnRange] = []) -> NumberFacts {
        let label = label(of: number)
        if let numberClass = SpecialRanges.numberClass(of: number, otherwise: label?.numberClass) {
            let region = label?.region ?? SpecialRanges.region(of: number)
            return NumberFacts(number, region, numberClass, inRange: true, isBare: label?.isBare ?? false)
        }
        var (region, numberClass) = (label?.region, label?.numberClass ?? .unknown)
        var isRisky = HighRiskRanges.contains(number)
        for range in own.prefix(Limits.ownRanges) where number.hasPrefix(range.prefix) {
            switch range.meaning {
            case .highRisk: isRisky = true
            case .premium: numberClass = .premium
            case .allocated(let place, let kind):
                if label == nil, numberClass == .unknown, CountryDialing.codeOfRegion(place, begins: number) {
                    (region, numberClass) = (place, kind.numberClass)
                }
            }
        }
        return NumberFacts(number, region, numberClass, inRange: isRisky, isBare: label?.isBare ?? false)
    }

    struct Label: Hashable {
        let region: Region
        let numberClass: NumberClass
        let isBare: Bool
    }

    /// Follows the digits through the automaton of ``NumberPlanTable``.
    ///
    /// A node there is the number of its label in two characters (0 is none), that of its runs in one, and for each run of
    /// digits the last one and the place of the next node in three, where 0 is nowhere. A character is six bits, from `0`.
    static func label(of number: PhoneNumber) -> Label? {
        let index = NumberPlanTable.nodes.withUTF8Buffer { nodes in
            var (place, digits) = (0, Digits(number))
            while let digit = digits.next() {
                place = Self.next(after: digit, at: place, in: nodes)
                if place == 0 { return 0 }
            }
            return sextets(nodes, at: place, 2)
        }
        return index == 0 ? nil : NumberPlanTable.labels.withUTF8Buffer { Label($0, at: (index - 1) * 4) }
    }

    private static func next(after digit: UInt8, at place: Int, in nodes: UnsafeBufferPointer<UInt8>) -> Int {
        var run = place + 3
        let end = run + 4 * sextets(nodes, at: place + 2, 1)
        while run < end {
            if digit <= nodes[run] &- sextetZero { return sextets(nodes, at: run + 1, 3) }
            run += 4
        }
        return 0
    }

    private static func sextets(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int, _ count: Int) -> Int {
        var value = 0
        for index in place..<place + count { value = value << 6 | Int(bytes[index] &- sextetZero) }
        return value
    }
}

private let sextetZero = UInt8(ascii: "0")

/// The digits of a number from the first to the last, four bits each.
private struct Digits {
    private var rest: UInt64 = 0
    private var count: Int

    init(_ number: PhoneNumber) {
        count = number.digitCount
        var value = number.value
        for _ in 0..<count { (rest, value) = (rest << 4 | value % 10, value / 10) }
    }

    mutating func next() -> UInt8? {
        guard count > 0 else { return nil }
        defer { (rest, count) = (rest >> 4, count - 1) }
        return UInt8(rest & 0xF)
    }
}

extension NumberPlan.Label {
    /// `DEg0`: region (00 for international), class, and 1 for numbers that are dialled without the national prefix.
    fileprivate init?(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
        let letters = UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
        let isInternational = letters == UInt16(UInt8(ascii: "0")) << 8 | UInt16(UInt8(ascii: "0"))
        guard let region = isInternational ? .international : Region(rawValue: letters),
            let numberClass = NumberClass(letter: bytes[place + 2])
        else { return nil }
        self.init(region: region, numberClass: numberClass, isBare: bytes[place + 3] == UInt8(ascii: "1"))
    }
}

extension NumberClass {
    /// Its letter in the table.
    fileprivate init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "g"): self = .geographic
        case UInt8(ascii: "m"): self = .mobile
        case UInt8(ascii: "b"): self = .geographicOrMobile
        case UInt8(ascii: "t"): self = .tollFree
        case UInt8(ascii: "s"): self = .sharedCost
        case UInt8(ascii: "p"): self = .premium
        case UInt8(ascii: "f"): self = .personal
        case UInt8(ascii: "r"): self = .pager
        case UInt8(ascii: "u"): self = .universalAccess
        case UInt8(ascii: "i"): self = .voip
        case UInt8(ascii: "v"): self = .voicemail
        default: return nil
        }
    }
}

extension OwnRange.Kind {
    /// The same as the plan names it.
    var numberClass: NumberClass {
        switch self {
        case .geographic: .geographic
        case .mobile: .mobile
        case .geographicOrMobile: .geographicOrMobile
        case .tollFree: .tollFree
        case .voip: .voip
        }
    }
}
