// SPDX-License-Identifier: Apache-2.0

/// Names by which scanners announce themselves. They get no answer at all, so that a sweep does not find us.
///
/// Only the lazy attacker is caught here; the others meet the same challenge as everybody.
public enum ScannerSignatures {
    /// Lower case, beginning with a letter, in their order. Each counts where a word begins.
    private static let names: [StaticString] = [
        "bluebox-scanner", "eyebeam_scan", "friendly-request", "friendly-scanner", "gulp", "iwar", "masscan", "mr.sip",
        "mrsip", "nm@p", "nmap", "pplsip", "sip-scan", "siparmyknife", "sipcli", "sippts", "sipsak", "sipscan", "sipv",
        "sipvicious", "sivus", "smap", "stretchoid", "sundayddr", "vaxsipuseragent", "warvox", "zgrab",
    ]

    /// Where the names with each initial stand in `names`, from a to z: few words of few phones need a second look.
    private static let ranges: [Range<Int>] = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { letter in
        let start = names.firstIndex { $0.byte(at: 0) >= letter } ?? names.count
        return start..<(names.firstIndex { $0.byte(at: 0) > letter } ?? names.count)
    }

    /// Whether this User-Agent names a scanner. Looks at the first 128 bytes; no allocation.
    public static func matches(userAgent: ArraySlice<UInt8>) -> Bool {
        let text = userAgent.span
        let end = min(text.count, Limits.userAgentBytes)
        let (names, ranges) = (names, ranges)
        var wordBegins = true
        for index in 0..<end {
            let byte = lowerCased(text[index])
            if wordBegins, isLetter(byte) {
                for number in ranges[Int(byte - UInt8(ascii: "a"))] {
                    if begins(text, at: index, end, with: names[number]) { return true }
                }
            }
            wordBegins = !(isLetter(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte)
        }
        return false
    }

    private static func begins(_ text: Span<UInt8>, at start: Int, _ end: Int, with name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard end - start >= count else { return false }
        for offset in 0..<count where lowerCased(text[start + offset]) != name.byte(at: offset) { return false }
        return start + count == end || !isLetter(lowerCased(text[start + count]))
    }

    private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }
}

/// ASCII only: header values of clients are.
func lowerCased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
}
