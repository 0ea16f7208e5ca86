// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@Suite("P10 Where an alert may be delivered to")
struct DeliveryReachTests {
    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "100.63.255.255",
        "100.128.0.0", "198.20.0.0", "223.255.255.255", "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1",
    ])
    func `to public addresses`(text: String) throws {
        #expect(DeliveryReach.obstacle(to: try ip(text), allowingPrivate: false) == nil)
    }

    @Test(arguments: [
        "127.0.0.1", "127.255.255.255", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
        "100.64.0.1", "::1", "fc00::1", "fdff::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3",
    ])
    func `to private ones and to this machine with leave only`(text: String) throws {
        let address = try ip(text)
        #expect(DeliveryReach.obstacle(to: address, allowingPrivate: false) == .inside(address))
        #expect(DeliveryReach.obstacle(to: address, allowingPrivate: true) == nil)
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "100.100.100.200", "168.63.129.16", "::", "fe80::1", "fec0::1", "ff02::1", "fd00:ec2::254", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1", "3fff::1", "::7f00:1", "1234::1",
        "5f00::1",
        "::ffff:169.254.169.254",
    ])
    func `never to what is for something else, whatever leave there is`(text: String) throws {
        let address = try ip(text)
        #expect(DeliveryReach.obstacle(to: address, allowingPrivate: true) == .special(address))
        #expect(DeliveryReach.obstacle(to: address, allowingPrivate: false) != nil)
    }

    @Test func `a name that leads to one forbidden address beside a good one is not asked`() throws {
        let (good, bad) = (try ip("8.8.8.8"), try ip("127.0.0.1"))
        #expect(DeliveryReach.obstacle(to: [good, bad], allowingPrivate: false) == .inside(bad))
        #expect(DeliveryReach.obstacle(to: [good, bad], allowingPrivate: true) == nil)
        #expect(DeliveryReach.obstacle(to: [], allowingPrivate: false) == nil)
    }
}

@Suite("What may be said about a channel for alerts")
struct AlertRulesTests {
    private let name = ShortName(parsing: "owner")
    private let noon = WallTime(milliseconds: 1_800_000_000_000)

    private func mail(
        _ server: String = "mail.example.com",
        people: Int = 1,
        username: String? = nil,
        secret: String? = nil,
        allow reason: String? = nil
    ) throws -> AlertChannelAccess {
        let from = try #require(MailAddress(parsing: "pbx@example.com"))
        let way = MailWay(
            server: try #require(DomainName(parsing: server)),
            username: username,
            from: from,
            to: try (0..<people).map { try #require(MailAddress(parsing: "p\($0)@example.com")) }
        )
        let channel = AlertChannel(
            name: try #require(name),
            way: .mail(way),
            allowPrivate: reason.map { PrivateReach(reason: $0, grantedBy: "root", until: WallTime(milliseconds: 2)) },
            createdAt: noon
        )
        return AlertChannelAccess(channel, secret: secret.map(Redacted.init))
    }

    private func webhook(_ text: String, key: String? = String(repeating: "k", count: 32)) throws -> AlertChannelAccess
    {
        let address = try #require(WebhookAddress(parsing: text))
        let channel = AlertChannel(name: try #require(name), way: .webhook(.init(address: address)), createdAt: noon)
        return AlertChannelAccess(channel, secret: key.map(Redacted.init))
    }

    private func reason(_ access: AlertChannelAccess) -> String? {
        AlertRules.refusal(of: access, in: AlertSettings())?.reason
    }

    @Test func `a mail goes to one to eight people, with a whole login or none`() throws {
        #expect(try reason(mail()) == nil)
        #expect(try reason(mail(people: 8, username: "pbx", secret: "s")) == nil)
        #expect(try reason(mail(people: 0))?.contains("1 to 8 people") == true)
        #expect(try reason(mail(people: 9))?.contains("1 to 8 people") == true)
        #expect(try reason(mail(username: "pbx"))?.contains("without a password") == true)
        #expect(try reason(mail(secret: "s"))?.contains("needs a user name") == true)
        for bad in ["", "a\r\nb", String(repeating: "x", count: 256)] {
            #expect(try reason(mail(username: "pbx", secret: bad)) != nil)
            #expect(try reason(mail(username: bad, secret: "s")) != nil)
        }
    }

    @Test func `P10 an address inside takes leave with a reason, and the machine's own network is never asked`() throws
    {
        #expect(try reason(mail("10.1.0.25"))?.contains("10.1.0.25 is inside") == true)
        #expect(try reason(mail("10.1.0.25", allow: "our mail server; said A. Owner")) == nil)
        #expect(try reason(mail("10.1.0.25", allow: " ")) != nil)
        #expect(try reason(mail("169.254.169.254", allow: "because"))?.contains("something else") == true)
        #expect(try reason(webhook("https://127.0.0.1:8443/x"))?.contains("is inside") == true)
        #expect(try reason(webhook("https://[fd00:ec2::254]/latest")) != nil)
    }

    @Test func `a webhook is signed with a key that nobody guesses`() throws {
        #expect(try reason(webhook("https://hooks.example.com/")) == nil)
        #expect(try reason(webhook("https://hooks.example.com/", key: nil)) != nil)
        #expect(try reason(webhook("https://hooks.example.com/", key: "short")) != nil)
        #expect(try reason(webhook("https://hooks.example.com/", key: String(repeating: "\n", count: 40))) != nil)
    }

    @Test func `eight channels and no more`() throws {
        let access = try mail()
        var list: [AlertChannelAccess] = []
        for index in 0..<8 {
            let other = AlertChannel(
                name: try #require(ShortName(parsing: "c\(index)")),
                way: access.channel.way,
                createdAt: noon
            )
            list.append(AlertChannelAccess(other, secret: nil))
        }
        #expect(AlertRules.refusal(of: access, in: AlertSettings(list))?.problem.contains("No more channels") == true)
        #expect(AlertRules.refusal(of: list[0], in: AlertSettings(list)) == nil, "one that is there may be changed")
    }

    @Test func `a test counts for an hour and five wrong codes, and is used once`() throws {
        let name = try #require(name)
        var standing = ChannelStanding()
        func confirm(_ isRight: Bool, after seconds: Int = 0) -> String? {
            let result = AlertRules.confirm(
                standing,
                of: name,
                by: "alice",
                isRight: isRight,
                at: noon + .seconds(seconds)
            )
            standing = result.standing
            return result.refusal?.reason
        }
        #expect(confirm(true) != nil, "no test was sent")
        (standing.code, standing.codeUntil) = ("hash", noon + AlertRules.codeAge)
        #expect(confirm(true, after: 3_600) != nil, "too late")
        #expect(standing.code == nil && standing.confirmedAt == nil)
        (standing.code, standing.codeUntil) = ("hash", noon + AlertRules.codeAge)
        for _ in 0..<5 { #expect(confirm(false)?.contains("not the code") == true) }
        #expect(confirm(true)?.contains("too often") == true)
        (standing.code, standing.codeUntil, standing.wrongCodes) = ("hash", noon + AlertRules.codeAge, 4)
        #expect(confirm(true, after: 3_599) == nil)
        #expect(standing.confirmedBy == "alice" && standing.code == nil)
        #expect(confirm(true) != nil, "once")
        #expect(AlertRules.isConfirmed(standing, at: noon + .seconds(99 * 86_400)))
        #expect(!AlertRules.isConfirmed(standing, at: noon + .seconds(101 * 86_400)))
        #expect(!AlertRules.isConfirmed(nil, at: noon))
    }
}
