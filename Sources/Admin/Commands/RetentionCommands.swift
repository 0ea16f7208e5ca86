// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// How long what tells of people is kept.
public struct ShowRetention: Command {
    public static let name = "retention.show"
    public static let rights: [Right] = [.seeControls]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> RetentionSettings {
        administrator.store.snapshot.retention
    }
}

/// Changes it. What is too old then goes with the next night.
public struct SetRetention: Command {
    public static let name = "retention.set"
    public static let rights: [Right] = [.changeRetention]

    /// `nil` to leave it, as with the others.
    public let recordDays: Int?
    public let messageDays: Int?
    /// Why nothing is deleted while it is held.
    public let hold: String?
    /// Whether what was held goes its way again.
    public let isReleased: Bool

    public init(recordDays: Int? = nil, messageDays: Int? = nil, hold: String? = nil, isReleased: Bool = false) {
        (self.recordDays, self.messageDays) = (recordDays, messageDays)
        (self.hold, self.isReleased) = (hold, isReleased)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> RetentionSettings {
        let old = administrator.store.snapshot.retention
        var new = old
        if let recordDays { new.recordDays = recordDays }
        if let messageDays { new.messageDays = messageDays }
        if isReleased { new.hold = nil }
        if let hold {
            guard let reason = DisplayName.parse(hold, limit: Model.Limits.reasonBytes) else { throw .noHoldReason() }
            new.hold = reason
        }
        if let refusal = RetentionRules.refusal(of: new) { throw refusal }
        guard new != old else { return old }
        let draft = caller.draft(Self.name, "retention", JournalDetail.of(old, became: new))
        try await administrator.change(
            [.retain(new)],
            [draft],
            notice: "Records of calls are kept for \(new.recordDays) days and messages for \(new.messageDays)"
                + (new.hold == nil ? "" : ", and none is deleted while it is held") + ", by \(caller.name)"
        )
        return new
    }
}

/// Takes the number of somebody outside out of the records of calls, because they asked for it and the law is on their side.
public struct EraseNumber: Command {
    public struct Reply: Hashable, Sendable, Codable {
        /// In how many records it stood.
        public let records: Int
        /// In how many of calls that are up it still stands.
        public let running: Int

        public init(records: Int, running: Int = 0) { (self.records, self.running) = (records, running) }
    }

    public static let name = "record.erase"
    public static let rights: [Right] = [.changeRetention]

    /// `+493012345`, as typed.
    public let number: String
    public let reason: String

    public init(number: String, reason: String) { (self.number, self.reason) = (number, reason) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", reason: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        guard let number = PhoneNumber(parsing: number) else { throw .noErasable(self.number) }
        guard let reason = DisplayName.parse(reason, limit: Model.Limits.reasonBytes) else { throw .noErasureReason() }
        if let refusal = RetentionRules.refusal(ofErasingUnder: administrator.store.snapshot.retention) {
            throw refusal
        }
        let found = try await administrator.reading { try $0.records(naming: number) }
        let over = found.filter { $0.endedAt != nil }
        // The journal says that it was done and not to whom.
        let subject = "a number that ends with \(number.digits.suffix(2))"
        let draft = caller.draft(Self.name, subject, JournalDetail.ofErasure(over.count, reason))
        try administrator.writing { try $0.append(draft, at: administrator.now()) }
        var rest = over[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Limits.erasedAtOnce))
            try administrator.writing { try $0.erase(number, in: some) }
            rest = rest.dropFirst(some.count)
            // Others write in between.
            await Task.yield()
        }
        try administrator.writing { try $0.forgetDeleted() }
        return Reply(records: over.count, running: found.count - over.count)
    }
}

extension Refusal {
    fileprivate static func noHoldReason() -> Self {
        Self(
            problem: "Nothing is held.",
            reason: "it needs a reason that others understand",
            remedy: "say who wants it kept: ringfence retention set --hold 'court order 12/26'"
        )
    }

    fileprivate static func noErasable(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not erased.",
            reason: "it is no number of the world",
            remedy: "write it with its country: ringfence record erase +493012345 --reason 'asked by letter'"
        )
    }

    fileprivate static func noErasureReason() -> Self {
        Self(
            problem: "The number is not erased.",
            reason: "it needs a reason that others understand",
            remedy: "say who asked for it: ringfence record erase +493012345 --reason 'asked by letter'"
        )
    }
}
