// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Model
import Primitives
import Testing

@testable import Store

@Suite("What people are told is kept until it has arrived")
struct AlertTests {
    private let owner: ShortName

    init() throws { owner = try #require(ShortName(parsing: "owner")) }

    private func item(_ text: String, at time: WallTime = noon) -> AlertMessage.Item {
        AlertMessage.Item(at: time, Finding(Finding.Code(.banned), .warning, text, evidence: "'\u{202E}\"\\'; --"))
    }

    private func message(_ id: String, for channel: ShortName? = nil, at time: WallTime = noon) -> AlertMessage {
        AlertMessage(id: id, channel: channel ?? owner, item(id, at: time), due: time)
    }

    private func channel(_ host: String = "mail.example.com") throws -> AlertChannelAccess {
        let from = try #require(MailAddress(parsing: "pbx@example.com"))
        let server = try #require(DomainName(parsing: host))
        let way = MailWay(server: server, username: "pbx", from: from, to: [from])
        let channel = AlertChannel(name: owner, way: .mail(way), createdAt: noon)
        return AlertChannelAccess(channel, secret: Redacted("lantern orchid"))
    }

    private func change(_ store: RingfenceStore, _ change: AlertChange) throws {
        _ = try store.change([.outside(.alert(change))], journal: [draft("alert.channel", "owner")], at: noon)
    }

    @Test func `what waits is there after a restart, and what has ended only for who asks for it`() throws {
        let place = Place()
        var (first, second) = (message("a"), message("b"))
        do {
            let store = try place.create()
            try store.keep([item("a"), item("b")], [first, second], state: [1, 2, 0, 255])
            (first.state, first.attempts) = (.sealed, 1)
            try store.keep([], [first], state: nil)
            second.state = .delivered(at: noon + .seconds(5))
            try store.keep([], [second], state: nil)
        }
        let store = try place.open()
        #expect(try store.alertMessages(endedSince: noon + .seconds(6)) == [first])
        #expect(try store.alertMessages(endedSince: noon) == [first, second])
        #expect(try store.alerts(limit: 10).map(\.finding.title) == ["b", "a"])
        #expect(try store.alerts(limit: 1) == [item("b")])
        #expect(try store.alertState() == [1, 2, 0, 255])
    }

    @Test func `a channel is kept with its password sealed, which stands in no file`() throws {
        let place = Place()
        do {
            let store = try place.create()
            try change(store, .put(try channel()))
        }
        let store = try place.open()
        let access = try #require(store.snapshot.outside.alerts.channels[owner])
        #expect(access.channel == (try channel()).channel)
        #expect(access.secret?.reveal { copy $0 } == "lantern orchid")
        for name in try FileManager.default.contentsOfDirectory(atPath: place.path) {
            #expect(try place.read(name).range(of: Data("lantern".utf8)) == nil, "\(name)")
        }
        try change(store, .hear(AlertChoice(least: .critical, groups: [.fraud]), owner))
        let other = try store.storedSettings().outside.alerts.channels[owner]
        #expect(other?.channel.hears.least == .critical && other?.secret?.reveal { copy $0 } == "lantern orchid")
    }

    @Test func `a password that was copied to another channel does not open`() throws {
        let place = Place()
        do { try change(try place.create(), .put(try channel())) }
        try place.tamper(
            """
            INSERT INTO outside (kind, key, value, secret)
                SELECT kind, 'thief', replace(value, '"owner"', '"thief"'), secret FROM outside WHERE kind = 'alert-channel'
            """
        )
        #expect(throws: (any Error).self) { try place.open() }
    }

    @Test func `that somebody confirmed a channel goes with the channel, and when it is another`() throws {
        let store = try Place().create()
        try change(store, .put(try channel()))
        var standing = ChannelStanding()
        (standing.confirmedAt, standing.confirmedBy) = (noon, "alice")
        try store.keep(standing, of: owner, journal: draft("alert.channel-confirm", "owner"), at: noon)
        #expect(try store.channelStandings() == [owner: standing])
        #expect(try store.journal().last?.action == "alert.channel-confirm")
        try change(store, .hear(AlertChoice(least: .critical), owner))
        #expect(try store.channelStandings() == [owner: standing])
        try change(store, .put(try channel("other.example.com")))
        #expect(try store.channelStandings().isEmpty)
    }

    @Test func `with a channel goes what waited for it, and not what arrived`() throws {
        let store = try Place().create()
        try change(store, .put(try channel()))
        var arrived = message("b")
        arrived.state = .delivered(at: noon)
        try store.keep([], [message("a"), arrived], state: nil)
        try change(store, .remove(owner))
        #expect(try store.alertMessages(endedSince: noon) == [arrived])
        #expect(store.snapshot.outside.alerts.channels.isEmpty)
        #expect(try store.storedSettings().outside.alerts.channels.isEmpty)
    }

    @Test func `what arrived a month ago is forgotten, what waits never is, and so many alerts are kept and no more`()
        throws
    {
        let store = try Place().create()
        try change(store, .put(try channel()))
        var (old, recent) = (message("old"), message("recent"))
        old.state = .delivered(at: noon + .seconds(-31 * 86_400))
        recent.state = .delivered(at: noon + .seconds(-29 * 86_400))
        let waiting = message("waiting", at: noon + .seconds(-400 * 86_400))
        let many = (0..<Limits.keptAlerts + 10).map { item("\($0)") }
        try store.keep(
            [item("ancient", at: noon + .seconds(-500 * 86_400))] + many,
            [old, recent, waiting],
            state: nil
        )
        try store.pruneAlerts(at: noon)
        // Such as one that was put down while its channel was removed.
        try store.keep([], [message("orphan", for: ShortName(parsing: "gone"))], state: nil)
        try store.pruneAlerts(at: noon)
        #expect(Set(try store.alertMessages(endedSince: WallTime(milliseconds: 0)).map(\.id)) == ["recent", "waiting"])
        let kept = try store.alerts(limit: Limits.listedRows)
        #expect(kept.first?.finding.title == "\(Limits.keptAlerts + 9)")
        #expect(try store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM alerts") } == Limits.keptAlerts)
    }
}
