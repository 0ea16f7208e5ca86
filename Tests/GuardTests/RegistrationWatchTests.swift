// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("What people are told of failed logins of phones")
struct RegistrationWatchTests {
    private let noon = WallTime(milliseconds: 1_800_000_000_000)
    private let phone: Device
    private let office: Snapshot

    init() throws {
        phone = try .enrolled(at: "204")
        let site = try #require(IPPrefix(parsing: "10.1.0.0/16"))
        var network = NetworkSettings()
        network.sites = [site]
        office = Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "pbx.example")),
            extensions: [try .numbered("204")],
            devices: [phone],
            network: network
        )
    }

    private func event(
        _ kind: SecurityEventKind,
        _ account: String,
        from source: String = "8.8.4.4",
        count: Int = 1
    ) throws -> SecurityEvent {
        SecurityEvent(
            at: noon,
            kind: kind,
            source: .address(try ip(source)),
            subject: .account(account),
            detail: "x",
            count: count
        )
    }

    @Test func `a phone that was not told its new password is told of at once, with phone, extension, site and cause`()
        throws
    {
        var watch = RegistrationWatch()
        let stale = try event(.stalePhone, phone.username, from: "10.1.0.5")
        let toldNow = watch.take(stale, in: office, at: noon)
        let told = try #require(toldNow)
        #expect(told.severity == .warning && told.code.group == .registration)
        #expect(told.title == "A phone cannot log in any more: 'Phone' of extension 204 has an old password.")
        #expect(told.evidence.contains("from 10.1.0.5, at site 10.1.0.0/16"))
        #expect(told.evidence.contains("Likely cause: a stale phone"))
        #expect(told.remedy.contains("ringfence phone enrol 204"))
        #expect(watch.take(stale, in: office, at: noon + .seconds(60)) == nil)
        #expect(watch.take(stale, in: office, at: noon + .seconds(3_599)) == nil)
    }

    @Test func `what goes on is told again after an hour, with how much it was`() throws {
        var watch = RegistrationWatch()
        let stale = try event(.stalePhone, phone.username, from: "10.1.0.5")
        #expect(watch.take(stale, in: office, at: noon) != nil)
        for minute in 1..<60 { #expect(watch.take(stale, in: office, at: noon + .seconds(60 * minute)) == nil) }
        let againNow = watch.take(stale, in: office, at: noon + .seconds(3_600))
        let again = try #require(againNow)
        #expect(again.evidence.contains("60 logins failed"))
    }

    @Test func `somebody who guesses is told of at the third try, and not who types it wrongly twice`() throws {
        var watch = RegistrationWatch()
        let guess = try event(.failedLogin, phone.username)
        #expect(watch.take(guess, in: office, at: noon) == nil)
        #expect(watch.take(guess, in: office, at: noon + .seconds(1)) == nil)
        let toldNow = watch.take(guess, in: office, at: noon + .seconds(2))
        let told = try #require(toldNow)
        #expect(told.title == "Somebody tries to log in as 'Phone' of extension 204 with a wrong password.")
        #expect(
            told.evidence.contains("3 logins failed as 'Phone' of extension 204, from 8.8.4.4, at no site of yours")
        )
        #expect(told.evidence.contains("an attack"))
        var other = RegistrationWatch()
        #expect(other.take(guess, in: office, at: noon) == nil)
        #expect(other.take(guess, in: office, at: noon + .seconds(601)) == nil)
        #expect(other.take(guess, in: office, at: noon + .seconds(1_202)) == nil, "three in half an hour are no attack")
        var merged = RegistrationWatch()
        #expect(merged.take(try event(.failedLogin, phone.username, count: 3), in: office, at: noon) != nil)
    }

    @Test func `an attack from many addresses on one phone is one alert`() throws {
        var watch = RegistrationWatch()
        var told: [Finding] = []
        for host in 1...200 {
            let guess = try event(.failedLogin, phone.username, from: "8.8.\(host).1")
            if let finding = watch.take(guess, in: office, at: noon) { told.append(finding) }
        }
        #expect(told.count == 1)
        #expect(told[0].evidence.contains("3 addresses, one of them"))
    }

    @Test func `a phone of ours that nobody knows is told of by its address, and strangers together once an hour`()
        throws
    {
        var watch = RegistrationWatch()
        for try_ in 1...3 {
            let told = watch.take(try event(.failedLogin, "old", from: "10.1.0.9"), in: office, at: noon)
            #expect((told != nil) == (try_ == 3))
            if let told { #expect(told.title == "A phone in your own network cannot log in.") }
        }
        var strangers = 0
        for index in 0..<5_000 {
            let guess = try event(.failedLogin, "\(index)", from: "9.\(index >> 8).\(index & 255).1")
            if watch.take(guess, in: office, at: noon + .seconds(index / 10)) != nil { strangers += 1 }
        }
        #expect(strangers == 1)
    }

    @Test func `however many addresses of ours there are, the table does not grow and no phone is forgotten`() throws {
        var watch = RegistrationWatch()
        for index in 0..<5_000 {
            let guess = try event(.failedLogin, "old", from: "10.1.\(index >> 8).\(index & 255)", count: 3)
            _ = watch.take(guess, in: office, at: noon)
        }
        let stale = try event(.stalePhone, phone.username, from: "10.1.0.5", count: 20)
        // It is counted with all others then, which were told of already or are now.
        _ = watch.take(stale, in: office, at: noon)
        #expect(watch.take(stale, in: office, at: noon + .seconds(7_200)) != nil)
    }

    @Test func `other kinds are none of its business, and a clock that is set back mutes nothing`() throws {
        var watch = RegistrationWatch()
        #expect(!RegistrationWatch.watches(.banned))
        #expect(watch.take(try event(.banned, phone.username), in: office, at: noon) == nil)
        let stale = try event(.stalePhone, phone.username)
        #expect(watch.take(stale, in: office, at: noon) != nil)
        #expect(watch.take(stale, in: office, at: noon + .seconds(-86_400)) != nil)
    }
}
