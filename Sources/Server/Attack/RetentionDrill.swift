// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Store

/// Makes a business, lets time pass in it, does in it what every night does, and looks into its files for what had to go.
struct RetentionDrill {
    private static let day: Int64 = 86_400
    private static let settings = RetentionSettings(recordDays: 31, messageDays: 1)

    private let folder: DrillFolder
    private let store: RingfenceStore
    private let now: WallTime
    private let caller: PhoneNumber
    private let mailbox: ExtensionNumber

    /// - Returns: What is there that must not be, or is not that must; `nil` for nothing.
    static func run(_ trial: RetentionTrial, at now: WallTime) async throws -> String? {
        try await RetentionDrill(at: now).run(trial)
    }

    private init(at now: WallTime) throws {
        guard let domain = DomainName(parsing: "drill.invalid"), let mailbox = ExtensionNumber(parsing: "101"),
            let caller = PhoneNumber(parsing: "+493023125471")
        else { preconditionFailure("names of the drill that are none") }
        folder = try DrillFolder()
        (self.now, self.caller, self.mailbox) = (now, caller, mailbox)
        store = try RingfenceStore.create(directory: folder.path + "/business", domain: domain, by: "drill", at: now)
        try store.beginServing()
        try retain(Self.settings)
    }

    private func retain(_ settings: RetentionSettings) throws {
        let draft = JournalDraft(actor: "drill", action: "retention.drill", subject: "retention")
        _ = try store.change([.retain(settings)], journal: [draft], at: now)
    }

    private func run(_ trial: RetentionTrial) async throws -> String? {
        switch trial {
        case .young:
            try keepRecord(ended: 30)
            try await forget()
            return try store.records(naming: caller).isEmpty ? "a record of 30 days is gone" : nil
        case .oldRecord, .oldRecordAfterCrash:
            try keepRecord(ended: 32)
            try await forget()
            return trial == .oldRecord ? found(in: folder) : try foundAfterCrash()
        case .oldMessage:
            guard let id = MessageID(parsing: String(repeating: "d", count: 32)) else { return "no name for a message" }
            let writer = try store.messages.begin(id, in: mailbox, from: .outside(caller), at: before(days: 2))
            try writer.write(Array(repeating: 0x55, count: 8_000))
            guard try writer.finish() else { return "the message was not kept" }
            try await forget()
            return store.messages.counts(of: mailbox) == (0, 0) ? nil : "it is still there"
        case .held:
            var held = Self.settings
            held.hold = "drill"
            try retain(held)
            try keepRecord(ended: 32)
            try await forget()
            return try store.records(naming: caller).isEmpty ? "it is gone" : nil
        case .erased, .erasedAfterCrash:
            try keepRecord(ended: 1)
            // Once as a call from there has it, once as somebody dials it.
            try keepRecord(ended: 1, dialled: "00" + caller.digits)
            try store.erase(caller, in: store.records(naming: caller))
            try store.forgetDeleted()
            guard try store.records(of: nil, during: nil, limit: 10).count == 2 else {
                return "the records went with it"
            }
            return trial == .erased ? found(in: folder) : try foundAfterCrash()
        }
    }

    private func forget() async throws {
        try await RetentionJobs.forgetMessages(BusinessStore(store), at: now)
        try await RetentionJobs.forgetRecords(BusinessStore(store), at: now)
    }

    private func before(days: Int64) -> WallTime { now + .seconds(-Self.day * days) }

    /// Keeps it as the writer of records does: in the log, then in the tables.
    private func keepRecord(ended days: Int64, dialled: String? = nil) throws {
        var record = CallRecord(
            id: dialled == nil ? "drill-in" : "drill-out",
            startedAt: before(days: days),
            answeredAt: before(days: days),
            caller: dialled == nil ? .outside(caller) : .extension(mailbox),
            callerDevice: nil,
            dialled: dialled ?? mailbox.text
        )
        record.callee = dialled == nil ? .extension(mailbox) : .outside(caller)
        try store.log.append([record], of: store.business)
        store.fillTables()
        (record.endedAt, record.outcome) = (before(days: days), .answered)
        try store.log.append([record], of: store.business)
        store.fillTables()
    }

    private func found(in folder: DrillFolder) -> String? {
        let files = folder.files(holding: [Array(caller.digits.utf8)])
        return files.isEmpty ? nil : "the number stands in \(files.joined(separator: ", "))"
    }

    /// Copies nothing and closes nothing: what a process that was killed leaves.
    private func foundAfterCrash() throws -> String? {
        let copy = try DrillFolder()
        try copy.takeOver(folder.path + "/business")
        let risen = try RingfenceStore.open(directory: copy.path + "/business")
        guard try risen.records(naming: caller).isEmpty else { return "the record came back" }
        return found(in: copy)
    }
}
