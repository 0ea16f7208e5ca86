// SPDX-License-Identifier: Apache-2.0

/// What of `a=fmtp` passes to the other phone: numbers under known names, written anew.
enum FormatParameters {
    /// RFC 7587 §6.1.
    private static let ofOpus: Set<String> = [
        "maxplaybackrate", "sprop-maxcapturerate", "maxptime", "ptime", "minptime", "maxaveragebitrate", "stereo",
        "sprop-stereo", "cbr", "useinbandfec", "usedtx",
    ]

    /// - Returns: `nil` when nothing is left, or the text is longer than ``DescriptionLimits/formatParameters``.
    static func allowed(_ text: String, of codec: Codec) -> String? {
        guard text.utf8.count <= DescriptionLimits.formatParameters else { return nil }
        switch codec {
        case .pcmu, .pcma, .g722: return nil
        case .opus: return opus(text)
        case .telephoneEvent: return events(text)
        }
    }

    private static func opus(_ text: String) -> String? {
        var kept: [String] = []
        var seen: Set<String> = []
        for parameter in text.split(separator: ";") {
            let parts = parameter.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let name = parts[0].filter { $0 != " " }.lowercased()
            let value = parts[1].filter { $0 != " " }
            guard ofOpus.contains(name), let number = UInt32(value), seen.insert(name).inserted else { continue }
            kept.append("\(name)=\(number)")
        }
        return kept.isEmpty ? nil : kept.joined(separator: ";")
    }

    /// `0-15` or `0-11,16`: events are 0…255 (RFC 4733 §2.4.1).
    private static func events(_ text: String) -> String? {
        var kept: [String] = []
        var line = LineScanner(Array(text.utf8.filter { $0 != UInt8(ascii: " ") })[...])
        while !line.isAtEnd {
            let text = line.part(before: UInt8(ascii: ","))
            guard !text.isEmpty else { continue }
            var range = LineScanner(text)
            guard text.last != UInt8(ascii: "-"), let first = event(range.part(before: UInt8(ascii: "-"))) else {
                return nil
            }
            guard !range.isAtEnd else {
                kept.append(String(first))
                continue
            }
            guard let last = event(range.rest), last >= first else { return nil }
            kept.append("\(first)-\(last)")
        }
        return kept.isEmpty ? nil : kept.joined(separator: ",")
    }

    private static func event(_ digits: ArraySlice<UInt8>) -> UInt8? {
        LineScanner.number(digits).flatMap { UInt8(exactly: $0) }
    }
}
