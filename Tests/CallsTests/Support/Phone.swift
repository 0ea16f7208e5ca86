// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP
import Testing

/// A phone that says what the test tells it to, as text, and knows its own password.
struct Phone {
    let username: String
    let number: String
    var flow: Flow
    var client = "TestPhone/1.0"
    private var sequence: UInt32 = 0
    private var counts: [String: UInt32] = [:]
    private var branches = 0
    var callID: String

    init(_ username: String, in office: inout Office, from address: String = "192.0.2.50:50000") throws {
        self.username = username
        number = String(username.split(separator: "-")[1])
        flow = try office.flow(from: address)
        callID = "reg-\(username)"
    }

    static func password(of username: String) -> String { "secret of \(username) 0123456789" }

    var uri: String { "sip:\(username)@\(Office.domain)" }
    var contact: String { "sip:\(username)@192.0.2.50:50000;transport=tls" }

    mutating func branch() -> String {
        branches += 1
        return "z9hG4bK-\(username)-\(flow.id.rawValue)-\(branches)"
    }

    mutating func nextSequence() -> UInt32 {
        sequence += 1
        return sequence
    }

    /// A request outside of dialogs.
    mutating func request(
        _ method: String,
        to target: String,
        from: String? = nil,
        toHeader: String? = nil,
        callID: String? = nil,
        sequence number: UInt32? = nil,
        tag: String = "phone-tag",
        extra: [String] = [],
        body: String = "",
        type: String? = "application/sdp"
    ) -> String {
        let sequence = number ?? nextSequence()
        var lines = [
            "\(method) \(target) SIP/2.0",
            "Via: SIP/2.0/TLS 192.0.2.50:50000;branch=\(branch());rport",
            "Max-Forwards: 70",
            "From: <\(from ?? uri)>;tag=\(tag)",
            "To: \(toHeader ?? "<\(target)>")",
            "Call-ID: \(callID ?? self.callID)",
            "CSeq: \(sequence) \(method)",
            "User-Agent: \(client)",
        ]
        lines += extra
        if !body.isEmpty, let type { lines.append("Content-Type: \(type)") }
        lines.append("Content-Length: \(body.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    /// The `Authorization` field that answers a challenge.
    mutating func authorization(
        for challenge: Message,
        method: String,
        uri: String,
        password: String? = nil,
        username other: String? = nil,
        count: UInt32? = nil
    ) throws -> String {
        let asked = try #require(try challenge.challenge(.wwwAuthenticate))
        let nonce = challenge.string(asked.nonce)
        let algorithm = asked.algorithm ?? .md5
        counts[nonce, default: 0] += 1
        let number = count ?? counts[nonce, default: 1]
        let name = other ?? username
        let secret = HA1(
            algorithm: algorithm,
            username: name,
            realm: Office.domain,
            password: password ?? Self.password(of: username)
        )
        let text = String(number, radix: 16)
        let nc = String(repeating: "0", count: 8 - text.count) + text
        let response = Digest.response(
            ha1: secret,
            nonce: nonce,
            nc: number,
            cnonce: "c0ffee",
            qop: "auth",
            method: Method(method),
            uri: uri
        )
        return
            "Authorization: Digest username=\"\(name)\", realm=\"\(Office.domain)\", nonce=\"\(nonce)\", uri=\"\(uri)\", "
            + "response=\"\(response)\", algorithm=\(algorithm.rawValue), cnonce=\"c0ffee\", qop=auth, nc=\(nc)"
    }

    /// Sends a request, answers the challenge, and returns what came after it.
    mutating func ask(
        _ office: inout Office,
        _ method: String,
        to target: String,
        from: String? = nil,
        toHeader: String? = nil,
        callID: String? = nil,
        tag: String = "phone-tag",
        extra: [String] = [],
        body: String = "",
        type: String? = "application/sdp",
        password: String? = nil
    ) throws -> [Message] {
        let first = request(
            method,
            to: target,
            from: from,
            toHeader: toHeader,
            callID: callID,
            tag: tag,
            extra: extra,
            body: body,
            type: type
        )
        office.deliver(first, on: flow)
        let challenge = try #require(office.received(on: flow).last)
        #expect(challenge.status == 401)
        let proof = try authorization(for: challenge, method: method, uri: target, password: password)
        let second = request(
            method,
            to: target,
            from: from,
            toHeader: toHeader,
            callID: callID,
            tag: tag,
            extra: extra + [proof],
            body: body,
            type: type
        )
        office.deliver(second, on: flow)
        return office.received(on: flow)
    }

    @discardableResult
    mutating func register(
        _ office: inout Office,
        contact other: String? = nil,
        expires: Int = 600,
        password: String? = nil
    ) throws -> Message {
        let field = "Contact: <\(other ?? contact)>;expires=\(expires)"
        return try register(&office, fields: [field], password: password)
    }

    /// Registers with these fields and no others; the answer to its login.
    mutating func register(_ office: inout Office, fields: [String], password: String? = nil) throws -> Message {
        let answers = try ask(
            &office,
            "REGISTER",
            to: "sip:\(Office.domain)",
            toHeader: "<\(uri)>",
            extra: fields,
            password: password
        )
        return try #require(answers.last)
    }

    /// Places a call and returns what came back, 100 first.
    mutating func call(
        _ office: inout Office,
        _ target: String,
        callID: String = "call-1",
        sdp: String = SDP.offer()
    ) throws -> [Message] {
        try ask(
            &office,
            "INVITE",
            to: "sip:\(target)@\(Office.domain)",
            callID: callID,
            extra: ["Contact: <\(contact)>"],
            body: sdp
        )
    }

    /// A response to a request that reached this phone.
    func answer(
        _ request: Message,
        _ status: Int,
        tag: String? = "callee-tag",
        extra: [String] = [],
        sdp: String = ""
    ) -> String {
        var lines = ["SIP/2.0 \(status) Whatever"]
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            var value = request.first(named: name).map { request.string($0) } ?? ""
            if name == "To", let tag, status > 100, !value.contains(";tag=") { value += ";tag=\(tag)" }
            lines.append("\(name): \(value)")
        }
        lines.append("Contact: <\(contact)>")
        lines += extra
        if !sdp.isEmpty { lines.append("Content-Type: application/sdp") }
        lines.append("Content-Length: \(sdp.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + sdp
    }

    /// Takes a request back that was answered provisionally (RFC 3261 §9.1).
    func cancel(_ provisional: Message, to target: String) -> String {
        let text = { (name: String) in provisional.first(named: name).map { provisional.string($0) } ?? "" }
        let sequence = text("CSeq").split(separator: " ").first ?? ""
        let lines = [
            "CANCEL \(target) SIP/2.0", "Via: \(text("Via"))", "Max-Forwards: 70", "From: \(text("From"))",
            "To: <\(target)>", "Call-ID: \(text("Call-ID"))", "CSeq: \(sequence) CANCEL", "Content-Length: 0",
        ]
        return lines.joined(separator: "\r\n") + "\r\n\r\n"
    }

    /// A request inside the dialog that `response` made for this phone as the caller.
    mutating func inDialog(
        _ method: String,
        of response: Message,
        sequence: UInt32? = nil,
        extra: [String] = [],
        sdp: String = ""
    ) -> String {
        let text = { (name: String) in response.first(named: name).map { response.string($0) } ?? "" }
        let target = text("Contact").trimmingBrackets
        return raw(
            method,
            target: target,
            from: text("From"),
            to: text("To"),
            callID: text("Call-ID"),
            sequence: sequence,
            extra: extra,
            sdp: sdp
        )
    }

    /// A request inside the dialog that `invite` made for this phone as the callee.
    mutating func inDialog(
        _ method: String,
        from invite: Message,
        tag: String = "callee-tag",
        sequence: UInt32? = nil,
        extra: [String] = [],
        sdp: String = ""
    ) -> String {
        let text = { (name: String) in invite.first(named: name).map { invite.string($0) } ?? "" }
        let target = text("Contact").trimmingBrackets
        return raw(
            method,
            target: target,
            from: text("To") + ";tag=\(tag)",
            to: text("From"),
            callID: text("Call-ID"),
            sequence: sequence,
            extra: extra,
            sdp: sdp
        )
    }

    private mutating func raw(
        _ method: String,
        target: String,
        from: String,
        to: String,
        callID: String,
        sequence: UInt32?,
        extra: [String],
        sdp: String
    ) -> String {
        var lines = [
            "\(method) \(target) SIP/2.0",
            "Via: SIP/2.0/TLS 192.0.2.50:50000;branch=\(branch());rport",
            "Max-Forwards: 70",
            "From: \(from)",
            "To: \(to)",
            "Call-ID: \(callID)",
            "CSeq: \(sequence ?? nextSequence()) \(method)",
            "Contact: <\(contact)>",
            "User-Agent: \(client)",
        ]
        lines += extra
        if !sdp.isEmpty { lines.append("Content-Type: application/sdp") }
        lines.append("Content-Length: \(sdp.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + sdp
    }
}

extension String {
    fileprivate var trimmingBrackets: String { String(drop { $0 == "<" }.prefix { $0 != ">" }) }
}
