// SPDX-License-Identifier: Apache-2.0

/// Names by which scanners announce themselves. They get no answer at all, so that a sweep does not find us.
///
/// Only the lazy attacker is caught here; the others meet the same challenge as everybody.
public enum ScannerSignatures {
    /// Lower case, beginning with a letter, of four bytes or more. Each counts where a word begins.
    private static let names: [StaticString] = [
        "bluebox-scanner", "eyebeam_scan", "friendly-request", "friendly-scanner", "gulp", "iwar", "masscan", "mr.sip",
        "mrsip", "nm@p", "nmap", "pplsip", "sip-scan", "siparmyknife", "sipcli", "sippts", "sipsak", "sipscan", "sipv",
        "sipvicious", "sivus", "smap", "stretchoid", "sundayddr", "vaxsipuseragent", "warvox", "zgrab",
    ]

    /// The first four letters of each name, as one number: few words of few phones need a second look.
    private static let heads: [UInt32] = names.map { name in (0..<4).reduce(0) { $0 << 8 | UInt32(name.byte(at: $1)) } }

    /// Which letters a name begins with, a bit each from a on.
    private static let initials = names.reduce(UInt32(0)) { $0 | bit(of: $1.byte(at: 0)) }

    private static func bit(of letter: UInt8) -> UInt32 { 1 << UInt32(letter - UInt8(ascii: "a")) }

    /// Whether this User-Agent names a scanner. Looks at the first 128 bytes; no allocation.
    public static func matches(userAgent: ArraySlice<UInt8>) -> Bool {
        let text = userAgent.span
        let end = min(text.count, Limits.userAgentBytes)
        let (heads, initials) = (heads, initials)
        var wordBegins = true
        for index in 0..<end {
            let byte = lowerCased(text[index])
            if wordBegins, isLetter(byte), initials & bit(of: byte) != 0, end - index >= 4 {
                let head = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(lowerCased(text[index + $1])) }
                for number in heads.indices where heads[number] == head {
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
