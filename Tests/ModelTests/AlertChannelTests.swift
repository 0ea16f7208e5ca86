// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@Suite("Where people are told")
struct AlertChannelTests {
    @Test(arguments: [
        "owner@example.com", "first.last+pbx@mail.example.com", "x@localhost", "o'neill@example.com",
        "a!#$%&*/=?^_`{|}~-@example.com",
    ])
    func `a plain mail address is one`(text: String) throws {
        #expect(MailAddress(parsing: text)?.text == text)
    }

    @Test(arguments: [
        "", "@", "owner", "owner@", "@example.com", "a@b@example.com", "a b@example.com", ".a@example.com",
        "a.@example.com", "a..b@example.com", "\"a b\"@example.com", "a@[192.0.2.1]", "a@192.0.2.1",
        "a@example.com\r\nBcc: thief@evil.example", "a\r\n@example.com", "a\0@example.com", "a@exa\u{202E}mple.com",
        "<a@example.com>", "a(b)@example.com", "a@example.com,b@example.com", "ä@example.com",
        String(repeating: "a", count: 65) + "@example.com", "a@\(String(repeating: "a.", count: 130))com",
    ])
    func `whatever could be more than one address, or end a line, is none`(text: String) {
        #expect(MailAddress(parsing: text) == nil)
    }

    @Test func `a webhook is HTTPS with a host, a port perhaps and a path`() throws {
        let short = try #require(WebhookAddress(parsing: "https://Hooks.Example.com"))
        #expect(short.text == "https://hooks.example.com/" && short.port == 443)
        let long = try #require(WebhookAddress(parsing: "https://hooks.example.com:8443/a/b?token=x%20y&z=1"))
        #expect(long.port == 8_443 && long.path == "/a/b?token=x%20y&z=1")
        #expect(WebhookAddress(parsing: long.text) == long)
        let number = try #require(WebhookAddress(parsing: "https://[2001:4860:4860::8888]:444/x"))
        #expect(number.host.text == "[2001:4860:4860::8888]" && number.port == 444)
    }

    @Test(arguments: [
        "", "http://hooks.example.com/", "https://", "https:///x", "https://user@hooks.example.com/",
        "https://user:pass@hooks.example.com/", "https://hooks.example.com:0/", "https://hooks.example.com:65536/",
        "https://hooks.example.com:/", "https://hooks.example.com:+1/", "https://hooks.example.com/#x",
        "https://hooks.example.com?x", "https://hooks.example.com/a b", "https://hooks.example.com/\r\nHost: x",
        "https://hooks.example.com/\u{202E}", "https://hooks.example.com\\@evil.example/", "https://[::1",
        "https://[x]/",
        "https://[127.0.0.1]/", "file:///etc/passwd", "gopher://hooks.example.com/", "smtp://mail.example.com/",
        "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://017700000001/",
        "https://hooks.example.com/" + String(repeating: "a", count: 1_024),
    ])
    func `P10 another scheme, a user, a fragment, an address in disguise or the end of a line is no webhook`(
        text: String
    ) {
        #expect(WebhookAddress(parsing: text) == nil)
    }

    @Test func `a channel is kept and read as it was, of each kind`() throws {
        let name = try #require(ShortName(parsing: "owner"))
        let from = try #require(MailAddress(parsing: "pbx@example.com"))
        let host = try #require(DomainName(parsing: "mail.example.com"))
        let hook = try #require(WebhookAddress(parsing: "https://hooks.example.com/x"))
        let mail = MailWay(server: host, security: .tls, username: "pbx", from: from, to: [from])
        #expect(mail.port == 465 && MailWay(server: host, from: from, to: [from]).port == 587)
        let log = SyslogWay(server: host)
        #expect(log.port == 6_514)
        for way in [AlertChannel.Way.mail(mail), .webhook(WebhookWay(address: hook)), .syslog(log)] {
            let channel = AlertChannel(
                name: name,
                way: way,
                hears: AlertChoice(least: .warning, groups: [.fraud, .service]),
                allowPrivate: PrivateReach(reason: "lab", grantedBy: "root"),
                createdAt: WallTime(milliseconds: 1)
            )
            let data = try JSONEncoder().encode(channel)
            #expect(try JSONDecoder().decode(AlertChannel.self, from: data) == channel)
        }
    }

    @Test func `what a channel hears is chosen by severity and by group`() {
        let stopped = Finding(Finding.Code(.callsStopped), .critical, "x")
        let disk = Finding("disk-space", .warning, "x")
        #expect(stopped.code.group == .fraud && disk.code.group == .service)
        #expect(Finding.Code(rawValue: "event.unheard-of").group == .service)
        #expect(AlertChoice().includes(stopped) && AlertChoice().includes(disk))
        #expect(!AlertChoice(least: .critical).includes(disk))
        #expect(AlertChoice(groups: [.service]).includes(disk) && !AlertChoice(groups: [.service]).includes(stopped))
        #expect("\(AlertChoice(least: .warning, groups: [.service, .fraud]))" == "warning and worse of fraud, service")
    }

    @Test func `every kind of event has a group, and what costs money says what was done`() {
        for kind in SecurityEventKind.allCases where kind.group == .fraud {
            guard let alarm = kind.traits.alarm else { continue }
            #expect(alarm.done != nil, "\(kind)")
        }
        #expect(Set(SecurityEventKind.allCases.map(\.group)) == Set(AlertGroup.allCases.filter { $0 != .report }))
        #expect(Finding.Code(rawValue: "report.morning").group == .report)
    }
}
