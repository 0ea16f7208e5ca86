// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Server

struct RecordExport: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write call records as CSV for a spreadsheet, or as JSON, the newest first.",
        discussion: """
            In CSV no cell is a formula: what begins with =, +, -, @, a tab or a line feed
            has an apostrophe before it. In JSON each line is one call.

              ringfence call export --csv > calls.csv
              ringfence call export --json --since 2026-11-01 --until 2026-12-01
            """
    )

    @Flag(help: "For a spreadsheet. The default.")
    var csv = false

    @Option(help: ArgumentHelp("Calls that began on this day (UTC) or later.", valueName: "yyyy-mm-dd"))
    var since: DayArgument?

    @Option(help: ArgumentHelp("Calls that began before this day.", valueName: "yyyy-mm-dd"))
    var until: DayArgument?

    @OptionGroup var options: ServerOptions

    func validate() throws {
        guard !csv || !options.json else { throw ValidationError("--csv and --json do not go together.") }
    }

    /// Records in one answer: 4 MB.
    static let page = 5_000

    var command: ListRecords {
        ListRecords(limit: Self.page, since: since?.start, until: until.map { $0.start + .milliseconds(-1) })
    }

    func run() async throws {
        let server = try ControlClient(directory: options.folder.path, as: options.role)
        try export(from: server) { Console.say($0) }
    }

    /// Page by page: one that is full is followed by what began no later, without what was written already.
    func export(from server: some Operations, _ say: (String) -> Void) throws {
        if !options.json { say(RecordSheet.heading) }
        var (asked, written) = (command, Set<String>())
        while true {
            let records = try server.perform(asked)
            let new = records.filter { !written.contains($0.id) }
            for record in new { say(try line(record)) }
            guard records.count >= Self.page, let last = records.last, !new.isEmpty else { return }
            written = Set(records.filter { $0.startedAt == last.startedAt }.map(\.id))
            asked.until = last.startedAt
        }
    }

    private func line(_ record: CallRecord) throws -> String {
        options.json ? try JSONText.of(record) : RecordSheet.line(record)
    }

    func output(of records: ListRecords.Reply) throws -> Output {
        try Output(([RecordSheet.heading] + records.map(RecordSheet.line)).joined(separator: "\n"), json: records)
    }
}

/// A day, in UTC.
struct DayArgument: ExpressibleByArgument, Hashable {
    let start: WallTime

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } })
        else {
            return nil
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let day = DateComponents(year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2]))
        guard day.isValidDate(in: calendar), let date = calendar.date(from: day) else { return nil }
        start = WallTime(milliseconds: Int64(date.timeIntervalSince1970) * 1_000)
    }
}

/// Call records as CSV (RFC 4180).
enum RecordSheet {
    static let columns = [
        "call", "started", "answered", "ended", "seconds", "from", "phone", "dialled", "to", "trunk", "forwarded by",
        "outcome", "status", "control", "reason", "caller's encryption", "callee's encryption", "way",
        "paid by",
        "number paid for", "price list", "price", "cost", "currency",
    ]

    static var heading: String { SheetCell.line(columns) }

    static func line(_ record: CallRecord) -> String {
        let call: [String] = [
            record.id, record.startedAt.description, record.answeredAt?.description ?? "",
            record.endedAt?.description ?? "", record.talk.map { "\($0)" } ?? "", record.caller.text,
            record.callerDevice?.text ?? "", record.dialled, record.callee?.text ?? "", record.trunk?.text ?? "",
            record.forwardedBy.map(\.text).joined(separator: " "), record.outcome.rawValue,
            record.status.map { "\($0)" } ?? "", record.control?.rawValue ?? "", record.reason,
            protection(record.callerProtection), protection(record.calleeProtection),
            record.path.map(\.words).joined(separator: ", "),
        ]
        return SheetCell.line(call + money(record.charges))
    }

    /// What its legs to the outside cost together; of several, such as after a transfer, the rest of each one after the other.
    private static func money(_ charges: [LegCharge]) -> [String] {
        guard !charges.isEmpty else { return ["", "", "", "", "", ""] }
        let cost = charges.reduce(0) { $0 + $1.counted.micros }
        return [
            each(charges, \.payer.extension.text), each(charges, \.number.text),
            each(charges) { "\($0.deck.text) version \($0.version)" }, each(charges, \.tariff.description),
            Money(clamping: cost).description, each(charges, \.currency.code),
        ]
    }

    private static func each(_ charges: [LegCharge], _ text: (LegCharge) -> String) -> String {
        var texts: [String] = []
        for charge in charges where !texts.contains(text(charge)) { texts.append(text(charge)) }
        return texts.joined(separator: "; ")
    }

    private static func protection(_ leg: LegProtection?) -> String { leg == nil ? "" : leg.words }
}

extension CallRecord {
    /// Whole seconds of talk.
    fileprivate var talk: Int64? {
        guard let answeredAt, let endedAt else { return nil }
        return (endedAt - answeredAt).components.seconds
    }
}
