// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Testing

@testable import Audit

/// `Docs/ATTACKS.md` says for each row of the attack catalogue which tests and which attacks hold it. It is written from the
/// names of both, so it cannot name what is not there:
///
///     RINGFENCE_WRITE_DOCS=1 swift test --filter AttackTableTests
@Suite("The table of attacks")
struct AttackTableTests {
    @Test func `every row has a test`() throws {
        let tested = Set(try AttackTable.tests().map(\.row))
        for (row, _) in AttackTable.rows { #expect(tested.contains(row)) }
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
        #expect(rows == AttackTable.rows.map(\.key))
    }

    @Test func `every attack belongs to a row of the catalogue`() {
        for attack in AttackSuite.attacks { #expect(attack.id.wholeMatch(of: #/[A-Z][0-9]{2}[a-z]?/#) != nil) }
    }
}

private enum AttackTable {
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
                + "`ringfence attack run` carries out against the running server, or why it does not. Written by "
                + "`AttackTableTests`, which fails when a name here does not exist.", "",
            "| row | what is tried | tests | attacks |", "|---|---|---|---|",
        ]
        for (row, title) in rows {
            let names = tests.filter { $0.row == row }.map(\.name)
            let tried = [row] + (alsoTried[row].map { [$0] } ?? [])
            let attacks = AttackSuite.attacks.filter { tried.contains(String($0.id.prefix(3))) }.map {
                "`\($0.id)` \($0.control.rawValue)"
            }
            let live = attacks.isEmpty ? notTried[row] ?? "" : attacks.joined(separator: "<br>")
            lines.append("| \(row) | \(title) | \(names.joined(separator: "<br>")) | \(live) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Rows that the attack of another row tries as well.
    private static let alsoTried = [
        "S07": "S08", "S09": "S08", "S11": "S06", "S15": "S14", "D10": "S10", "D16": "D09", "C14": "C01", "D12": "D13",
        "C08": "K02", "I04": "P07",
    ]

    /// Rows that are not tried on the running server, and why.
    private static let notTried = [
        "D19": "not live: it takes more phones than one core lets in at once, and real ones would be turned away",
        "S12": "not live: what a caller dials is read from the records, not over the network",
        "P13": "not live: a spreadsheet would have to open it",
        "P15": "not live: it waits a day",
        "S13": "not live: what a terminal shows is read where the command runs, not over the network",
        "T02": "not live: somebody outside would have to ring",
        "P10": "not live: a webhook is set by an owner, not by whoever attacks over the network",
        "I03": "not live: it takes a phone that answers by itself in a room",
        "F06": "not live: what a terminal shows is read where the command runs, not over the network",
        "T11": "not live: this machine is no new network to itself",
        "T10": "not live: an hour of a real call would be paid",
        "T12": "not live: somebody outside would have to be called",
        "W01": "not live: a real mailbox would wait for its owner",
        "W05": "not live: what a mail says is read where it arrives",
        "K06": "not live: only from inside can a million words be looked at",
    ]

    /// What each row of the catalogue tries.
    static let rows: KeyValuePairs = [
        "R01": "sweep with a scanner",
        "R02": "enumeration by status",
        "R03": "enumeration by any difference",
        "R04": "enumeration by time",
        "R05": "subscriptions without a login",
        "R06": "enumeration by other channels",
        "R07": "leaks of the inside",
        "R09": "probing over HTTP",
        "C01": "fast guessing",
        "C02": "slow or distributed guessing",
        "C03": "replayed login",
        "C04": "replayed INVITE",
        "C05": "weaker algorithm",
        "C06": "digest leak",
        "C07": "mixed identities",
        "C08": "sniffed digest",
        "C09": "malformed credentials",
        "C10": "header confusion",
        "C11": "an address as a credential",
        "C12": "injection through credentials",
        "C13": "stolen database",
        "C14": "guessable password",
        "S01": "call without a login",
        "S02": "relaying",
        "S03": "pretended dialog",
        "S04": "registration hijack",
        "S05": "contact flood",
        "S06": "poisoned contact",
        "S07": "spoofed From",
        "S08": "trust headers",
        "S09": "business headers",
        "S10": "control characters",
        "S11": "escaped headers in URIs",
        "S12": "SQL in headers",
        "S13": "markup in headers",
        "S14": "forged BYE, CANCEL, re-INVITE",
        "S15": "media redirection",
        "S16": "somebody else's Replaces",
        "S17": "unsolicited NOTIFY",
        "S18": "MESSAGE spam and spoof",
        "S19": "forged responses",
        "S20": "loops and forks",
        "S21": "session timer abuse",
        "S22": "names that are hard to look up",
        "S23": "REFER out of a dialog",
        "T01": "burst of calls abroad",
        "T02": "one ring, to be called back",
        "T03": "forwarding that costs money",
        "T05": "dialling in to dial out (DISA)",
        "T06": "transfer that costs money",
        "T07": "forwarding by a 3xx",
        "T08": "numbers in disguise",
        "T09": "calls at night",
        "T10": "calls without an end",
        "T11": "a new network, then calls",
        "T12": "calls under a foreign number",
        "T13": "misuse of emergency numbers",
        "T14": "talking without being counted",
        "D01": "INVITE flood",
        "D02": "memory growth",
        "D03": "held connections",
        "D04": "handshake flood",
        "D05": "renegotiation, early data",
        "D06": "lies about lengths",
        "D07": "smuggled messages",
        "D08": "oversize",
        "D09": "multipart bodies",
        "D10": "bytes that are no text",
        "D11": "burst, then gone",
        "D12": "ban poisoning",
        "D13": "reflection",
        "D14": "WebSocket abuse",
        "D15": "exhaustion with a login",
        "D16": "XML bodies",
        "D17": "certificates to fetch",
        "D18": "complexity",
        "D19": "overload by phones",
        "Z05": "help-desk pretext",
        "K01": "outdated TLS",
        "K02": "no TLS, sips downgrade",
        "K03": "wrong certificate",
        "K04": "encryption taken away by DNS",
        "K05": "agreement on less security",
        "K06": "weak randomness",
        "P01": "guessing at the sign-in",
        "P02": "guessing at the code",
        "P03": "a code used twice",
        "P04": "sessions fixed or kept",
        "P05": "forms of foreign pages",
        "P06": "WebSockets of foreign pages",
        "P07": "role bypass through another channel",
        "P08": "somebody else's things by their name",
        "P10": "requests of ours that lead inside",
        "P13": "formulas in exports",
        "P14": "around the list of networks",
        "P15": "a second factor talked away",
        "I02": "an altered journal",
        "I03": "listening in secret",
        "I04": "self-escalation",
        "I05": "leaver who keeps a phone",
        "W01": "guessing at PINs of mailboxes",
        "W02": "a mailbox opened by a number that is shown",
        "W05": "names of strangers in mails and files",
        "W06": "stolen voice messages",
        "Z01": "own number from outside",
        "Z03": "look-alike names",
        "F02": "a full disk",
        "F06": "text that looks like lines of a log",
        "F09": "a provider that fails",
    ]
}
