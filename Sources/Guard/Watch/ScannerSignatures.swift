// SPDX-License-Identifier: Apache-2.0

/// Names by which scanners announce themselves. They get no answer at all, so that a sweep does not find us.
///
/// Only the lazy attacker is caught here; the others meet the same challenge as everybody.
public enum ScannerSignatures {
    /// Lower case. Each counts where a word begins.
    private static let names: [[UInt8]] = [
        "friendly-scanner", "friendly-request", "sipvicious", "sipcli", "sundayddr", "pplsip", "sip-scan", "sipscan",
        "sipsak", "iwar", "vaxsipuseragent", "siparmyknife", "sivus", "gulp", "smap", "warvox", "sipv", "nm@p", "nmap",
        "masscan", "zgrab", "mrsip", "mr.sip", "sippts", "bluebox-scanner", "stretchoid", "eyebeam_scan",
    ].map { Array($0.utf8) }

    /// Whether this User-Agent names a scanner. Looks at the first 128 bytes; no allocation.
    public static func matches(userAgent: ArraySlice<UInt8>) -> Bool {
        let looked = userAgent.prefix(Limits.userAgentBytes)
        var wordBegins = true
        for index in looked.indices {
            let byte = lowerCased(looked[index])
            if wordBegins {
                for name in names where name[0] == byte && begins(looked[index...], with: name) { return true }
            }
            wordBegins = !(isLetter(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte)
        }
        return false
    }

    private static func begins(_ text: ArraySlice<UInt8>, with name: [UInt8]) -> Bool {
        guard text.count >= name.count else { return false }
        for offset in name.indices where lowerCased(text[text.startIndex + offset]) != name[offset] { return false }
        let end = text.startIndex + name.count
        return end == text.endIndex || !isLetter(lowerCased(text[end]))
    }

    private static func isLetter(_ byte: UInt8) -> Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte }
}

/// ASCII only: header values of clients are.
func lowerCased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
}
