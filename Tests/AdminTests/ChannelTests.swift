// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives
import Store
import Synchronization
import Testing

@Suite("Who is told of what")
struct ChannelTests {
    private func mail(_ name: String = "owner", server: String = "mail.example.com", user: String? = nil) -> NewChannel
    {
        NewChannel(
            name: name,
            mail: .init(server: server, username: user, from: "pbx@example.com", to: ["owner@example.com"])
        )
    }

    private func webhook(_ name: String = "siem", _ address: String = "https://hooks.example.com/x") -> NewChannel {
        NewChannel(name: name, webhook: address)
    }

    @Test func `a mail channel is kept with its password, which nobody is shown`() async throws {
        let office = try Office()
        let report = try await office.run(AddChannel(mail(user: "pbx"), secret: Redacted("correct horse")))
        #expect(report.hasSecret && report.newKey == nil && !report.isConfirmed)
        let name = try #require(ShortName(parsing: "owner"))
        let access = office.store.snapshot.outside.alerts.channels[name]
        #expect(access?.secret?.reveal { copy $0 } == "correct horse")
        let journal = try office.journal()
        #expect(journal.contains { $0.action == "alert.channel-add" && $0.subject == "owner" })
        #expect(!journal.contains { $0.detail.contains("horse") })
        #expect(try await office.run(ListChannels()).map(\.channel) == [report.channel])
    }

    @Test func `the key of a webhook is made and shown once`() async throws {
        let office = try Office()
        let report = try await office.run(AddChannel(webhook(), secret: nil))
        let key = try #require(report.newKey)
        #expect(key.secret.reveal { $0.utf8.count } == 64)
        #expect(try await office.run(ListChannels()).first?.newKey == nil)
        let text = key.secret.reveal { copy $0 }
        #expect(!"\(report)".contains(text))
        // The path of a webhook often is its secret.
        _ = try await office.run(AddChannel(webhook("chat", "https://hooks.example.com/T0/s3cret"), secret: nil))
        let shown = try await office.run(ListChannels())
        #expect(!"\(shown)".contains("s3cret") && shown.contains { $0.channel.place == "https://hooks.example.com/…" })
        #expect(try office.journal().allSatisfy { !$0.detail.contains("s3cret") })
        let kept = try #require(ShortName(parsing: "chat"))
        let way = office.store.snapshot.outside.alerts.channels[kept]?.channel.way
        #expect(
            try way
                == .webhook(
                    WebhookWay(address: #require(WebhookAddress(parsing: "https://hooks.example.com/T0/s3cret")))
                )
        )
        let again = try await office.run(SetChannelSecret(channel: "siem", secret: nil))
        #expect(again.newKey != nil && again.newKey != key)
    }

    @Test func `what is wrong is said in plain words, and changes nothing`() async throws {
        let office = try Office()
        _ = try await office.run(AddChannel(mail(), secret: nil))
        for (command, words) in [
            (AddChannel(mail(), secret: nil), "one of that name already"),
            (AddChannel(mail("a b"), secret: nil), "letters, digits and hyphens"),
            (AddChannel(mail("x", server: "10.0.0.1:25"), secret: nil), "is inside"),
            (AddChannel(mail("x", server: "mail example"), secret: nil), "named by its host"),
            (AddChannel(mail("x", user: "pbx"), secret: nil), "without a password"),
            (AddChannel(webhook("x", "http://hooks.example.com/"), secret: nil), "by HTTPS only"),
            (AddChannel(NewChannel(name: "x"), secret: nil), "one of them"),
        ] {
            #expect(await office.refusal(command)?.reason.contains(words) == true, "\(words)")
        }
        #expect(office.store.snapshot.outside.alerts.channels.count == 1)
        var inside = mail("lan", server: "10.0.0.1:25")
        inside.allowPrivate = "our mail server; said A. Owner"
        let report = try await office.run(AddChannel(inside, secret: nil))
        #expect(report.channel.allowPrivate?.grantedBy == owner.name)
        #expect(try office.journal().contains { $0.detail.contains("our mail server; said A. Owner") })
    }

    @Test func `a test is confirmed by whoever has its code, and a new secret has to be tested anew`() async throws {
        let office = try Office()
        _ = try await office.run(AddChannel(mail(), secret: nil))
        #expect(await office.refusal(ConfirmChannel(channel: "owner", code: "123456")) != nil)
        _ = try await office.run(TestChannel(channel: "owner"))
        let letter = try #require(office.engine.state.withLock { $0.letters?.last })
        let code = try #require(letter.text.plain.firstMatch(of: /The code is (\d{6})/)?.output.1)
        #expect(await office.refusal(ConfirmChannel(channel: "owner", code: "x")) != nil)
        let report = try await office.run(ConfirmChannel(channel: "owner", code: String(code)))
        #expect(report.isConfirmed && report.confirmedBy == owner.name)
        #expect(await office.refusal(ConfirmChannel(channel: "owner", code: String(code))) != nil, "once")
        let hear = ChooseAlerts(channel: "owner", hears: AlertChoice(least: .critical))
        #expect(try await office.run(hear).isConfirmed, "it still leads to the same person")
        _ = try await office.run(RemoveChannel(channel: "owner"))
        _ = try await office.run(AddChannel(mail(), secret: nil))
        #expect(try await office.run(ListChannels()).first?.isConfirmed == false)
    }

    @Test func `a test that nobody takes says why`() async throws {
        let office = try Office()
        _ = try await office.run(AddChannel(mail(), secret: nil))
        office.engine.state.withLock { $0.letters = nil }
        let refusal = await office.refusal(TestChannel(channel: "owner"))
        #expect(refusal?.reason == "the mail server cannot be reached")
    }

    @Test func `I04 whoever changes who is told is told of, also to whom is told no more`() async throws {
        let office = try Office()
        _ = try await office.run(AddChannel(mail(), secret: nil))
        _ = try await office.run(ChooseAlerts(channel: "owner", hears: AlertChoice(least: .critical)))
        _ = try await office.run(RemoveChannel(channel: "owner"))
        let told = office.notes.all.compactMap { event -> SecurityEvent? in
            if case .noticed(let event) = event, event.kind == .alertsChanged { event } else { nil }
        }
        #expect(told.count == 3 && told.allSatisfy { $0.detail.contains("root (uid 0)") })
        for _ in 0..<100 where office.engine.state.withLock({ $0.letters?.isEmpty == true }) {
            try await Task.sleep(for: .milliseconds(20))
        }
        let letter = office.engine.state.withLock { $0.letters?.last }
        #expect(letter?.text.subject.contains("You hear no more of this phone system") == true)
    }

    @Test func `an auditor sees channels, and no administrator silences them`() async throws {
        let office = try Office()
        let administrator = Actor(name: "bob", role: .administrator)
        #expect(await office.refusal(AddChannel(mail(), secret: nil), by: administrator)?.control == .roles)
        #expect(await office.refusal(RemoveChannel(channel: "owner"), by: auditor)?.control == .roles)
        #expect(try await office.run(ListChannels(), by: auditor).isEmpty)
        #expect(try await office.run(ListAlertKinds(), by: administrator).count > 20)
        #expect(await office.refusal(ListAlerts(limit: 1), by: Actor(name: "x", role: .frontDesk)) != nil)
    }
}
