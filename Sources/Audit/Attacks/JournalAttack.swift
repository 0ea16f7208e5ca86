// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

/// Attacks on the journal: by somebody who can write to the database, and by text that strangers put into it.
enum JournalAttack {
    static let all = [falsify]

    private static let falsify = Attack(
        .journal,
        "I02",
        "Falsify the journal",
        attempted:
            "on copies of the store: edit an entry with and without its hash, remove one from the middle and the newest, add a false one, swap two, remove all",
        expected: "verification fails for each, and succeeds for an unaltered copy",
        run: { (_, target) async throws(WireError) in
            guard let insider = target.insider else { return .needsInsider }
            if let fault = try await insider.tamper(.nothing) {
                return .notRun("the unaltered copy does not verify either: \(fault)")
            }
            var (found, missed): ([String], [String]) = ([], [])
            for falsification in JournalFalsification.allCases where falsification != .nothing {
                if let fault = try await insider.tamper(falsification) {
                    found.append("\(falsification.rawValue): \(fault)")
                } else {
                    missed.append(falsification.rawValue)
                }
            }
            if !missed.isEmpty { return .broken("not noticed: \(missed.joined(separator: ", "))") }
            return .held(found.joined(separator: "; "))
        }
    )
}
