// SPDX-License-Identifier: Apache-2.0

public import Model

/// Where fraud goes inside of countries that people call for good reasons, and which countries it likes most.
///
/// Lists of leased ranges that change by the week are for sale, and none is public. What stands here is small, and a business
/// adds its own (``OwnRange``). The bulk of the work is done by classes and by closed countries.
public enum HighRiskRanges {
    /// No allocation. Sources: the countries' plans as generally known, not compared with their regulators' own lists.
    static func contains(_ number: PhoneNumber) -> Bool {
        switch number.leading(4) {
        // Satellite telephones in the plan of Australia, where they look like internet telephone numbers.
        case 6_114: true
        // Bases in the Antarctic under the code of Norfolk Island: the dearest minutes there.
        case 6_721: true
        // Satellite telephones in the plan of Russia.
        case 7_954: true
        default: false
        }
    }

    /// Countries and territories that fraud goes to most often for their size, letters two by two. From reports of operators over
    /// many years (FRAUD.md 1.3), not from counts of ours: reason enough to ask twice before one is opened, and none to close one.
    private static let targets: StaticString = """
        ACAGAIALASAZBABBBIBMBSBYCDCFCKCUDMDOEEFKFMGDGMGNGUIOJMKIKMKNKPKYLCLRLTLVMGMHMLMPMRMSMVNRPGPRSBSHSLSN\
        SOSTSXTATCTDTJTKTLTNTTTVVCVGVIVUWSZW
        """

    /// Whether an owner is warned before the country is opened.
    public static func isFrequentTarget(_ region: Region) -> Bool {
        targets.withUTF8Buffer { letters in
            stride(from: 0, to: letters.count - 1, by: 2).contains {
                UInt16(letters[$0]) << 8 | UInt16(letters[$0 + 1]) == region.rawValue
            }
        }
    }
}
