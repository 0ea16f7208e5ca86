// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import TestKit
import Testing

@Suite("Entries of the ledger on the disk")
struct LedgerEntryTests {
    private static func entries() throws -> [LedgerEntry] {
        let number = try #require(ExtensionNumber(parsing: "201"))
        let trunk = try #require(ShortName(parsing: "main"))
        let payer = Payer(extension: number, trunk: trunk)
        let group = try #require(ShortName(parsing: "sales"))
        let member = Payer(extension: number, group: group, trunk: trunk)
        let atHome = Payer(extension: number, group: group, trunk: trunk, isAtHome: true)
        let events: [LedgerEntry.Event] = [
            .reserved(payer, micros: 5), .reserved(member, micros: Limits.largestMoney), .answered,
            .extended(slice: .max, micros: 0), .settled(micros: 77), .carried(.business, .week, micros: 3),
            .carried(.group(trunk), .hour, micros: 4), .running(member, slice: 9, micros: 8, returnable: 2),
            .reserved(atHome, micros: 6), .running(atHome, slice: 3, micros: 7, returnable: 1),
            .carried(.home, .day, micros: 2), .carried(.extensionAtHome(number), .day, micros: 1),
        ]
        return events.enumerated().map { place, event in
            LedgerEntry(
                charge: ChargeID(.max - UInt64(place)),
                at: WallTime(milliseconds: place == 0 ? -1 : 1_800_000_000_000),
                isAfterHours: place % 2 == 0,
                event: event
            )
        }
    }

    @Test("each entry is read as it was written, one behind the other")
    func roundTrip() throws {
        let entries = try Self.entries()
        var bytes: [UInt8] = []
        for entry in entries { entry.encode(into: &bytes) }
        var rest = bytes[...]
        var read: [LedgerEntry] = []
        while let entry = LedgerEntry(decoding: &rest) { read.append(entry) }
        #expect(read == entries)
        #expect(rest.isEmpty)
    }

    @Test("an entry that was cut off is none")
    func cut() throws {
        for entry in try Self.entries() {
            var bytes: [UInt8] = []
            entry.encode(into: &bytes)
            for length in 0..<bytes.count {
                var rest = bytes.prefix(length)
                #expect(LedgerEntry(decoding: &rest) == nil)
            }
        }
    }

    @Test("altered and random bytes are refused or read as a valid entry, and never trap")
    func fuzz() throws {
        var random = SplitMix(11)
        let entries = try Self.entries()
        for round in 0..<20_000 {
            var bytes: [UInt8] = []
            entries[round % entries.count].encode(into: &bytes)
            for _ in 0...round % 3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var rest = bytes[...]
            guard let entry = LedgerEntry(decoding: &rest) else { continue }
            var again: [UInt8] = []
            entry.encode(into: &again)
            // Names are kept in lower case, so compare what is read and not the bytes.
            var copy = again[...]
            #expect(LedgerEntry(decoding: &copy) == entry)
        }
    }

    @Test("a budget is named in one way", arguments: ["business", "extension 201", "group sales", "trunk main"])
    func pools(_ text: String) {
        #expect(SpendPool(parsing: text)?.description == text)
    }

    @Test(
        "what names no budget is refused",
        arguments: ["", "business 1", "extension", "extension x", "group", "group  a", "trunk a b", "Trunk a"]
    )
    func noPools(_ text: String) {
        #expect(SpendPool(parsing: text) == nil)
    }
}
