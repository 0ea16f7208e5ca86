// SPDX-License-Identifier: Apache-2.0

import Model

/// Prefixes that send a call over a carrier of the caller's choice at the carrier's price, or change what the called person sees.
/// Both are settings here, and neither is anybody's to dial.
///
/// Most would be refused as numbers of no known range anyhow; here they get a sentence of their own.
enum CarrierPrefixes {
    /// - Parameters:
    ///   - digits: Without outside prefix.
    ///   - code: The country code of the home region.
    static func begin(_ digits: DigitString, in code: DigitString) -> Bool {
        let count = digits.count
        return switch code.value {
        // 101 XXXX (NANPA: carrier access codes).
        case 1: count >= 7 && digits.leading(3) == 101
        // 141 and 1470 hide and show the caller, 1280 chose BT (Ofcom, National Telephone Numbering Plan).
        case 44: count > 4 && (digits.leading(3) == 141 || digits.leading(4) == 1_470 || digits.leading(4) == 1_280)
        // 010xy, 0100yy (Bundesnetzagentur, Betreiberkennzahlen).
        case 49: count > 5 && digits.leading(3) == 10
        // 1831 and 1832 hide and show the caller (ACMA numbering plan).
        case 61: count > 4 && (digits.leading(4) == 1_831 || digits.leading(4) == 1_832)
        // 184 and 186 hide and show the caller.
        case 81: count > 3 && (digits.leading(3) == 184 || digits.leading(3) == 186)
        default: false
        }
    }
}

extension DigitString {
    /// Its first digits as a number, 010 as 10; 0 where it has fewer.
    fileprivate func leading(_ digits: Int) -> UInt64 {
        var (rest, excess) = (value, count - digits)
        guard excess >= 0 else { return 0 }
        while excess > 0 { (rest, excess) = (rest / 10, excess - 1) }
        return rest
    }
}
