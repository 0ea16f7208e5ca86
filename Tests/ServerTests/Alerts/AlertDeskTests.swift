// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Model
import Primitives
import Store
import Synchronization
import Testing

@testable import Server

@Suite("What is told arrives")
struct AlertDeskTests {
    private static let noon = WallTime(milliseconds: 1_800_000_000_000)

    /// Carries letters to nobody in particular, or to nobody at all.
    final class Postman: Courier {
        struct State {
            var isAway = false
            var letters: [AlertLetter] = []
            var tries = 0
        }

        let state = Mutex(State())

        func deliver(_ letter: AlertLetter, over _: AlertChannelAccess) async throws(DeliveryFailure) {
            let isAway = state.withLock { state in
                state.tries += 1
                if !state.isAway { state.letters.append(letter) }
                return state.isAway
            }
            if isAway { throw DeliveryFailure("away") }
        }

        var texts: [String] { state.withLock { $0.letters.map(\.text.plain) } }
    }

    struct Silent: Notifier {
        func notify(_: Finding) {}
    }

    /// A business with one channel, and a clock that the test moves.
    final class Scene: Sendable {
        let folder: URL
        let postman = Postman()
        let time = Mutex(AlertDeskTests.noon)

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "ringfence-\(UUID().uuidString)")
            let domain = try #require(DomainName(parsing: "pbx.test"))
            let store = try RingfenceStore.create(
                directory: folder.path,
                domain: domain,
                by: "test",
                at: AlertDeskTests.noon
            )
            for name in ["owner", "siem"] {
                let channel = AlertChannel(
                    name: try #require(ShortName(parsing: name)),
                    way: .webhook(.init(address: try #require(WebhookAddress(parsing: "https://hooks.test/")))),
                    hears: AlertChoice(least: name == "owner" ? .notice : .critical),
                    createdAt: AlertDeskTests.noon
                )
                let entry = JournalDraft(actor: "test", action: "alert.channel-add", subject: name)
                let access = AlertChannelAccess(channel, secret: Redacted(String(repeating: "k", count: 32)))
                _ = try store.change([.outside(.alert(.put(access)))], journal: [entry], at: AlertDeskTests.noon)
            }
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func open() throws -> (RingfenceStore, AlertDesk) {
            let store = try RingfenceStore.open(directory: folder.path)
            let desk = AlertDesk(store: store, courier: postman, log: Silent()) { [self] in time.withLock { $0 } }
            return (store, desk)
        }

        func pass(_ seconds: Int) { time.withLock { $0 = $0 + .seconds(seconds) } }

        func event(_ host: Int, _ kind: SecurityEventKind = .banned) -> Event {
            let source = EventSource.address(IPAddress(v4: 0x0909_0900 + UInt32(host)))
            return .noticed(SecurityEvent(at: time.withLock { $0 }, kind: kind, source: source, detail: "n\(host)"))
        }

        func arrived(_ count: Int) async throws -> Bool {
            for _ in 0..<200 where postman.state.withLock({ $0.letters.count < count }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            return postman.state.withLock { $0.letters.count } == count
        }
    }

    @Test func `over every channel that hears of it, and over no other`() async throws {
        let scene = try Scene()
        let (store, desk) = try scene.open()
        await desk.take(scene.event(1))
        #expect(try await scene.arrived(1))
        await desk.take(scene.event(2, .journalBroken))
        #expect(try await scene.arrived(3))
        #expect(try store.alerts(limit: 10).count == 2)
        await desk.stop()
    }

    @Test func `what nobody took is there after a restart, goes out once, and is not told anew`() async throws {
        let scene = try Scene()
        scene.postman.state.withLock { $0.isAway = true }
        do {
            let (_, desk) = try scene.open()
            await desk.take(scene.event(1))
            await desk.take(scene.event(2))
            await desk.stop()
        }
        #expect(scene.postman.state.withLock { $0.tries } == 1)
        scene.postman.state.withLock { $0.isAway = false }
        scene.pass(120)
        let (store, desk) = try scene.open()
        // It goes on, and was told within the hour.
        await desk.take(scene.event(1))
        await desk.look()
        #expect(try await scene.arrived(1))
        scene.pass(60)
        for _ in 0..<50 {
            await desk.look()
            if try store.alertMessages(endedSince: Self.noon).count(where: \.waits) == 0 { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(scene.postman.texts.joined().components(separatedBy: "9.9.9.1: n1").count == 2)
        #expect(scene.postman.texts.joined().components(separatedBy: "9.9.9.2: n2").count == 2)
        #expect(scene.postman.state.withLock { Set($0.letters.map(\.id)).count == $0.letters.count })
        await desk.stop()
    }

    @Test
    func `what was noticed and not looked at before a crash is told after it, and nothing of before is told anew`()
        async throws
    {
        let scene = try Scene()
        let phone = scene.event(7, .stalePhone)
        do {
            let (store, desk) = try scene.open()
            for event in [scene.event(1), phone] {
                guard case .noticed(let noticed) = event else { continue }
                try store.write([noticed])
                // Repeats are merged for a while before anybody looks.
                scene.pass(2)
                await desk.take(event)
            }
            #expect(try await scene.arrived(2))
            await desk.stop()
            // On the disk, and then the server was killed.
            scene.pass(1)
            guard case .noticed(let unseen) = scene.event(2, .trunkDown) else { return }
            try store.write([unseen])
        }
        scene.pass(30)
        let (store, desk) = try scene.open()
        await desk.catchUp()
        #expect(try await scene.arrived(4), "the lost trunk, over both channels")
        #expect(
            try store.alerts(limit: 10).map(\.finding.code.rawValue) == [
                "event.trunkDown", "event.stalePhone", "event.banned",
            ]
        )
        await desk.stop()
    }

    @Test func `that a channel fails is told over the other`() async throws {
        let scene = try Scene()
        let (_, desk) = try scene.open()
        scene.postman.state.withLock { $0.isAway = true }
        await desk.take(scene.event(1))
        for _ in 0..<100 where await desk.traffic.allSatisfy({ $0.failingSince == nil }) {
            try await Task.sleep(for: .milliseconds(10))
        }
        let findings = Finding.channels(await desk.traffic)
        #expect(findings.map(\.severity) == [.warning] && findings.first?.subject == "owner")
        #expect(findings.first?.title == "Nobody is told over the alert channel owner.")
        scene.postman.state.withLock { $0.isAway = false }
        let lasting = Finding("alert-channel", .critical, "x", subject: "owner")
        await desk.take(.found(lasting))
        #expect(try await scene.arrived(1), "over siem only")
        #expect(scene.postman.state.withLock { $0.letters.first?.text.subject.contains("Critical: x") } == true)
        await desk.stop()
    }

    @Test func `a disk that takes nothing keeps no alarm back`() async throws {
        let scene = try Scene()
        let (store, desk) = try scene.open()
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        python.arguments = [
            "-c",
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(\"CREATE TRIGGER full BEFORE INSERT ON "
                + "alerts BEGIN SELECT RAISE(ABORT, 'disk full'); END; CREATE TRIGGER full2 BEFORE INSERT ON "
                + "alert_messages BEGIN SELECT RAISE(ABORT, 'disk full'); END;\")",
            scene.folder.appending(path: "ringfence.sqlite").path,
        ]
        try python.run()
        python.waitUntilExit()
        await desk.take(scene.event(1))
        #expect(try await scene.arrived(1))
        #expect(try store.alerts(limit: 1).isEmpty)
        await desk.stop()
    }

    @Test func `a whole server tells by a real mail server within seconds, off its loops`() async throws {
        let sink = try await AlertSink.open(.mail(offersTLS: true))
        try await Office.open { office in
            let way = MailWay(
                server: try #require(DomainName(parsing: "127.0.0.1")),
                port: UInt16(sink.port),
                from: try #require(MailAddress(parsing: "pbx@pbx.test")),
                to: [try #require(MailAddress(parsing: "owner@pbx.test"))]
            )
            let channel = AlertChannel(
                name: try #require(ShortName(parsing: "owner")),
                way: .mail(way),
                allowPrivate: PrivateReach(
                    reason: "test",
                    grantedBy: "test",
                    until: WallTime(milliseconds: 4_000_000_000_000)
                ),
                authority: sink.authority,
                createdAt: Self.noon
            )
            let changes: [Change] = [.outside(.alert(.put(AlertChannelAccess(channel, secret: nil))))]
            let entry = JournalDraft(actor: "test", action: "alert.channel-add", subject: "owner")
            let snapshot = try office.store.change(changes, journal: [entry], at: Self.noon)
            await office.server.apply(snapshot, changes)
            let source = EventSource.address(IPAddress(v4: 0x0909_0909))
            office.server.events.publish(
                .noticed(SecurityEvent(at: SystemClock.wall, kind: .banned, source: source, detail: "x"))
            )
            for _ in 0..<3_000 where sink.letters.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            let traffic = await office.server.traffic()
            #expect(!sink.letters.isEmpty && sink.letters.allSatisfy { $0.isEncrypted }, "\(traffic)")
        }
        await sink.close()
    }
}
