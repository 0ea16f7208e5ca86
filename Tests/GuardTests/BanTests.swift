// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

@testable import Guard

@Suite("Control intrusion-detection: bans")
struct BanTests {
    private let noon = WallTime(milliseconds: 1_800_000_000_000)

    private func makeBans(kept: [Ban] = []) throws -> Bans {
        Bans(sites: try [#require(IPPrefix(parsing: "10.1.0.0/16"))], kept: kept, seed: (1, 2))
    }

    /// What the last of so many sightings leads to.
    private func see(
        _ count: Int,
        _ kind: SecurityEventKind,
        from source: String = "203.0.113.9",
        connected: Bool = true,
        account: String? = nil,
        in bans: inout Bans,
        at seconds: Double = 0,
        phones: Int = 0,
        isHome: Bool = false
    ) throws -> Bans.Judgement {
        let sighting = Bans.Sighting(
            kind,
            from: try ip(source),
            to: try ip("192.0.2.1"),
            isConnected: connected,
            account: account
        )
        var last = Bans.Judgement.nothing
        for _ in 0..<count {
            last = bans.judge(sighting, at: at(seconds), wall: wall(seconds), isHome: isHome) { _ in phones }
        }
        return last
    }

    private func wall(_ seconds: Double) -> WallTime { noon + .milliseconds(Int64(seconds * 1_000)) }

    @Test func `C01 three wrong passwords for one account alarm, five shut the source out for a quarter of an hour`()
        throws
    {
        var bans = try makeBans()
        let source = try ip("203.0.113.9")
        let alarm = Bans.Judgement.alarm(.guessing, evidence: "3 wrong passwords for the account 'x' within 60 minutes")
        #expect(try see(2, .failedLogin, account: "x", in: &bans) == .nothing)
        #expect(try see(1, .failedLogin, account: "x", in: &bans) == alarm)
        #expect(try see(1, .failedLogin, account: "x", in: &bans) == .nothing)
        #expect(!bans.shutsOut(source, at: noon))
        guard case .banned(let ban) = try see(1, .failedLogin, account: "x", in: &bans) else {
            Issue.record("the fifth is not a ban")
            return
        }
        #expect(ban.reason == .guessing)
        #expect(ban.evidence == "5 wrong passwords for the account 'x' within 60 minutes")
        #expect(ban.remedy == "ringfence ban remove 203.0.113.9")
        #expect(ban.until == wall(900))
        #expect(bans.shutsOut(source, at: wall(899)))
        #expect(!bans.shutsOut(source, at: wall(900)))
        #expect(!bans.shutsOut(try ip("203.0.113.10"), at: noon))
    }

    @Test func `C02 one password tried at many accounts is counted together`() throws {
        var bans = try makeBans()
        for number in 1...9 { _ = try see(1, .failedLogin, account: "user\(number)", in: &bans) }
        guard case .banned = try see(1, .failedLogin, account: "user10", in: &bans) else {
            Issue.record("ten accounts and no ban")
            return
        }
    }

    @Test func `a ban is twice as long each time, up to a day, and starts small again after a week`() throws {
        var bans = try makeBans()
        var (start, lengths): (Double, [Double]) = (0, [])
        for _ in 0..<9 {
            guard case .banned(let ban) = try see(3, .scanner, in: &bans, at: start) else { break }
            let length = Double((ban.until - ban.since).components.seconds)
            lengths.append(length)
            start += length + 1
        }
        #expect(lengths == [900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 86_400])
    }

    @Test func `offences of more than an hour ago do not count`() throws {
        var bans = try makeBans()
        for hour in 0..<20 {
            #expect(try see(1, .failedLogin, account: "x", in: &bans, at: Double(hour) * 3_601) == .nothing)
        }
    }

    @Test func `all addresses of an IPv6 network of 64 bits are one source`() throws {
        var bans = try makeBans()
        _ = try see(2, .scanner, from: "2001:db8:0:1::1", in: &bans)
        guard case .banned(let ban) = try see(1, .scanner, from: "2001:db8:0:1:ffff::2", in: &bans) else {
            Issue.record("no ban")
            return
        }
        #expect(ban.source.description == "2001:db8:0:1::/64")
        #expect(bans.shutsOut(try ip("2001:db8:0:1:9::9"), at: noon))
        #expect(!bans.shutsOut(try ip("2001:db8:0:2::1"), at: noon))
    }

    @Test(arguments: [SecurityEventKind.scanner, .malformed, .forgedInDialog, .flood])
    func `D12 nobody is shut out for datagrams that anybody could have sent in his name`(kind: SecurityEventKind) throws
    {
        var bans = try makeBans()
        var withheld = 0
        for _ in 0..<1_000 {
            switch try see(1, kind, connected: false, in: &bans) {
            case .banned: Issue.record("banned without proof")
            case .withheld(_, _, let protection):
                #expect(protection == .unproven)
                withheld += 1
            case .nothing, .alarm: break
            }
        }
        #expect(withheld > 0)
        #expect(!bans.shutsOut(try ip("203.0.113.9"), at: noon))
    }

    @Test func `a nonce that came back proves the address over UDP as well`() throws {
        var bans = try makeBans()
        guard case .banned = try see(5, .failedLogin, connected: false, account: "x", in: &bans) else {
            Issue.record("no ban")
            return
        }
    }

    @Test(arguments: [
        ("203.0.113.9", 2, BanRules.Protection.phones(2)), ("10.1.2.3", 0, .site), ("192.0.2.1", 0, .thisMachine),
        ("127.0.0.1", 0, .thisMachine), ("::1", 0, .thisMachine),
    ])
    func `an address with phones, a site and this machine are never shut out, and people hear of it`(
        source: String,
        phones: Int,
        protection: BanRules.Protection
    ) throws {
        var bans = try makeBans()
        let judgement = try see(5, .failedLogin, from: source, account: "x", in: &bans, phones: phones)
        let evidence = "5 wrong passwords for the account 'x' within 60 minutes"
        #expect(judgement == .withheld(.guessing, evidence: evidence, protection))
        #expect(!bans.shutsOut(try ip(source), at: noon))
    }

    @Test(arguments: [SecurityEventKind.failedLogin, .scanner, .malformed, .forgedInDialog, .flood])
    func `where phones logged in of late nobody is shut out for a neighbour, and people hear of it each time`(
        kind: SecurityEventKind
    ) throws {
        var bans = try makeBans()
        var withheld: [BanRules.Protection] = []
        for _ in 0..<100 {
            switch try see(1, kind, account: "x", in: &bans, isHome: true) {
            case .banned: Issue.record("banned")
            case .withheld(_, _, let protection): withheld.append(protection)
            case .nothing, .alarm: break
            }
        }
        #expect(withheld.count >= 5)
        #expect(withheld.allSatisfy { $0 == .home && $0.slowsDown })
        #expect(!bans.shutsOut(try ip("203.0.113.9"), at: noon))
        #expect(withheld.first?.words.hasPrefix("phones logged in from there within the last 72 hours") == true)
    }

    @Test func `a stale phone is no offence`() throws {
        var bans = try makeBans()
        #expect(try see(1_000, .stalePhone, account: "x", in: &bans) == .nothing)
    }

    @Test func `who is let in again starts from nothing`() throws {
        var bans = try makeBans()
        _ = try see(3, .scanner, in: &bans)
        let source = try #require(BanSource(parsing: "203.0.113.9"))
        #expect(bans.lift(source, at: noon)?.reason == .scanning)
        #expect(!bans.shutsOut(source.address, at: noon))
        #expect(bans.lift(source, at: noon) == nil)
        guard case .banned(let ban) = try see(3, .scanner, in: &bans) else { return }
        #expect(ban.repetition == 1)
    }

    @Test func `a ban of an earlier run holds, and makes the next one longer`() throws {
        let source = try #require(BanSource(parsing: "203.0.113.9"))
        let old = Ban(source: source, reason: .guessing, evidence: "x", since: noon, until: wall(900), repetition: 3)
        var bans = try makeBans(kept: [old])
        #expect(bans.shutsOut(source.address, at: wall(1)))
        #expect(bans.list(at: wall(1)) == [old])
        guard case .banned(let ban) = try see(3, .scanner, in: &bans, at: 1_000) else { return }
        #expect(ban.repetition == 4)
    }

    @Test func `the table of bans is bounded, and so is how fast it fills`() throws {
        var bans = try makeBans()
        var imposed = 0
        for index in 0..<400 {
            let source = "198.51.\(index / 250).\(index % 250)"
            if case .banned = try see(3, .scanner, from: source, in: &bans) { imposed += 1 }
        }
        #expect(imposed == 120)
        for index in 0..<6_000 {
            let source = BanSource(IPAddress(v4: 0x0B00_0000 + UInt32(index)))
            let ban = Ban(
                source: source,
                reason: .decision,
                evidence: "",
                since: noon,
                until: wall(Double(1_000 + index))
            )
            bans.impose(ban, at: noon)
        }
        #expect(bans.list(at: noon).count == Limits.bans)
        #expect(bans.shutsOut(IPAddress(v4: 0x0B00_0000 + 5_999), at: noon))
    }

    @Test(arguments: ["0.0.0.0", "::", "224.0.0.1", "10.0.0.0/8", "2001:db8::/48", "192.0.2.1/64", "pbx.example", ""])
    func `no network, no name and no group is one source`(text: String) {
        #expect(BanSource(parsing: text) == nil)
    }
}

@Suite("Control intrusion-detection: where accounts log in from")
struct LoginHistoryTests {
    private let client = Array("Yealink SIP-T46U".utf8)[...]

    private func makeHistory() throws -> LoginHistory {
        var history = LoginHistory(phones: 8, sites: try [#require(IPPrefix(parsing: "10.1.0.0/16"))])
        history.succeeded("abc", as: .account("desk of extension 101"), from: try ip("198.51.100.7"), client: client)
        return history
    }

    private func fail(
        _ history: inout LoginHistory,
        from source: String,
        client: ArraySlice<UInt8>? = nil,
        exists: Bool = true,
        at seconds: Double = 0
    ) throws -> LoginHistory.Failure {
        history.failed("abc", exists: exists, from: try ip(source), client: client ?? self.client, at: at(seconds))
    }

    @Test func `a phone that repeats an old password is recognised, also when its account is gone`() throws {
        var history = try makeHistory()
        let stale = LoginHistory.Failure.stalePhone(.account("desk of extension 101"))
        #expect(try fail(&history, from: "198.51.100.7") == stale)
        #expect(try fail(&history, from: "198.51.100.7", exists: false) == stale)
        #expect(try fail(&history, from: "203.0.113.9") == .ordinary)
        #expect(try fail(&history, from: "198.51.100.7", client: Array("sipp".utf8)[...]) == .ordinary)
    }

    @Test func `C02 an account tried twenty times a day is good only where its phones were, and at sites`() throws {
        var history = try makeHistory()
        for number in 1...19 {
            #expect(try fail(&history, from: "203.0.113.\(number)", at: Double(number) * 3_600) == .ordinary)
        }
        #expect(history.accepts("abc", from: try ip("203.0.113.77"), at: at(70_000)))
        #expect(try fail(&history, from: "203.0.113.20", at: 70_001) == .spentBudget)
        #expect(!history.accepts("abc", from: try ip("203.0.113.77"), at: at(70_002)))
        #expect(history.accepts("abc", from: try ip("198.51.100.7"), at: at(70_002)))
        #expect(history.accepts("abc", from: try ip("10.1.9.9"), at: at(70_002)))
        #expect(history.accepts("other", from: try ip("203.0.113.77"), at: at(70_002)))
        #expect(history.accepts("abc", from: try ip("203.0.113.77"), at: at(70_002 + 86_400)))
    }

    @Test func `a stale phone does not use up the budget of its account`() throws {
        var history = try makeHistory()
        for _ in 0..<1_000 { _ = try fail(&history, from: "198.51.100.7") }
        #expect(history.accepts("abc", from: try ip("203.0.113.77"), at: at(0)))
    }

    @Test func `a table of many phones remembers each, and more when it grows`() throws {
        var history = LoginHistory(phones: 100)
        let source = try ip("198.51.100.7")
        for number in 0..<100 {
            history.succeeded("phone-\(number)", as: .account("\(number)"), from: source, client: client)
        }
        history.resize(phones: 2_000)
        let remembered = (0..<100).count { number in
            let failure = history.failed("phone-\(number)", exists: true, from: source, client: client, at: at(0))
            return failure == .stalePhone(.account("\(number)"))
        }
        // A row of four may be full while others are empty: four times as many places as phones make that rare.
        #expect(remembered >= 97)
    }

    @Test func `names that nobody has take no room and are never guarded`() throws {
        var history = LoginHistory(phones: 8)
        for _ in 0..<100 { #expect(try fail(&history, from: "203.0.113.9", exists: false) == .ordinary) }
        #expect(history.accepts("abc", from: try ip("203.0.113.77"), at: at(0)))
    }
}
