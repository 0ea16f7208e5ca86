// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Testing

@testable import Audit

/// `Docs/ATTACKS.md` says for each row of the attack catalogue which tests and which attacks hold it. It is written from the
/// names of both, so it cannot name what is not there:
///
///     RINGFENCE_WRITE_DOCS=1 swift test --filter AttackTableTests
@Suite("The table of attacks")
struct AttackTableTests {
    @Test func `every row has a test, or says why there is nothing to test`() throws {
        let names = try AttackTable.tests()
        for row in AttackTable.rows {
            let isTested = names.contains { $0.row == row.id }
            #expect(isTested || row.reason != nil, "\(row.id): a test, or a reason why there is none")
        }
    }

    @Test func `the page names only tests and attacks that exist, and every row`() throws {
        if ProcessInfo.processInfo.environment["RINGFENCE_WRITE_DOCS"] == "1" {
            try AttackTable.page().write(to: AttackTable.file, atomically: true, encoding: .utf8)
        }
        let page = try String(contentsOf: AttackTable.file, encoding: .utf8)
        let tests = Set(try AttackTable.tests().map(\.name))
        let attacks = Set(AttackSuite.attacks.map(\.id))
        var rows: [String] = []
        for line in page.split(separator: "\n") where line.hasPrefix("| ") && !line.hasPrefix("| row ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            try #require(cells.count == 4, "\(line)")
            rows.append(cells[0])
            for name in cells[2].components(separatedBy: "<br>") where name.hasPrefix(cells[0]) {
                #expect(tests.contains(name), "no test is called '\(name)'")
            }
            for match in cells[3].matches(of: #/`([A-Z][0-9]{2}[a-z]?)`/#) {
                #expect(attacks.contains(String(match.output.1)), "there is no attack \(match.output.1)")
            }
        }
        #expect(rows == AttackTable.rows.map(\.id))
    }

    @Test func `every attack belongs to a row of the catalogue`() {
        for attack in AttackSuite.attacks { #expect(attack.id.wholeMatch(of: #/[A-Z][0-9]{2}[a-z]?/#) != nil) }
    }
}

private enum AttackTable {
    struct Row {
        let id: String
        let title: String
        /// Why there is nothing to test; `nil` where there is.
        var reason: String?
    }

    struct NamedTest {
        let row: String
        let name: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let file = root.appending(path: "Docs/ATTACKS.md")

    /// Tests whose sentence begins with the row they hold.
    static func tests() throws -> [NamedTest] {
        let folder = root.appending(path: "Tests").resolvingSymlinksInPath()
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        return try (files ?? []).filter { $0.pathExtension == "swift" }.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).matches(of: #/func `(([A-Z][0-9]{2}) [^`]+)`/#).map {
                NamedTest(row: String($0.output.2), name: String($0.output.1))
            }
        }.sorted { ($0.row, $0.name) < ($1.row, $1.name) }
    }

    static func page() throws -> String {
        let tests = try tests()
        var lines = [
            "# Attacks, and what holds them off", "",
            "Each row of the attack catalogue with the tests whose sentence begins with it, and the attacks that "
                + "`ringfence attack run` carries out against the running server. Written by `AttackTableTests`, which fails "
                + "when a name here does not exist.", "", "| row | what is tried | tests | attacks |",
            "|---|---|---|---|",
        ]
        for row in rows {
            let names = tests.filter { $0.row == row.id }.map(\.name)
            let tried = [row.id] + (alsoTried[row.id].map { [$0] } ?? [])
            let attacks = AttackSuite.attacks.filter { tried.contains(String($0.id.prefix(3))) }.map {
                "`\($0.id)` \($0.control.rawValue)"
            }
            let tested = names.isEmpty ? (row.reason ?? "") : names.joined(separator: "<br>")
            lines.append("| \(row.id) | \(row.title) | \(tested) | \(attacks.joined(separator: "<br>")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Rows that the attack of another row tries as well.
    private static let alsoTried = [
        "S07": "S08", "S09": "S08", "S11": "S06", "S15": "S14", "D10": "S10", "D16": "D09", "C14": "C01", "D12": "D13",
        "C08": "K02",
    ]

    static let rows = [
        Row(id: "R01", title: "sweep with a scanner"), Row(id: "R02", title: "enumeration by status"),
        Row(id: "R03", title: "enumeration by any difference"), Row(id: "R04", title: "enumeration by time"),
        Row(id: "R05", title: "subscriptions without a login"), Row(id: "R06", title: "enumeration by other channels"),
        Row(id: "R07", title: "leaks of the inside"),
        Row(id: "C01", title: "fast guessing"), Row(id: "C02", title: "slow or distributed guessing"),
        Row(id: "C03", title: "replayed login"), Row(id: "C04", title: "replayed INVITE"),
        Row(id: "C05", title: "weaker algorithm"), Row(id: "C06", title: "digest leak"),
        Row(id: "C07", title: "mixed identities"), Row(id: "C08", title: "sniffed digest"),
        Row(id: "C09", title: "malformed credentials"), Row(id: "C10", title: "header confusion"),
        Row(id: "C11", title: "an address as a credential"), Row(id: "C12", title: "injection through credentials"),
        Row(id: "C13", title: "stolen database"), Row(id: "C14", title: "guessable password"),
        Row(id: "S01", title: "call without a login"), Row(id: "S02", title: "relaying"),
        Row(id: "S03", title: "pretended dialog"), Row(id: "S04", title: "registration hijack"),
        Row(id: "S05", title: "contact flood"), Row(id: "S06", title: "poisoned contact"),
        Row(id: "S07", title: "spoofed From"), Row(id: "S08", title: "trust headers"),
        Row(id: "S09", title: "business headers"), Row(id: "S10", title: "control characters"),
        Row(id: "S11", title: "escaped headers in URIs"), Row(id: "S12", title: "SQL in headers"),
        Row(id: "S13", title: "markup in headers"), Row(id: "S14", title: "forged BYE, CANCEL, re-INVITE"),
        Row(id: "S15", title: "media redirection"),
        Row(id: "S16", title: "somebody else's Replaces"),
        Row(id: "S17", title: "unsolicited NOTIFY"), Row(id: "S18", title: "MESSAGE spam and spoof"),
        Row(id: "S19", title: "forged responses"), Row(id: "S20", title: "loops and forks"),
        Row(id: "S21", title: "session timer abuse"), Row(id: "S22", title: "names that are hard to look up"),
        Row(id: "S23", title: "REFER out of a dialog"),
        Row(id: "D01", title: "INVITE flood"), Row(id: "D02", title: "memory growth"),
        Row(id: "D03", title: "held connections"),
        Row(id: "D04", title: "handshake flood"),
        Row(id: "D05", title: "renegotiation, early data"), Row(id: "D06", title: "lies about lengths"),
        Row(id: "D07", title: "smuggled messages"), Row(id: "D08", title: "oversize"),
        Row(id: "D09", title: "multipart bodies"), Row(id: "D10", title: "bytes that are no text"),
        Row(id: "D11", title: "burst, then gone"), Row(id: "D12", title: "ban poisoning"),
        Row(id: "D13", title: "reflection"),
        Row(id: "D14", title: "WebSocket abuse"),
        Row(id: "D15", title: "exhaustion with a login"), Row(id: "D16", title: "XML bodies"),
        Row(id: "D17", title: "certificates to fetch"), Row(id: "D18", title: "complexity"),
        Row(id: "D19", title: "overload by phones"),
        Row(id: "K01", title: "outdated TLS"), Row(id: "K02", title: "no TLS, sips downgrade"),
        Row(id: "K03", title: "wrong certificate"), Row(id: "K06", title: "weak randomness"),
    ]
}
