// SPDX-License-Identifier: Apache-2.0

import Admin
import Crypto
import Foundation
import Guard
import Model
import Primitives
import Synchronization
import Testing

@testable import Server

@Suite("Letters by libcurl")
struct CurlCourierTests {
    private static let loopback = [IPAddress(v4: 0x7F00_0001)]
    private static let later = WallTime(milliseconds: 4_000_000_000_000)
    private let business: DomainName
    private let letter: AlertLetter
    private let key = Redacted(String(repeating: "k", count: 64))

    init() throws {
        business = try #require(DomainName(parsing: "pbx.test"))
        let owner = try #require(ShortName(parsing: "owner"))
        let finding = Finding(
            Finding.Code(.banned),
            .critical,
            "An attack is in progress; its source is shut out.",
            evidence: ".\r\nFrom ../\u{202E}é👍<script>",
            remedy: "x"
        )
        let time = WallTime(milliseconds: 1_800_000_000_000)
        let id = "00112233445566778899aabbccddeeff"
        letter = AlertLetter(AlertMessage(id: id, channel: owner, .init(at: time, finding), due: time), of: business)
    }

    private func mail(
        _ sink: AlertSink,
        security: MailWay.Security = .startTLS,
        user: String? = nil,
        secret: String? = nil,
        host: String = "hooks.test",
        allowsPrivate: Bool = true,
        trusts authority: String? = nil
    ) throws -> AlertChannelAccess {
        let way = MailWay(
            server: try #require(DomainName(parsing: host)),
            port: UInt16(sink.port),
            security: security,
            username: user,
            from: try #require(MailAddress(parsing: "pbx@pbx.test")),
            to: [try #require(MailAddress(parsing: "a@pbx.test")), try #require(MailAddress(parsing: "b@pbx.test"))]
        )
        return try access(.mail(way), secret, allowsPrivate, authority ?? sink.authority)
    }

    private func hook(
        _ sink: AlertSink,
        host: String = "hooks.test",
        allowsPrivate: Bool = true
    ) throws
        -> AlertChannelAccess
    {
        let address = try #require(WebhookAddress(parsing: "https://\(host):\(sink.port)/x?y=z"))
        return try access(.webhook(.init(address: address)), key.reveal { copy $0 }, allowsPrivate, sink.authority)
    }

    private func log(
        _ sink: AlertSink,
        host: String = "hooks.test",
        allowsPrivate: Bool = true
    ) throws
        -> AlertChannelAccess
    {
        let way = SyslogWay(server: try #require(DomainName(parsing: host)), port: UInt16(sink.port))
        return try access(.syslog(way), nil, allowsPrivate, sink.authority)
    }

    private func access(
        _ way: AlertChannel.Way,
        _ secret: String?,
        _ allowsPrivate: Bool,
        _ authority: String
    ) throws -> AlertChannelAccess {
        let channel = AlertChannel(
            name: try #require(ShortName(parsing: "owner")),
            way: way,
            allowPrivate: allowsPrivate ? PrivateReach(reason: "test", grantedBy: "test", until: Self.later) : nil,
            authority: authority,
            createdAt: WallTime(milliseconds: 0)
        )
        return AlertChannelAccess(channel, secret: secret.map(Redacted.init))
    }

    /// Why it was not taken; `nil` when it was.
    private func failure(_ access: AlertChannelAccess, leadsTo addresses: [IPAddress] = loopback) async -> String? {
        do throws(DeliveryFailure) {
            try await CurlCourier(resolve: { _ in addresses }).deliver(letter, over: access)
            return nil
        } catch {
            return error.words
        }
    }

    @Test func `a mail arrives encrypted, after STARTTLS and the login and not before`() async throws {
        let sink = try await AlertSink.open(.mail(offersTLS: true))
        #expect(try await failure(mail(sink, user: "pbx", secret: "secret")) == nil)
        let got = try #require(sink.letters.first)
        #expect(got.isEncrypted && got.login != nil)
        #expect(
            sink.lines.filter { $0.hasPrefix("CLEAR") }.allSatisfy { $0.contains("EHLO") || $0.contains("STARTTLS") }
        )
        #expect(sink.lines.contains { $0.hasPrefix("MAIL FROM:<pbx@pbx.test>") })
        #expect(sink.lines.contains("RCPT TO:<a@pbx.test>") && sink.lines.contains("RCPT TO:<b@pbx.test>"))
        #expect(got.text.contains("Message-ID: <00112233445566778899aabbccddeeff@pbx.test>"))
        #expect(got.text.contains("Date: Fri, 15 Jan 2027 08:00:00 +0000"))
        await sink.close()
        #expect(try await failure(mail(sink))?.contains("cannot be reached") == true)
    }

    @Test func `over TLS from the first byte too`() async throws {
        let sink = try await AlertSink.open(.secureMail)
        #expect(try await failure(mail(sink, security: .tls)) == nil)
        #expect(sink.letters.count == 1)
        await sink.close()
    }

    @Test func `a mail server that offers no encryption gets nothing`() async throws {
        let sink = try await AlertSink.open(.mail(offersTLS: false))
        let why = try await failure(mail(sink, user: "pbx", secret: "secret"))
        #expect(why == "the mail server offers no encryption, and nothing is sent without")
        #expect(sink.letters.isEmpty && !sink.lines.contains { $0.contains("AUTH") || $0.contains("MAIL") })
        await sink.close()
    }

    @Test func `a certificate of a stranger, or for another name, gets no password`() async throws {
        let sink = try await AlertSink.open(.mail(offersTLS: true))
        let stranger = try CertificateAuthority(for: "stranger", at: .now).rootPEM
        let why = try await failure(mail(sink, user: "pbx", secret: "secret", trusts: stranger))
        #expect(why?.contains("certificate of the mail server is not to be trusted") == true)
        let other = try await failure(mail(sink, user: "pbx", secret: "secret", host: "other.test"))
        #expect(other?.contains("certificate of the mail server is not to be trusted") == true)
        #expect(!sink.lines.contains { $0.contains("AUTH") })
        await sink.close()
    }

    @Test func `a wrong password and a mail that is refused are said in words, and tried again or let pass`()
        async throws
    {
        let sink = try await AlertSink.open(.mail(offersTLS: true))
        let why = try await failure(mail(sink, user: "pbx", secret: "wrong"))
        #expect(why?.contains("refuses our user name or password") == true)
        #expect(why?.contains("wrong") == false)
        sink.state.withLock { $0.answers = ["451 later", "554 never"] }
        for (isOfMessage, code) in [(false, "451"), (true, "554")] {
            let access = try mail(sink)
            let error = await #expect(throws: DeliveryFailure.self) {
                try await CurlCourier(resolve: { _ in Self.loopback }).deliver(letter, over: access)
            }
            #expect(error?.isOfMessage == isOfMessage && error?.words.contains(code) == true)
        }
        await sink.close()
    }

    @Test func `a collector of logs gets a counted record for each alert, of one line, over TLS (RFC 5425 §4.3)`()
        async throws
    {
        let sink = try await AlertSink.open(.log())
        #expect(await failure(try log(sink)) == nil)
        let text = sink.letters.map(\.text).joined()
        let parts = text.split(separator: " ", maxSplits: 1)
        #expect(Int(parts[0]) == parts[1].utf8.count)
        #expect(parts[1].hasPrefix("<82>1 2027-01-15T08:00:00.000Z pbx.test ringfence - event.banned - \u{FEFF}{"))
        #expect(!parts[1].utf8.contains { $0 < 0x20 } && !parts[1].contains("\u{202E}"))
        await sink.close()
        #expect(try await failure(log(sink))?.contains("cannot be reached") == true)
    }

    @Test func `a collector that is somebody else, or lets nobody in, has taken nothing`() async throws {
        let sink = try await AlertSink.open(.log())
        let other = try await failure(log(sink, host: "other.test"))
        #expect(other?.contains("certificate of the collector of logs is not to be trusted") == true)
        #expect(sink.letters.isEmpty)
        await sink.close()
        let closed = try await AlertSink.open(.log(wantsCertificate: true))
        // It says so after our first bytes, on a busy machine later than we listen.
        var words: String?
        for _ in 0..<5 where words == nil { words = try await failure(log(closed)) }
        #expect(words != nil && closed.letters.isEmpty)
        await closed.close()
    }

    @Test func `P10 a name that leads inside is not even connected to without leave`() async throws {
        for kind in [AlertSink.Kind.mail(offersTLS: true), .web(status: "204 No Content")] {
            let sink = try await AlertSink.open(kind)
            let isMail = if case .mail = kind { true } else { false }
            let inside = isMail ? try mail(sink, allowsPrivate: false) : try hook(sink, allowsPrivate: false)
            #expect(await failure(inside)?.contains("127.0.0.1 is inside") == true)
            // A second answer of DNS beside a good one spoils it.
            let rebound = await failure(inside, leadsTo: [IPAddress(v4: 0x0808_0808)] + Self.loopback)
            #expect(rebound?.contains("is inside") == true)
            let metadata = await failure(
                isMail ? try mail(sink) : try hook(sink),
                leadsTo: [IPAddress(v4: 0xA9FE_A9FE)]
            )
            #expect(metadata?.contains("for something else") == true)
            #expect(sink.connections == 0)
            await sink.close()
        }
        #expect(await failure(try hook(try await AlertSink.open(.web(status: "204 No Content"))), leadsTo: []) != nil)
    }

    @Test func `P10 leave to lead inside ends by itself`() async throws {
        let sink = try await AlertSink.open(.web(status: "204 No Content"))
        let access = try hook(sink)
        let error = await #expect(throws: DeliveryFailure.self) {
            try await CurlCourier(resolve: { _ in Self.loopback }, now: { Self.later }).deliver(letter, over: access)
        }
        #expect(error?.words.contains("the leave for that has ended") == true && sink.connections == 0)
        await sink.close()
    }

    @Test func `P10 libcurl is held to the addresses that were judged, and asks no proxy`() async throws {
        setenv("https_proxy", "http://127.0.0.1:9", 1)
        setenv("ALL_PROXY", "http://127.0.0.1:9", 1)
        defer {
            unsetenv("https_proxy")
            unsetenv("ALL_PROXY")
        }
        let sink = try await AlertSink.open(.web(status: "204 No Content"))
        // No name service knows hooks.test (RFC 6761 §6.2).
        #expect(await failure(try hook(sink)) == nil)
        #expect(sink.letters.count == 1)
        await sink.close()
    }

    @Test func `a webhook is signed with its time, and its receiver can check that`() async throws {
        let sink = try await AlertSink.open(.web(status: "200 OK", fields: ["Content-Length: 0"]))
        #expect(await failure(try hook(sink)) == nil)
        let text = try #require(sink.letters.first).text
        #expect(text.hasPrefix("POST /x?y=z HTTP/1.1\r\nHost: hooks.test:"))
        let body = try #require(text.components(separatedBy: "\r\n\r\n").last)
        let stamp = try #require(text.firstMatch(of: /Ringfence-Timestamp: (\d+)\r\n/)).output.1
        let code = try #require(text.firstMatch(of: /Ringfence-Signature: v1=([0-9a-f]{64})\r\n/)).output.1
        let secret = SymmetricKey(data: Array(key.reveal { copy $0 }.utf8))
        let signed = Array("\(stamp).\(body)".utf8)
        #expect(HMAC<SHA256>.isValidAuthenticationCode(Hex.decode(code) ?? [], authenticating: signed, using: secret))
        #expect(abs((Int64(stamp) ?? 0) - SystemClock.wall.milliseconds / 1_000) < 60)
        #expect(text.contains("Ringfence-Delivery: 00112233445566778899aabbccddeeff\r\n"))
        #expect(try JSONSerialization.jsonObject(with: Data(body.utf8)) is [String: Any])
        await sink.close()
    }

    @Test(arguments: [
        ("302 Found", "sends elsewhere"), ("301 Moved", "sends elsewhere"), ("404 Not Found", "HTTP 404"),
        ("500 Oops", "HTTP 500"), ("400 Bad Request", "refuses it"),
    ])
    func `P10 a redirect is not followed, and what is no yes is no yes`(status: String, words: String) async throws {
        let other = try await AlertSink.open(.web(status: "204 No Content"))
        let fields = ["Location: https://hooks.test:\(other.port)/elsewhere", "Content-Length: 0"]
        let sink = try await AlertSink.open(.web(status: status, fields: fields))
        #expect(await failure(try hook(sink))?.contains(words) == true)
        #expect(sink.letters.count == 1 && other.connections == 0)
        await sink.close()
        await other.close()
    }

    @Test func `an answer without end is cut off, and a yes before it is a yes`() async throws {
        for (status, isTaken) in [("200 OK", true), ("503 Service Unavailable", false)] {
            let sink = try await AlertSink.open(.web(status: status, body: 4 << 20))
            #expect(await (failure(try hook(sink)) == nil) == isTaken)
            await sink.close()
        }
    }
}
