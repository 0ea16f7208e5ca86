// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Media
import Primitives
import Synchronization

/// The prompts of Debian's `asterisk-core-sounds-en-wav` (human voice, CC-BY-SA 3.0), read from the disk when they are first said. Where
/// they are not there a tone speaks instead.
final class PromptShelf: Sendable {
    static let shared = PromptShelf()
    static let package = "asterisk-core-sounds-en-wav"
    /// Where the package puts them, and where another one links them to.
    private static let folders = ["/usr/share/asterisk/sounds/en", "/usr/share/asterisk/sounds/en_US_f_Allison"]

    private let read = Mutex<[String: [UInt8]]>([:])

    /// Whether the package is installed.
    static var isFilled: Bool { folders.contains { FileManager.default.isReadableFile(atPath: $0 + "/vm-intro.wav") } }

    /// µ-law of a phrase.
    func sound(of phrase: Phrase) -> [UInt8] { file(phrase.file) ?? Self.substitute(phrase) }

    func digits(_ text: String) -> [UInt8] {
        text.compactMap { $0.isASCII && $0.isNumber ? file("digits/\($0)") : nil }.flatMap { $0 }
    }

    /// A number of things, up to 999.
    func count(_ number: Int) -> [UInt8] {
        let number = min(max(number, 0), 999)
        var names: [String] = []
        if number >= 100 { names += ["\(number / 100)", "hundred"] }
        let rest = number % 100
        if rest > 20 {
            names.append("\(rest / 10 * 10)")
            if rest % 10 > 0 { names.append("\(rest % 10)") }
        } else if rest > 0 || number == 0 {
            names.append("\(rest)")
        }
        return names.flatMap { file("digits/\($0)") ?? [] }
    }

    /// The day and the time of it: "today at two oh five p m".
    func time(_ time: WallTime, now: WallTime, zone: TimeZone) -> [UInt8] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let (date, today) = (Self.date(time), Self.date(now))
        let parts = calendar.dateComponents([.month, .day, .weekday, .hour, .minute], from: date)
        let (hour, minute) = (parts.hour ?? 0, parts.minute ?? 0)
        var names: [String]
        if calendar.isDate(date, inSameDayAs: today) {
            names = ["today"]
        } else {
            names = ["day-\((parts.weekday ?? 1) - 1)", "mon-\((parts.month ?? 1) - 1)", "h-\(parts.day ?? 1)"]
        }
        names += ["at", "\(hour % 12 == 0 ? 12 : hour % 12)"]
        var sound = names.flatMap { file("digits/\($0)") ?? [] }
        if minute == 0 {
            sound += file("digits/oclock") ?? []
        } else {
            if minute < 10 { sound += file("digits/oh") ?? [] }
            sound += count(minute)
        }
        return sound + (file(hour < 12 ? "digits/a-m" : "digits/p-m") ?? [])
    }

    private static func date(_ time: WallTime) -> Date {
        Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
    }

    private func file(_ name: String) -> [UInt8]? {
        if let known = read.withLock({ $0[name] }) { return known }
        let bytes = Self.folders.lazy.compactMap { FileManager.default.contents(atPath: "\($0)/\(name).wav") }.first
        // What is not there is looked for again: somebody may install it.
        guard let sound = bytes.flatMap({ WaveFile.sound(of: Array($0)) }) else { return nil }
        read.withLock { $0[name] = sound }
        return sound
    }

    /// A tone for a phrase: low for what is wrong or over, high for what is asked.
    private static func substitute(_ phrase: Phrase) -> [UInt8] {
        let hertz =
            switch phrase {
            case .mailboxFull, .wrongPIN, .noMore, .none, .invalid, .wrongRoomPIN, .roomFull, .moderatorLeft: 330
            case .enterPIN, .enterRoomPIN, .leaveMessage, .repeatIt, .deleteIt, .keepIt, .nextOne, .press, .enterNumber,
                .recordGreeting,
                .reviewGreeting:
                880
            case .nobodyAvailable, .messageSaved, .goodbye, .youHave, .new, .old, .message, .messages, .first,
                .received, .fromNumber, .unknownCaller, .deleted, .for, .extension, .star, .pound,
                .aloneInRoom, .awaitModerator, .youAreNext, .thereAre, .callsWaiting:
                550
            }
        return Tone.sound(hertz: hertz, milliseconds: 150) + Tone.silence(milliseconds: 100)
    }
}

extension Phrase {
    /// As the set calls it.
    fileprivate var file: String {
        switch self {
        case .nobodyAvailable: "vm-nobodyavail"
        case .leaveMessage: "vm-intro"
        case .mailboxFull: "vm-mailboxfull"
        case .messageSaved: "vm-msgsaved"
        case .goodbye: "vm-goodbye"
        case .enterPIN: "vm-password"
        case .wrongPIN: "vm-incorrect"
        case .youHave: "vm-youhave"
        case .none: "vm-no"
        case .new: "vm-INBOX"
        case .old: "vm-Old"
        case .message: "vm-message"
        case .messages: "vm-messages"
        case .first: "vm-first"
        case .received: "vm-received"
        case .fromNumber: "vm-from-phonenumber"
        case .unknownCaller: "vm-unknown-caller"
        case .deleted: "vm-deleted"
        case .noMore: "vm-nomore"
        case .repeatIt: "vm-repeat"
        case .deleteIt: "vm-delete"
        case .keepIt: "vm-savemessage"
        case .nextOne: "vm-next"
        case .for: "vm-for"
        case .extension: "extension"
        case .press: "vm-press"
        case .star: "digits/star"
        case .pound: "digits/pound"
        case .enterNumber: "vm-enter-num-to-call"
        case .invalid: "pbx-invalid"
        case .recordGreeting: "vm-rec-unv"
        case .reviewGreeting: "vm-review"
        case .enterRoomPIN: "conf-getpin"
        case .wrongRoomPIN: "conf-invalidpin"
        case .aloneInRoom: "conf-onlyperson"
        case .awaitModerator: "conf-waitforleader"
        case .moderatorLeft: "conf-leaderhasleft"
        case .roomFull: "conf-full"
        case .youAreNext: "queue-youarenext"
        case .thereAre: "queue-thereare"
        case .callsWaiting: "queue-callswaiting"
        }
    }
}
