// SPDX-License-Identifier: Apache-2.0

import Admin
import Model
import Primitives

/// A letter as a collector of logs takes it over TLS: for each alert the count of its bytes, a blank, and a message (RFC 5425 §4.3,
/// RFC 5424 §6) of the facility `authpriv`, with JSON as its text.
struct SyslogFrames {
    private(set) var bytes: [UInt8] = []

    init(_ letter: AlertLetter) {
        for record in letter.records {
            let message = Self.message(record, letter.business)
            bytes += Array("\(message.count) ".utf8) + message
        }
    }

    private static func message(_ record: AlertLetter.LogRecord, _ business: DomainName) -> [UInt8] {
        // No structured data: that needs an enterprise number, and the JSON says all of it.
        let head = "<\(priority(record.severity))>1 \(record.at) \(business) ringfence - \(name(record.kind)) - "
        return Array((Array(head.utf8) + byteOrderMark + record.text).prefix(Limits.syslogMessage))
    }

    /// Says that the text is UTF-8 (§6.4).
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// `authpriv` is 10 (§6.2.1).
    private static func priority(_ severity: Finding.Severity) -> Int {
        let level =
            switch severity {
            case .critical: 2
            case .warning: 4
            case .notice: 5
            case .good: 6
            }
        return 10 * 8 + level
    }

    /// MSGID: at most 32 characters of ASCII that are shown.
    private static func name(_ kind: String) -> String {
        let plain = kind.utf8.filter { 0x21...0x7E ~= $0 }.prefix(32)
        return plain.isEmpty ? "-" : String(decoding: plain, as: UTF8.self)
    }
}
