// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Who may leave and hear voice messages, and with which PIN.
///
/// A phone hears the messages of its own extension and no others: a number that somebody shows is no proof, a credential is. There is
/// no PIN that was not set by somebody: until then a mailbox takes messages, and nobody hears them.
public enum MailboxRules {
    /// Whether a call to an extension that nobody took ends in its mailbox.
    public static func takesMessage(_ number: ExtensionNumber, in snapshot: Snapshot) -> Bool {
        snapshot.extensions[number]?.isEnabled == true && snapshot.outside.routing.mailboxes[number] != nil
    }

    /// Why a phone may not have a service of the server; `nil` while it may.
    static func refusal(of service: CallService, to caller: Device, in snapshot: Snapshot) -> CallRefusal? {
        switch service {
        case .echo, .feature, .parking: return nil
        case .menu: return CallRefusal(status: 404, control: nil, reason: "no code leads to a menu")
        case .queue: return CallRefusal(status: 404, control: nil, reason: "no code leads to a queue")
        case .room: return CallRefusal(status: 404, control: nil, reason: "no code leads to a conference room")
        case .deposit(let number):
            guard takesMessage(number, in: snapshot) else {
                return CallRefusal(status: 404, control: nil, reason: "extension \(number) takes no messages")
            }
            return nil
        case .greeting(let number?):
            guard snapshot.outside.routing.menu(numbered: number)?.voice == caller.number else {
                return CallRefusal(
                    status: 404,
                    control: nil,
                    reason: "extension \(caller.number) is the voice of no menu with the number \(number)"
                )
            }
            return nil
        case .messages, .greeting(nil):
            let number = caller.number
            guard let mailbox = snapshot.outside.routing.mailboxes[number] else {
                let reason =
                    "extension \(number) has no mailbox; an operator adds one: ringfence voicemail box add \(number)"
                return CallRefusal(status: 404, control: nil, reason: reason)
            }
            guard mailbox.isOpenable else {
                let reason = "its mailbox has no PIN yet; an operator makes one: ringfence voicemail pin \(number)"
                return CallRefusal(status: 403, control: .voicemailPins, reason: reason)
            }
            return nil
        }
    }
}

/// What a PIN has to be.
public enum PINRules {
    /// A PIN that nobody would guess among the first hundred.
    ///
    /// - Parameter number: Whose mailbox it is for, or that of a room.
    public static func generate(
        for number: ExtensionNumber,
        in snapshot: Snapshot,
        using entropy: Entropy
    ) -> Redacted<String> {
        while true {
            var source = entropy
            let digits = (0..<Limits.generatedPINDigits).map { _ in String(UInt8.random(in: 0...9, using: &source)) }
            let pin = Redacted(digits.joined())
            if refusal(of: pin, for: number, in: snapshot) == nil { return pin }
        }
    }

    /// Why a mailbox or a room does not get a PIN; `nil` when it may.
    ///
    /// - Parameters:
    ///   - number: What is dialled for it.
    ///   - remedy: The command that makes one.
    public static func refusal(
        of pin: Redacted<String>,
        for number: ExtensionNumber,
        in snapshot: Snapshot,
        remedy: String = "ringfence voicemail pin EXTENSION"
    ) -> Refusal? {
        let reason = pin.reveal { shortcoming(of: copy $0, number, snapshot) }
        return reason.map { .pin($0, remedy) }
    }

    private static func shortcoming(of pin: String, _ number: ExtensionNumber, _ snapshot: Snapshot) -> String? {
        let digits = Array(pin.utf8)
        guard Limits.pinDigits.contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }) else {
            return "it has \(Limits.pinDigits.lowerBound) to \(Limits.pinDigits.upperBound) digits, and no others"
        }
        guard Set(digits).count >= Limits.pinDifferentDigits else { return "too few of its digits differ" }
        guard !repeats(digits) else { return "it repeats itself" }
        guard !isRun(digits) else { return "its digits follow one another, up, down or along the keys" }
        guard !isDate(digits) else { return "it reads as a year or a date" }
        guard !holdsNumber(digits, number, snapshot) else { return "it holds a number of the business" }
        guard !common.contains(pin) else { return "it is among those that are tried first" }
        return nil
    }

    /// A block that comes again and again, such as 121212 and 123123, or a mirrored one.
    private static func repeats(_ digits: [UInt8]) -> Bool {
        let half = digits.count / 2
        let isMirrored = digits == digits.reversed()
        return isMirrored
            || (1...half).contains { length in
                digits.count % length == 0 && digits.indices.allSatisfy { digits[$0] == digits[$0 % length] }
            }
    }

    /// More than half of it goes up or down by the same step, or walks along the keys.
    private static func isRun(_ digits: [UInt8]) -> Bool {
        let steps = zip(digits, digits.dropFirst()).map { Int($1) - Int($0) }
        var (longest, length) = (0, 0)
        for (place, step) in steps.enumerated() {
            length = step == 0 ? 0 : place > 0 && steps[place - 1] == step ? length + 1 : 1
            longest = max(longest, length)
        }
        return 2 * (longest + 1) > digits.count + 1
            || columns.contains { String(decoding: digits, as: UTF8.self).contains($0) }
    }

    /// The columns and the cross of the keys, there and back.
    private static let columns = [
        "147258", "258369", "369258", "258147", "147369", "741852", "852963", "159357", "357159", "159753",
    ]

    /// Two years, or a day with a month and a year in any usual order.
    private static func isDate(_ digits: [UInt8]) -> Bool {
        let values = digits.map { Int($0) - 48 }
        let isYear = { (at: Int) in
            at + 4 <= values.count
                && (1_900...2_099).contains(
                    values[at] * 1_000 + values[at + 1] * 100 + values[at + 2] * 10 + values[at + 3]
                )
        }
        let two = { (at: Int) in values[at] * 10 + values[at + 1] }
        if digits.count == 6 {
            let (first, second, third) = (two(0), two(2), two(4))
            if (1...31).contains(first) && (1...12).contains(second) { return true }
            if (1...12).contains(first) && (1...31).contains(second) { return true }
            if (1...12).contains(second) && (1...31).contains(third) { return true }
        }
        return digits.count <= 8 && (isYear(0) || isYear(values.count - 4))
    }

    private static func holdsNumber(_ digits: [UInt8], _ number: ExtensionNumber, _ snapshot: Snapshot) -> Bool {
        let text = String(decoding: digits, as: UTF8.self)
        if text.hasPrefix(number.text) || text.hasSuffix(number.text) { return true }
        return snapshot.outside.numbers.keys.contains { $0.text.hasSuffix(text) }
    }

    /// Of the lists of leaked PINs, those of six digits and more that the rules above let through.
    private static let common: Set<String> = [
        "696969", "112233", "223344", "654321", "520131", "521314", "131452", "147896", "789632", "142536", "159951",
        "101010",
        "110120", "120120", "102030", "010203", "252525", "987654", "147852", "963852", "741258", "258741", "456852",
        "852456",
        "124578", "235689", "1234567890", "0123456789", "5201314", "1314520", "7758521", "11223344", "87654321",
        "12344321",
    ]
}

/// What a PIN opens, and for whom.
public enum PINDoor: Hashable, Sendable {
    case mailbox(ExtensionNumber)
    /// By phones of an extension; `nil` for everybody outside together, whose numbers are what a provider says.
    case room(ShortName, by: ExtensionNumber?)
}

/// Who may try a PIN now, and who has to wait.
///
/// Wrong ones are counted for each mailbox. Whoever listens has shown a credential of the mailbox's own extension already, so that
/// nobody can make its owner wait who has no phone of theirs; and a wait ends by itself, or with a new PIN. Those of a conference room
/// are counted for each extension that tries, and for all outside together: nobody keeps others out by guessing.
public struct PINGate: Sendable {
    /// What became of a try.
    public enum Standing: Hashable, Sendable {
        case isOpen
        case waits(Duration)
    }

    private struct Count: Sendable {
        var failures = 0
        var last: MonotonicTime
    }

    private var counts: [PINDoor: Count] = [:]
    /// When it was last told that many mailboxes are tried.
    private var toldAt: MonotonicTime?

    public init() {}

    /// - Returns: Whether somebody may try.
    public func standing(of door: PINDoor, at now: MonotonicTime) -> Standing {
        guard let count = counts[door], now - count.last < Limits.pinMemory else { return .isOpen }
        let beyond = count.failures - Limits.freePINs
        guard beyond >= 0 else { return .isOpen }
        let wait = min(Limits.longestPINWait, Limits.firstPINWait * (1 << min(beyond, 10)))
        let left = wait - (now - count.last)
        return left > .zero ? .waits(left) : .isOpen
    }

    /// Counts a wrong one, and one that may be: tries side by side are no more than those one after the other.
    ///
    /// - Returns: Whether it waits from now on and did not before.
    public mutating func fail(_ door: PINDoor, at now: MonotonicTime) -> Bool {
        var count = counts[door] ?? Count(last: now)
        if now - count.last >= Limits.pinMemory { count.failures = 0 }
        (count.failures, count.last) = (count.failures + 1, now)
        counts[door] = count
        return count.failures == Limits.freePINs
    }

    /// Takes back what was counted for a PIN that nobody compared.
    public mutating func takeBack(_ door: PINDoor) {
        guard let count = counts[door] else { return }
        counts[door]?.failures = max(0, count.failures - 1)
    }

    /// Whether people are to be told that so many doors were tried lately that it is one who tries them all: once in a while.
    public mutating func tellsSpray(at now: MonotonicTime) -> Bool {
        let tried = counts.values.count { $0.failures > 0 && now - $0.last < Limits.pinSprayTime }
        guard tried >= Limits.pinSprayMailboxes, toldAt.map({ now - $0 >= Limits.pinSprayTime }) ?? true else {
            return false
        }
        toldAt = now
        return true
    }

    /// Somebody knew it. A guest from outside takes back no more than their own count: those of others are not forgiven by it.
    public mutating func passed(_ door: PINDoor) {
        if case .room(_, nil) = door { takeBack(door) } else { succeed(door) }
    }

    /// The right one, or a new one.
    public mutating func succeed(_ door: PINDoor) { counts[door] = nil }

    /// The room has a new PIN, or is no more.
    public mutating func forget(room name: ShortName) {
        counts = counts.filter { door, _ in
            if case .room(name, _) = door { false } else { true }
        }
    }
}

extension Refusal {
    fileprivate static func pin(_ reason: String, _ remedy: String) -> Self {
        Self(
            .voicemailPins,
            problem: "That PIN was not taken.",
            reason: reason,
            remedy: "let one be made, which nobody guesses: \(remedy)"
        )
    }
}
