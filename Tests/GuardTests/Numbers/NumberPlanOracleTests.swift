// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Testing

/// What PyPI phonenumbers says, number by number: the sample of `Scripts/number-plan-oracle`, or all of its numbers where it runs
/// this test itself.
@Suite("Number plan: agreement with libphonenumber")
struct NumberPlanOracleTests {
    private struct Tally {
        var (count, misses, ours) = (0, 0, 0)
        var shown: [String] = []

        mutating func miss(_ line: some StringProtocol, _ got: Any) {
            misses += 1
            if shown.count < 20 { shown.append("\(line): \(got)") }
        }
    }

    @Test func `where a number is and what it is`() throws {
        var tally = Tally()
        for line in try Self.lines() where !line.hasPrefix("=") {
            let columns = line.split(separator: " ")
            let number = try #require(PhoneNumber(digits: columns[0].utf8), "\(line)")
            let facts = NumberPlan.facts(of: number)
            tally.count += 1
            if let expected = Self.ours(columns[0], library: columns[2]) {
                // The library knows no satellites and no pay-per-call exchanges; all of these are dearer here than there.
                tally.ours += 1
                if !expected.contains(facts.numberClass) { tally.miss(line, facts) }
            } else if facts.numberClass.rawValue != columns[2] || (facts.region?.text ?? "-") != columns[1] {
                tally.miss(line, facts)
            }
        }
        print("\(tally.count) numbers, \(tally.misses) disagree, \(tally.ours) judged by our own table")
        #expect(tally.count >= 5_000 && tally.misses == 0, "\(tally.shown)")
        #expect(tally.ours * 20 < tally.count)
    }

    @Test func `how people of a region dial it`() throws {
        var tally = Tally()
        var refused: [String: Int] = [:]
        for line in try Self.lines() where line.hasPrefix("=") {
            let columns = line.dropFirst().split(separator: " ")
            let home = try #require(Region(parsing: columns[0]), "\(line)")
            tally.count += 1
            switch DialPlan(NumberingSettings(home: home)).read(String(columns[1])) {
            case .outside(let facts) where facts.number.digits == columns[2]: break
            case .refused: refused[home.text, default: 0] += 1
            case .outside(let facts): tally.miss(line, facts.number)
            case .emergency(let number): tally.miss(line, number)
            }
        }
        // Never another number than the one that was meant. Refused are the few that are dialled in a way of their own.
        #expect(tally.misses == 0, "\(tally.shown)")
        let count = refused.values.reduce(0, +)
        print("\(tally.count) dialled numbers, \(count) refused: \(refused.sorted { $0.key < $1.key })")
        #expect(tally.count >= 800 && count * 50 < tally.count, "\(refused)")
    }

    /// What our own table may make of a number; `nil` where the library alone decides. Written apart from it.
    private static func ours(_ digits: some StringProtocol, library: some StringProtocol) -> Set<NumberClass>? {
        switch digits.prefix(3) {
        case "870", "881": [.satellite]
        case "882": [.satellite, .internationalNetwork]
        case "878", "883", "888": [.internationalNetwork]
        case "979": [.internationalPremium]
        default:
            library == "geographic-or-mobile" && digits.hasPrefix("1") && digits.dropFirst(4).hasPrefix("976")
                ? [.premium] : nil
        }
    }

    private static func lines() throws -> [Substring] {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/number-plan.txt")
        let path = ProcessInfo.processInfo.environment["RINGFENCE_NUMBER_ORACLE"].map { URL(filePath: $0) } ?? fixture
        return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
    }
}
