// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// The calls that are up or being set up.
public struct ListCalls: ExtensionCommand {
    public static let name = "call.list"
    public static let rights: [Right] = [.seeCalls]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }
    public static func owners(of calls: [CallReport]) -> [[ExtensionNumber]] {
        calls.map { [$0.caller, $0.callee].compactMap(\.number) }
    }

    public func run(in administrator: isolated Administrator, for caller: Caller) async -> [CallReport] {
        await administrator.engine.live(.calls).calls.filter {
            caller.permit.covers($0.caller.number, $0.callee.number)
        }
    }
}

/// Lets the phones of an extension ring, and whoever picks up there call somebody, as if they had dialled.
public struct DialCall: Command {
    public struct Reply: Hashable, Sendable, Codable {
        /// The id of its record, by which it is ended.
        public let id: String
        public let caller: ExtensionNumber
        /// Whom it will call.
        public let callee: Participant

        public init(id: String, caller: ExtensionNumber, callee: Participant) {
            (self.id, self.caller, self.callee) = (id, caller, callee)
        }
    }

    public static let name = "call.dial"
    public static let rights: [Right] = [.placeCalls]

    /// As typed, and so is the other, as if it was dialled at a phone.
    public let caller: String
    public let dialled: String

    public init(caller: String, dialled: String) { (self.caller, self.dialled) = (caller, dialled) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(caller: "-", dialled: "-") }

    public func run(in administrator: isolated Administrator, for person: Caller) async throws(Refusal) -> Reply {
        let number = try administrator.find(caller).number
        guard (1...Limits.dialledBytes).contains(dialled.utf8.count) else { throw .nothingAsked() }
        // Before it rings: what leaves no trace is not done.
        let detail = JournalDetail.ofDialling(dialled)
        let entry = person.draft(Self.name, number.text, detail)
        try administrator.writing { try $0.append(entry, at: administrator.now()) }
        let attempt = ClickAttempt(caller: number, dialled: dialled)
        switch await administrator.engine.dial(attempt) {
        case .failure(let refusal): throw .notDialled(number, dialled, refusal)
        case .success(let call):
            administrator.tell(entry, "Extension \(number) is to call \(call.callee), by \(person.name)")
            return Reply(id: call.id, caller: number, callee: call.callee)
        }
    }
}

extension Refusal {
    /// Why an extension does not call somebody.
    fileprivate static func notDialled(_ number: ExtensionNumber, _ dialled: String, _ refusal: CallRefusal) -> Self {
        Self(
            refusal.control,
            problem: "Extension \(number) does not call \(quoted(dialled)).",
            reason: refusal.reason,
            remedy: refusal.control == nil
                ? "see which phones are there: ringfence registration list"
                : "open what it takes, as for calls that are dialled: ringfence control show \(refusal.control?.rawValue ?? "")"
        )
    }
}

/// Ends a call for both sides.
public struct EndCall: Command {
    public struct Reply: Hashable, Sendable, Codable {
        public let id: String

        public init(id: String) { self.id = id }
    }

    public static let name = "call.end"
    public static let rights: [Right] = [.endCalls]

    /// The id of its record.
    public let id: String

    public init(id: String) { self.id = id }

    public static func harmless(_: ExtensionNumber) -> Self { Self(id: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        guard let call = await administrator.engine.live(.calls).calls.first(where: { $0.id == id }) else {
            throw .noCall(id)
        }
        guard !call.callee.isHelp else { throw .callForHelp(id) }
        // Before it ends: what leaves no trace is not done.
        let entry = caller.draft("call.end", id, #"{"new":"ended"}"#)
        try administrator.writing { try $0.append(entry, at: administrator.now()) }
        guard await administrator.engine.endCall(id) else { throw .noCall(id) }
        administrator.tell(entry, "Call \(id) ended by \(caller.name)")
        return Reply(id: id)
    }
}

/// Who called whom, the newest first.
public struct ListRecords: ExtensionCommand {
    public static let name = "record.list"
    public static let rights: [Right] = [.seeRecords]

    /// How many at most.
    public let limit: Int
    /// When they began at the earliest and at the latest; `nil` for whenever it was.
    public var since: WallTime?
    public var until: WallTime?

    public init(limit: Int, since: WallTime? = nil, until: WallTime? = nil) {
        (self.limit, self.since, self.until) = (limit, since, until)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(limit: 100) }

    public static func owners(of records: [CallRecord]) -> [[ExtensionNumber]] {
        records.map { [$0.caller, $0.callee].compactMap { $0?.number } }
    }

    /// Calls of one extension that is not there (any more) are nobody's to see.
    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> [CallRecord]
    {
        let period = period
        guard let number = caller.permit.extensionOnly else {
            return try await administrator.reading { try $0.records(of: nil, during: period, limit: limit) }
        }
        guard let owner = administrator.store.snapshot.extensions[number] else { return [] }
        return try await administrator.reading { try $0.records(of: owner, during: period, limit: limit) }
    }

    private var period: ClosedRange<WallTime>? {
        guard since != nil || until != nil else { return nil }
        let first = since ?? WallTime(milliseconds: .min)
        return first...max(first, until ?? WallTime(milliseconds: .max))
    }
}
