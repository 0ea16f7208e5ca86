// SPDX-License-Identifier: Apache-2.0

import Admin
import Model

extension RateSummary {
    var words: String {
        "Calls are priced by version \(version) of the price list \(name): \(prices) prices in \(currency)."
    }
}

extension RateImportReport {
    var text: String {
        var lines = [
            "The price list \(deck.name) has \(deck.prices) prices for \(deck.prefixes) prefixes in \(deck.currency)."
        ]
        if assumesMinutes { lines.append("It says nothing of increments: whole minutes are taken, which cost most.") }
        if freeRates > 0 { lines.append("Prefixes that cost nothing at all: \(freeRates). Look at them.") }
        if repeatedLines > 0 { lines.append("\(counted(repeatedLines, "line")) said again what another says.") }
        if !ignoredColumns.isEmpty { lines.append("Not read: \(ignoredColumns.map(\.shown).joined(separator: ", ")).") }
        return (lines + [difference.summary]).joined(separator: "\n")
    }
}

extension RateDifference {
    var summary: String {
        "Beside the one that counts: \(addedCount) new, \(removedCount) gone, \(changedCount) with another price, "
            + "\(unchangedCount) as before."
    }

    var text: String {
        let tables = [("gone", removed), ("another price", changed), ("new", added)].map { title, lines in
            lines.isEmpty ? "" : Table([title, "destination", "old", "new", "%"], lines.map(Self.row)).text
        }
        return ([summary] + tables.filter { !$0.isEmpty }).joined(separator: "\n\n")
    }

    private static func row(_ line: Line) -> [String] {
        [
            line.prefix.text, line.destination, line.old ?? "-", line.new ?? "-",
            line.percent.map { $0 > 0 ? "+\($0)" : "\($0)" } ?? "-",
        ]
    }
}
