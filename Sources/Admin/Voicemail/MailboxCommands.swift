// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// Every mailbox, and how many messages are in it.
public struct ListMailboxes: Command {
    public static let name = "voicemail.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [MailboxReport] {
        let boxes = administrator.store.snapshot.outside.routing.mailboxes.sorted { $0.key < $1.key }
        let messages = administrator.store.messages
        return try await administrator.reading { _ in boxes.map { MailboxReport($0.key, $0.value, messages) } }
    }
}

/// Gives an extension a mailbox. It takes messages at once; somebody can listen when it has a PIN.
public struct AddMailbox: Command {
    public static let name = "voicemail.add"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String
    /// Whether phones of the extension itself have to enter the PIN.
    public let asksOwnPhones: Bool

    public init(number: String, asksOwnPhones: Bool = true) {
        (self.number, self.asksOwnPhones) = (number, asksOwnPhones)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> MailboxReport {
        let number = try administrator.find(number).number
        let boxes = administrator.store.snapshot.outside.routing.mailboxes
        let old = boxes[number]
        guard old != nil || boxes.count < Model.Limits.mailboxes else { throw .tooManyMailboxes }
        guard old?.asksOwnPhones != asksOwnPhones else { throw .mailboxIsThere(number) }
        let origin = SettingOrigin(by: caller.name, at: administrator.now())
        let new = Mailbox(asksOwnPhones: asksOwnPhones, pin: old?.pin, since: old?.pinSince, by: origin)
        try await administrator.change(
            [.outside(.route(.keepMessages(number, new)))],
            [caller.draft(Self.name, number.text, JournalDetail.of(old, became: new))],
            notice: "Extension \(number) has a mailbox, by \(caller.name)"
        )
        return MailboxReport(number, new, administrator.store.messages)
    }
}

/// Takes the mailbox of an extension away, with every message in it.
public struct RemoveMailbox: Command {
    public static let name = "voicemail.remove"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> MailboxReport {
        let (number, old) = try administrator.mailbox(number)
        let report = MailboxReport(number, old, administrator.store.messages)
        try await administrator.change(
            [.outside(.route(.keepMessages(number, nil)))],
            [caller.draft(Self.name, number.text, JournalDetail.of(old, became: nil))],
            notice: "Extension \(number) has no mailbox any more, by \(caller.name)"
        )
        return report
    }
}

/// Gives a mailbox a PIN, in place of the one it had: a new one that is told once, or one that was chosen.
public struct SetMailboxPIN: Command {
    public static let name = "voicemail.pin"
    public static let rights: [Right] = [.enrolPhones]

    /// As typed.
    public let number: String
    /// `nil` for one that is made.
    public let pin: DeliveredSecret?

    public init(number: String, pin: Redacted<String>? = nil) {
        (self.number, self.pin) = (number, pin.map(DeliveredSecret.init))
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> MailboxReport {
        let number = try administrator.mailbox(number).0
        let snapshot = administrator.store.snapshot
        let digits = pin?.secret ?? PINRules.generate(for: number, in: snapshot, using: administrator.entropy)
        if let refusal = PINRules.refusal(of: digits, for: number, in: snapshot) { throw refusal }
        let hash = try await administrator.engine.hash(pin: digits)
        // It may be another one by now.
        let old = try administrator.mailbox(number.text).1
        let now = administrator.now()
        let new = Mailbox(
            asksOwnPhones: old.asksOwnPhones,
            pin: hash,
            since: now,
            by: SettingOrigin(by: caller.name, at: now)
        )
        try await administrator.change(
            [.outside(.route(.keepMessages(number, new)))],
            [caller.draft(Self.name, number.text, JournalDetail.of(old, became: new))],
            notice: "The mailbox of extension \(number) has a new PIN, by \(caller.name)"
        )
        var report = MailboxReport(number, new, administrator.store.messages)
        if pin == nil { report.pin = DeliveredSecret(digits) }
        return report
    }
}

/// What is in a mailbox: from whom, when and how long, and no sound.
public struct ListMessages: ExtensionCommand {
    public static let name = "voicemail.messages"
    public static let rights: [Right] = [.seeRecords]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public var subject: Authoriser.Subject { .extension(ExtensionNumber(parsing: number)) }

    public static func harmless(_ number: ExtensionNumber) -> Self { Self(number: number.text) }
    public static func owners(of messages: [StoredMessage]) -> [[ExtensionNumber]] { messages.map { [$0.mailbox] } }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> [StoredMessage] {
        let number = try administrator.find(number).number
        return try await administrator.reading { try $0.messages.messages(of: number) }
    }
}

/// Deletes one message.
public struct DeleteMessage: Command {
    public static let name = "voicemail.delete"
    public static let rights: [Right] = [.changeExtensions]

    /// As typed, and so is the message.
    public let number: String
    public let message: String

    public init(number: String, message: String) { (self.number, self.message) = (number, message) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", message: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> MessageID {
        let number = try administrator.find(number).number
        guard let id = MessageID(parsing: message) else { throw .noMessage(message, number) }
        let isGone = try administrator.writing { backend in
            guard try backend.messages.delete(id, in: number) else { return false }
            let draft = caller.draft(Self.name, number.text, JournalDetail.ofName(id.text, became: nil))
            try backend.append(draft, at: administrator.now())
            return true
        }
        guard isGone else { throw .noMessage(message, number) }
        await administrator.engine.followMessages(of: number)
        return id
    }
}

extension Administrator {
    fileprivate func mailbox(_ text: String) throws(Refusal) -> (ExtensionNumber, Mailbox) {
        let number = try find(text).number
        guard let mailbox = store.snapshot.outside.routing.mailboxes[number] else { throw .noMailbox(number) }
        return (number, mailbox)
    }
}

extension MailboxReport {
    fileprivate init(_ number: ExtensionNumber, _ mailbox: Mailbox, _ messages: MessageFolder) {
        let counts = messages.counts(of: number)
        self.init(
            extension: number,
            pinSince: mailbox.pinSince,
            asksOwnPhones: mailbox.asksOwnPhones,
            new: counts.new,
            old: counts.old
        )
    }
}

extension Refusal {
    fileprivate static func noMailbox(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) has no mailbox.",
            reason: "nobody has given it one",
            remedy: "give it one: ringfence voicemail box add \(number)"
        )
    }

    fileprivate static func mailboxIsThere(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "Extension \(number) did not get a mailbox.",
            reason: "it has one already",
            remedy: "see what is in it: ringfence voicemail messages \(number)"
        )
    }

    fileprivate static let tooManyMailboxes = Self(
        problem: "No more mailboxes can be added.",
        reason: "there are \(Model.Limits.mailboxes) of them already",
        remedy: "remove those that are not needed: ringfence voicemail box list"
    )

    fileprivate static func noMessage(_ text: String, _ number: ExtensionNumber) -> Self {
        Self(
            problem: "No message was deleted.",
            reason: "the mailbox of extension \(number) has none called \(Refusal.quoted(text))",
            remedy: "see which there are: ringfence voicemail messages \(number)"
        )
    }
}
