// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Synchronization
import Testing

@testable import ringfence

@Suite("ringfence call export")
struct RecordExportTests {
    private func record(
        _ id: String = "c1",
        at time: WallTime = Sample.time,
        _ change: (inout CallRecord) -> Void = { _ in }
    )
        throws -> CallRecord
    {
        var record = CallRecord(
            id: id,
            startedAt: time,
            answeredAt: time,
            endedAt: time + .seconds(61),
            caller: .extension(try Sample.number("101")),
            callerDevice: try Sample.device(),
            dialled: "102",
            callee: .extension(try Sample.number("102")),
            outcome: .answered,
            status: 200,
            reason: "the caller hung up"
        )
        change(&record)
        return record
    }

    @Test func `P13 no cell is a formula, and a spreadsheet reads each as it was`() throws {
        for text in ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"] {
            let cell = SheetCell.text(text)
            #expect(cell.hasPrefix("'") || cell.hasPrefix("\"'"), "\(cell)")
        }
        #expect(SheetCell.text(#"=HYPERLINK("http://x","y")"#) == #""'=HYPERLINK(""http://x"",""y"")""#)
        #expect(SheetCell.text("a,b") == "\"a,b\"" && SheetCell.text("a;b") == "\"a;b\"")
        #expect(SheetCell.text("1 = 1") == "1 = 1" && SheetCell.text("") == "")
    }

    @Test func `whatever somebody dialled, a line has as many cells as the heading, and no line feed`() throws {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("=+-@\t\r\n\",;'101 \u{202E}\u{FF1D}é")
        for _ in 0..<2_000 {
            let dialled = String((0..<8).compactMap { _ in letters.randomElement(using: &generator) })
            let line = RecordSheet.line(try record { $0.dialled = dialled })
            #expect(!line.unicodeScalars.contains { $0.deceivesReaders })
            #expect(Self.cells(line).count == RecordSheet.columns.count, "\(line)")
            #expect(Self.cells(line).allSatisfy { !"=+-@\u{FF1D}".contains($0.first ?? " ") }, "\(line)")
        }
    }

    /// As RFC 4180 §2 says.
    private static func cells(_ line: String) -> [String] {
        var (cells, isQuoted, hasClosed) = ([""], false, false)
        for character in line {
            // Two quotes within quotes are one.
            let isDoubled = character == "\"" && hasClosed
            hasClosed = character == "\"" && isQuoted
            switch character {
            case "\"" where isDoubled:
                isQuoted = true
                cells[cells.count - 1].append(character)
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    @Test func `a call is one line`() throws {
        let trunk = try #require(TrunkName(parsing: "main"))
        let out = try record { record in
            (record.callee, record.trunk) = (.outside(PhoneNumber(parsing: "+493012345")), trunk)
        }
        #expect(
            RecordSheet.line(out)
                == "c1,2026-11-21T07:00:00.123Z,2026-11-21T07:00:00.123Z,2026-11-21T07:01:01.123Z,61,101,"
                + "00112233445566aa,102,'+493012345,main,,answered,200,,the caller hung up,,,,,,,,,"
        )
    }

    @Test func `what a call cost stands in its line: of two legs the sum, and each number`() throws {
        let trunk = try #require(ShortName(parsing: "main"))
        let payer = Payer(extension: try Sample.number("101"), trunk: trunk)
        let steps = try #require(Increments(parsing: "60/60"))
        let tariff = try #require(Tariff(perMinute: Money(clamping: 10_000), increments: steps))
        var charges: [LegCharge] = []
        for (id, number) in [(1, "+493012345"), (2, "+494012345")] {
            let charge = LegCharge(
                id: ChargeID(UInt64(id)),
                payer: payer,
                number: try #require(PhoneNumber(parsing: number)),
                region: nil,
                numberClass: .geographic,
                deck: try #require(ShortName(parsing: "default")),
                version: 3,
                prefix: try #require(NumberPrefix(parsing: "+49")),
                tariff: tariff,
                currency: try #require(Currency(parsing: "EUR")),
                reserved: Money(clamping: 20_000),
                reservedAt: Sample.time,
                isAfterHours: false
            )
            charges.append(charge)
        }
        // The second one's end was not seen: it counts with what was reserved.
        charges[0].cost = Money(clamping: 10_000)
        let line = RecordSheet.line(try record { $0.charges = charges })
        #expect(
            Self.cells(line).suffix(6)
                == ["101", "'+493012345; +494012345", "default version 3", "0.01 a minute, 60/60", "0.03", "EUR"]
        )
    }

    /// As many calls as asked for, newest first, two in each millisecond.
    private final class Archive: Operations {
        let records: [CallRecord]
        let pages = Mutex(0)

        init(_ records: [CallRecord]) { self.records = records }

        func perform<Asked: Command>(_ command: Asked) throws(Refusal) -> Asked.Reply {
            guard let list = command as? ListRecords,
                let reply = Array(
                    records.filter { list.until == nil || $0.startedAt <= list.until ?? $0.startedAt }
                        .filter { list.since == nil || $0.startedAt >= list.since ?? $0.startedAt }.prefix(list.limit)
                ) as? Asked.Reply
            else { throw .otherThanAsked }
            pages.withLock { $0 += 1 }
            return reply
        }
    }

    @Test func `more calls than one answer holds are written once each`() throws {
        let count = RecordExport.page * 2 + 7
        let records = try (0..<count).map { index in
            try record("c\(index)", at: Sample.time + .milliseconds(-index / 2))
        }
        let archive = Archive(records)
        var lines: [String] = []
        try parse(RecordExport.self, "--csv").export(from: archive) { lines.append($0) }
        #expect(lines.count == count + 1 && Set(lines).count == count + 1)
        #expect(archive.pages.withLock { $0 } == 3)
        lines = []
        try parse(RecordExport.self, "--json").export(from: Archive(Array(records.prefix(2)))) { lines.append($0) }
        #expect(lines.count == 2)
        for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }

    @Test func `days are days`() throws {
        #expect(DayArgument(argument: "2026-11-21")?.start.description == "2026-11-21T00:00:00.000Z")
        for text in ["2026-02-30", "2026-2-3", "yesterday", "", "2026-11-21T00"] {
            #expect(DayArgument(argument: text) == nil)
        }
        #expect(throws: (any Error).self) { try parse(RecordExport.self, "--csv", "--json") }
        let verb = try parse(RecordExport.self, "--since", "2026-11-01", "--until", "2026-12-01")
        #expect(verb.command.until?.description == "2026-11-30T23:59:59.999Z")
    }
}
