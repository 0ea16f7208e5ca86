// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import SIP
import Testing

@Suite("Control intrusion-detection, RFC 3261 §8.2.1, §16.3, §22.1, RFC 7616 §5.6 and RFC 8760 §2.3, §2.4: strangers")
struct AuthenticationTests {
    static let methods = ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH", "REFER", "NONSENSE"]

    @Test(arguments: methods)
    func `R02 a stranger gets the same challenge whatever name it says`(method: String) throws {
        let answers = try ["101", "999", "phone-101-000001", "phone-999-000001"].map { name in
            var office = try Office()
            var phone = try Phone("phone-101-000001", in: &office)
            let target = method == "REGISTER" ? "sip:\(Office.domain)" : "sip:\(name)@\(Office.domain)"
            let text = phone.request(
                method,
                to: target,
                from: "sip:x@\(Office.domain)",
                toHeader: "<sip:x@\(Office.domain)>"
            )
            office.deliver(text, on: phone.flow)
            let answer = try #require(office.received(on: phone.flow).last)
            #expect(answer.status == 401)
            return String(decoding: answer.bytes, as: UTF8.self)
        }
        #expect(Set(answers).count == 1)
    }

    @Test func `R03 a wrong secret and an unknown name get the same bytes`() throws {
        let answers = try [false, true].map { isKnown in
            var office = try Office()
            var phone = try Phone("phone-101-000001", in: &office)
            office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)"), on: phone.flow)
            let challenge = try #require(office.received(on: phone.flow).last)
            let proof = try phone.authorization(
                for: challenge,
                method: "REGISTER",
                uri: "sip:\(Office.domain)",
                password: "wrong",
                username: isKnown ? "phone-101-000001" : "phone-999-999999"
            )
            office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)", extra: [proof]), on: phone.flow)
            let answer = try #require(office.received(on: phone.flow).last)
            #expect(office.events.map(\.kind) == [.failedLogin])
            return String(decoding: answer.bytes, as: UTF8.self)
        }
        #expect(Set(answers).count == 1)
    }

    @Test func `C01 guessing closes the connection after five wrong secrets`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        for _ in 0..<5 { #expect(try phone.register(&office, password: "wrong").status == 401) }
        #expect(office.closed == [phone.flow.id])
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `C03 a captured answer to a challenge works once`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)"), on: phone.flow)
        let challenge = try #require(office.received(on: phone.flow).last)
        let proof = try phone.authorization(for: challenge, method: "REGISTER", uri: "sip:\(Office.domain)")
        let say = { (phone: inout Phone, office: inout Office) in
            let text = phone.request("REGISTER", to: "sip:\(Office.domain)", toHeader: "<\(phone.uri)>", extra: [proof])
            office.deliver(text, on: phone.flow)
            return try #require(office.received(on: phone.flow).last)
        }
        #expect(try say(&phone, &office).status == 200)
        let replayed = try say(&phone, &office)
        #expect(replayed.status == 401)
        #expect(try replayed.challenge(.wwwAuthenticate)?.stale == true)
        #expect(office.events.map(\.kind) == [.replayedNonce])
    }

    @Test func `C03 a captured answer does not work from another address`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)"), on: phone.flow)
        let challenge = try #require(office.received(on: phone.flow).last)
        let proof = try phone.authorization(for: challenge, method: "REGISTER", uri: "sip:\(Office.domain)")
        phone.flow = try office.flow(from: "198.51.100.66:50000")
        office.deliver(
            phone.request("REGISTER", to: "sip:\(Office.domain)", toHeader: "<\(phone.uri)>", extra: [proof]),
            on: phone.flow
        )
        #expect(office.received(on: phone.flow).last?.status == 401)
        #expect(office.switchboard.registrations().isEmpty)
    }

    @Test func `C04 an answer made for one number cannot be moved to another`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let target = "sip:102@\(Office.domain)"
        office.deliver(phone.request("INVITE", to: target, body: SDP.offer()), on: phone.flow)
        let challenge = try #require(office.received(on: phone.flow).last)
        let proof = try phone.authorization(for: challenge, method: "INVITE", uri: target)
        let moved = phone.request("INVITE", to: "sip:103@\(Office.domain)", extra: [proof], body: SDP.offer())
        office.deliver(moved, on: phone.flow)
        #expect(office.received(on: phone.flow).last?.status == 401)
        #expect(office.records.isEmpty)
    }

    @Test(arguments: [
        ("baresip v1.0.0 (x86_64/linux)", Transport.tls, ["MD5"]), ("baresip v4.10.0", .tls, ["SHA-256"]),
        ("Linphone/5.1.65", .tls, ["SHA-256", "MD5"]), ("anything", .tls, ["SHA-256", "MD5"]),
        ("anything", .wss, ["SHA-256", "MD5"]), ("anything", .tcp, ["SHA-256"]),
    ])
    func `C05 a phone is asked for the strongest first, and for MD5 where nobody can read it`(
        client: String,
        transport: Transport,
        algorithms: [String]
    ) throws {
        let heard = try ["101", "999", "phone-101-000001"].map { name in
            var office = try Office()
            var phone = try Phone("phone-101-000001", in: &office)
            (phone.flow, phone.client) = (try office.flow(over: transport), client)
            let from = "sip:\(name)@\(Office.domain)"
            office.deliver(phone.request("REGISTER", to: "sip:\(Office.domain)", from: from), on: phone.flow)
            return try #require(office.received(on: phone.flow).last)
        }
        for answer in heard {
            let lines = answer.lines(of: "WWW-Authenticate")
            #expect(lines.map { $0.after("algorithm=") } == algorithms)
            #expect(Set(lines.map { $0.after("nonce=") }).count == 1)
        }
        #expect(Set(heard.map { $0.lines(of: "WWW-Authenticate") }).count == 1)
    }

    @Test func `C05 a phone that knows MD5 only logs in over TLS, and not where its account was narrowed`() throws {
        for isNarrowed in [false, true] {
            var office = try Office()
            if isNarrowed { try office.narrow() }
            var phone = try Phone("phone-101-000001", in: &office)
            let uri = "sip:\(Office.domain)"
            office.deliver(phone.request("REGISTER", to: uri), on: phone.flow)
            let asked = try #require(office.received(on: phone.flow).last)
            // As a phone reads it that skips what it cannot compute.
            let text = String(decoding: asked.bytes, as: UTF8.self)
            let second = text.split(separator: "\r\n").filter { !$0.contains("SHA-256") }.joined(separator: "\r\n")
            let challenge = try Message(parsing: Array((second + "\r\n\r\n").utf8).span)
            let proof = try phone.authorization(for: challenge, method: "REGISTER", uri: uri)
            #expect(proof.contains("algorithm=MD5"))
            let fields = ["Contact: <\(phone.contact)>", proof]
            office.deliver(
                phone.request("REGISTER", to: uri, toHeader: "<\(phone.uri)>", extra: fields),
                on: phone.flow
            )
            #expect(office.received(on: phone.flow).last?.status == (isNarrowed ? 401 : 200))
        }
    }

    @Test(arguments: [-1, -3_600, -1_800_000_000])
    func `a login with a nonce from before the clock stepped back is asked for again, and nobody is accused`(
        seconds: Int
    ) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let uri = "sip:\(Office.domain)"
        office.deliver(phone.request("REGISTER", to: uri), on: phone.flow)
        let challenge = try #require(office.received(on: phone.flow).last)
        office.stepClock(.seconds(seconds))
        let proof = try phone.authorization(for: challenge, method: "REGISTER", uri: uri)
        office.deliver(phone.request("REGISTER", to: uri, extra: [proof]), on: phone.flow)
        let answer = try #require(office.received(on: phone.flow).last)
        #expect(try answer.status == 401 && answer.challenge(.wwwAuthenticate)?.stale == true)
        #expect(office.events.isEmpty)
    }

    @Test func `R01 a scanner hears nothing`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        phone.client = "friendly-scanner"
        office.deliver(phone.request("OPTIONS", to: "sip:100@\(Office.domain)"), on: phone.flow)
        #expect(office.received(on: phone.flow).isEmpty)
        #expect(office.events.map(\.kind) == [.scanner])
    }

    @Test func `S02 a stranger gets the same challenge for another host's name, and nothing is sent there`() throws {
        let answers = try ["victim.example", Office.domain].map { host in
            var office = try Office()
            var phone = try Phone("phone-101-000001", in: &office)
            let text = phone.request("INVITE", to: "sip:x@\(host)", toHeader: "<sip:x@\(Office.domain)>")
            office.deliver(text, on: phone.flow)
            let answer = try #require(office.received(on: phone.flow).last)
            return String(decoding: answer.bytes, as: UTF8.self)
        }
        #expect(answers[0].hasPrefix("SIP/2.0 401 "))
        #expect(answers[0] == answers[1])
    }

    @Test(arguments: [
        ("sip:x@victim.example", nil, 404), ("sip:102@office.example", "<sip:victim.example;lr>", 403),
        ("sip:102@office.example", "<sip:office.example;lr>, <sip:carrier.example;lr>", 403),
    ])
    func `S02 a phone that asks for another host is told so, and nothing is sent there`(
        target: String,
        route: String?,
        status: Int
    ) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let extra = route.map { ["Route: \($0)"] } ?? []
        #expect(try phone.ask(&office, "OPTIONS", to: target, extra: extra).last?.status == status)
        #expect(office.records.isEmpty)
    }

    @Test func `S02 over UDP another host's name is no reason to talk`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let udp = try office.flow(over: .udp)
        office.deliver(phone.request("INVITE", to: "sip:x@victim.example"), on: udp)
        #expect(office.received(on: udp).isEmpty)
    }

    @Test func `S03 a made-up tag is no way around the challenge`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        for method in ["BYE", "INVITE", "OPTIONS", "NOTIFY"] {
            let text = phone.request(
                method,
                to: "sip:101@\(Office.domain)",
                toHeader: "<sip:101@\(Office.domain)>;tag=made-up"
            )
            office.deliver(text, on: phone.flow)
            #expect(office.received(on: phone.flow).map(\.status) == [481])
        }
        let ack = phone.request(
            "ACK",
            to: "sip:101@\(Office.domain)",
            toHeader: "<sip:101@\(Office.domain)>;tag=made-up"
        )
        office.deliver(ack, on: phone.flow)
        #expect(office.received(on: phone.flow).isEmpty)
    }

    /// RFC 3261 §20.7 and §22.3: a proxy or a border controller on the way has credentials of its own.
    @Test(arguments: [
        [
            "Authorization: Digest username=\"a\", realm=\"proxy.example\", nonce=\"n\", uri=\"sip:x\", response=\"\(zeros)\""
        ],
        [
            "Authorization: Basic YTpi",
            "Authorization: Digest username=\"a\", realm=\"OFFICE.EXAMPLE\", nonce=\"n\", "
                + "uri=\"sip:x\", response=\"\(zeros)\"",
        ],
    ])
    func `credentials for another realm are somebody else's, wherever they stand`(others: [String]) throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        let fields = ["Contact: <\(phone.contact)>"]
        #expect(try phone.register(&office, fields: fields + others).status == 200)
        // And with nobody's of ours it is a request without a login, not a wrong one.
        office.deliver(phone.request("OPTIONS", to: "sip:\(Office.domain)", extra: others), on: phone.flow)
        #expect(office.received(on: phone.flow).map(\.status) == [401])
        #expect(office.events.isEmpty)
    }

    private static let zeros = String(repeating: "0", count: 64)

    @Test func `unknown methods are told apart only after the secret was right`() throws {
        var office = try Office()
        var phone = try Phone("phone-101-000001", in: &office)
        #expect(try phone.ask(&office, "PUBLISH", to: "sip:102@\(Office.domain)").last?.status == 405)
        #expect(try phone.ask(&office, "NONSENSE", to: "sip:102@\(Office.domain)").last?.status == 501)
    }

    @Test func `what is not SIP closes a connection and leaves nothing behind`() throws {
        var office = try Office()
        let flow = try office.flow()
        office.deliver("GET / HTTP/1.1\r\nHost: pbx\r\n\r\n", on: flow)
        #expect(office.closed == [flow.id])
        #expect(office.switchboard.figures.malformed == 1)
    }
}

extension Message {
    /// The values of all fields of this name, as they are written.
    fileprivate func lines(of name: String) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").filter { $0.hasPrefix(name + ": ") }
            .map { String($0.dropFirst(name.utf8.count + 2)) }
    }
}

extension String {
    /// The value of a parameter, without what follows its comma.
    fileprivate func after(_ name: String) -> String {
        guard let place = firstRange(of: name) else { return "" }
        return String(self[place.upperBound...].prefix { $0 != "," })
    }
}
