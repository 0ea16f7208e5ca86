// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import ringfence

@Suite("ringfence alert")
struct AlertCommandTests {
    /// Decodes what the control socket would bring, so that a key can be in it.
    private func report(_ extra: String = "", traffic: String = #""waiting":0"#) throws -> ChannelReport {
        let text = """
            {"channel":{"name":"siem","webhook":{"address":"https://hooks.example.com/x"},
            "hears":{"least":"warning","groups":["fraud"]},"createdAt":{"milliseconds":0}},
            "hasSecret":true,"isConfirmed":false,"traffic":{"channel":"siem",\(traffic)}\(extra)}
            """
        return try JSONDecoder().decode(ChannelReport.self, from: Data(text.utf8))
    }

    @Test func `what was typed of a mail channel becomes what is asked, and its password is no argument`() throws {
        let verb = try parse(
            MailAdd.self,
            "owner",
            "--server",
            "mail.example.com:465",
            "--security",
            "tls",
            "--from",
            "pbx@example.com",
            "--to",
            "a@example.com",
            "--to",
            "b@example.com",
            "--least",
            "critical",
            "--group",
            "fraud",
            "--allow-private",
            "ours"
        )
        var new = NewChannel(
            name: "owner",
            mail: .init(
                server: "mail.example.com:465",
                security: .tls,
                from: "pbx@example.com",
                to: ["a@example.com", "b@example.com"]
            ),
            hears: AlertChoice(least: .critical, groups: [.fraud])
        )
        new.allowPrivate = "ours"
        #expect(verb.command == AddChannel(new, secret: nil))
        #expect(throws: (any Error).self) { try parse(MailAdd.self, "owner", "--password", "x") }
        #expect(throws: (any Error).self) {
            try parse(MailAdd.self, "o", "--server", "m", "--from", "a", "--to", "b", "--password-file", "x")
        }
    }

    @Test func `what was typed of a webhook, a choice and a code becomes what is asked`() throws {
        #expect(
            try parse(WebhookAdd.self, "siem", "https://hooks.example.com/x").command
                == AddChannel(NewChannel(name: "siem", webhook: "https://hooks.example.com/x"), secret: nil)
        )
        #expect(
            try parse(ChannelHear.self, "siem", "--group", "attack", "--group", "service").command
                == ChooseAlerts(channel: "siem", hears: AlertChoice(groups: [.attack, .service]))
        )
        #expect(
            try parse(ChannelConfirm.self, "siem", "012345").command
                == ConfirmChannel(channel: "siem", code: "012345")
        )
        for bad in ["good", "urgent"] {
            #expect(throws: (any Error).self) { try parse(ChannelHear.self, "siem", "--least", bad) }
        }
        #expect(throws: (any Error).self) { try parse(ChannelTest.self, "a b") }
    }

    @Test func `the key of a webhook is shown once, when it was made`() throws {
        let key = String(repeating: "ab", count: 32)
        let made = try parse(WebhookAdd.self, "siem", "https://hooks.example.com/x").answer(
            from: Office(try report(#","newKey":"\#(key)""#))
        )
        #expect(made.text.contains(key) && made.hint?.contains("ringfence alert channel test siem") == true)
        let list = try parse(ChannelList.self).answer(from: Office([try report()]))
        #expect(!list.text.contains("ab") && !list.json.contains(key))
    }

    @Test func `a list says what each hears, and that one fails since when and why`() throws {
        let failing =
            #""waiting":3,"failingSince":{"milliseconds":1800000000000},"failure":"the webhook answered HTTP 500""#
        let list = try parse(ChannelList.self).answer(from: Office([try report(traffic: failing)])).text
        #expect(list.contains("warning and worse of fraud"))
        #expect(list.contains("FAILS since 2027-01-15T08:00:00Z: the webhook answered HTTP 500"))
        #expect(try parse(ChannelList.self).answer(from: Office([ChannelReport]())).hint == ChannelAdd.example)
    }

    @Test func `F06 what strangers named commands no terminal`() throws {
        let evil = "\u{1B}[2J\u{202E}\r\nx"
        let finding = Finding(Finding.Code(.banned), .warning, evil, evidence: evil)
        let item = AlertMessage.Item(at: Sample.time, finding)
        let text = try parse(AlertList.self).answer(from: Office([item])).text
        #expect(!text.unicodeScalars.contains { $0 != "\n" && $0.deceivesReaders })
        #expect(text.split(separator: "\n").count == 2)
    }
}
