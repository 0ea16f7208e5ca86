// SPDX-License-Identifier: Apache-2.0

import Calls
import Model
import Primitives
import SIP

/// A request that is written once its number, branch and credentials are known.
struct Draft {
    let method: String
    let target: String
    let from: String
    let to: String
    let callID: String
    /// `nil` takes the running number.
    var sequence: Int?
    var fields: [String]
    let body: String
    let type: String

    func text(_ counter: UInt32, authorization: String?) -> String {
        var lines = [
            "\(method) \(target) SIP/2.0", "Via: SIP/2.0/TLS 192.0.2.50:50000;branch=z9hG4bK-\(counter);rport",
            "Max-Forwards: 70", "From: \(from)", "To: \(to)", "Call-ID: \(callID)",
            "CSeq: \(sequence ?? Int(counter)) \(method)",
        ]
        lines += fields
        if let authorization { lines.append(authorization) }
        if !body.isEmpty { lines.append("Content-Type: \(type)") }
        lines.append("Content-Length: \(body.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}

/// One enrolled phone with its secret.
struct FuzzedPhone {
    let username: String
    let number: ExtensionNumber
    let id: DeviceID
    let ha1: HA1

    static let domain = "office.example"
    static let all = ["phone-101-000001", "phone-102-000001", "phone-102-000002", "phone-103-000001"].compactMap {
        FuzzedPhone($0)
    }

    private init?(_ username: String) {
        guard let number = ExtensionNumber(parsing: username.dropFirst(6).prefix(3)),
            let id = DeviceID(parsing: Hex.encode(username.utf8.suffix(8)))
        else { return nil }
        (self.username, self.number, self.id) = (username, number, id)
        ha1 = HA1(algorithm: .sha256, username: username, realm: Self.domain, password: "secret of \(username)")
    }

    /// - Parameter disabled: A bit for each extension, from 101.
    static func snapshot(disabled: UInt8, generation: UInt64) -> Snapshot {
        guard let domain = DomainName(parsing: domain) else { preconditionFailure("the domain is none") }
        let never = WallTime(milliseconds: 0)
        let numbers = Set(all.map(\.number)).sorted()
        return Snapshot(
            generation: generation,
            domain: domain,
            extensions: numbers.enumerated().map { index, number in
                Extension(
                    number: number,
                    name: "Desk \"\(number)\" <&>",
                    isEnabled: disabled & (1 << UInt8(index)) == 0,
                    createdAt: never
                )
            },
            devices: all.map { phone in
                Device(
                    id: phone.id,
                    extension: phone.number,
                    username: phone.username,
                    hashes: DigestHashes(
                        md5: Redacted(phone.hash(.md5)),
                        sha256: Redacted(phone.ha1.hex()),
                        sha512256: Redacted(phone.hash(.sha512256))
                    ),
                    label: "desk",
                    createdAt: never
                )
            }
        )
    }

    private func hash(_ algorithm: DigestAlgorithm) -> String {
        HA1(algorithm: algorithm, username: username, realm: Self.domain, password: "secret of \(username)").hex()
    }

    var address: String { "sip:\(username)@\(Self.domain)" }

    func contact(over flow: Flow) -> String { "<sip:\(username)@192.0.2.50:\(flow.remote.port)>" }

    func authorization(for challenge: Message, _ draft: Draft, _ counter: UInt32, isRight: Bool) -> String? {
        guard let asked = try? challenge.challenge(.wwwAuthenticate) else { return nil }
        let nonce = challenge.string(asked.nonce)
        let digits = String(counter, radix: 16)
        let count = String(repeating: "0", count: max(0, 8 - digits.count)) + digits
        let response = Digest.response(
            ha1: ha1,
            nonce: nonce,
            nc: counter,
            cnonce: isRight ? "c0ffee" : "c0ffe",
            qop: "auth",
            method: Method(draft.method),
            uri: draft.target
        )
        return "Authorization: Digest username=\"\(username)\", realm=\"\(Self.domain)\", nonce=\"\(nonce)\", "
            + "uri=\"\(draft.target)\", response=\"\(response)\", algorithm=SHA-256, cnonce=\"c0ffee\", qop=auth, nc=\(count)"
    }

    private static let instance = "urn:uuid:1"

    /// The user part of a temporary GRUU of one of the first registrations, whoever has it.
    private static func gruu(_ choices: inout Choices) -> String {
        let seal = GRUUSeal(key: FuzzedOffice.key, domain: domain)
        let session = seal.session(of: Array("reg-\(all[choices.pick(all.count)].username)".utf8))
        let content = GRUUSeal.Content(registration: UInt64(choices.pick(8)), session: session)
        return String(decoding: seal.seal(content, using: Entropy { 7 }), as: UTF8.self)
    }

    // MARK: What phones say

    /// How many kinds of requests outside of dialogs there are.
    static let drafts = 12

    static func draft(_ kind: Int, _ choices: inout Choices, from phone: FuzzedPhone, over flow: Flow) -> Draft {
        let users = ["102", "103", "101", "phone-102-000001", "999", "", "%31%30%32", gruu(&choices)]
        let user = users[choices.pick(users.count)]
        let target = "sip:\(user)@\(domain)\(["", ";gr=\(instance)", ";gr"][user.count > 20 ? 2 : choices.pick(3)])"
        let contact = "Contact: \(phone.contact(over: flow))"
        let events = ["dialog", "presence", "message-summary", "reg", "dialog;id=7", "conference"]
        let expires = "Expires: \([600, 60, 0, 3_600, 5, 4_294_967_295][choices.pick(6)])"
        switch kind {
        case 0, 1, 2: return register(&choices, phone, contact, expires)
        case 3, 4, 5:
            let late = choices.pick(8) == 0
            let fields =
                [contact]
                + ["Supported: 100rel, timer", "Session-Expires: 90", "Max-Breadth: 1"].prefix(choices.pick(4))
            return plain("INVITE", target, phone, fields, late ? "" : sdp(1 + choices.pick(2)))
        case 6, 7, 8:
            let event = "Event: \(events[choices.pick(events.count)])"
            return plain("SUBSCRIBE", target, phone, [contact, event, expires])
        case 9: return plain("MESSAGE", target, phone, [], "Lunch?", "text/plain")
        case 10: return plain("OPTIONS", target, phone, [])
        default:
            let methods = ["NOTIFY", "PUBLISH", "REFER", "INFO", "PRACK", "UPDATE", "NONSENSE", "BYE", "CANCEL", "ACK"]
            return plain(methods[choices.pick(methods.count)], target, phone, [contact, "Refer-To: <\(target)>"])
        }
    }

    private static func register(
        _ choices: inout Choices,
        _ phone: FuzzedPhone,
        _ contact: String,
        _ expires: String
    ) -> Draft {
        let parameters = [""] + [1, 2].map { ";reg-id=\($0);+sip.instance=\"<\(instance)>\"" }
        let value = choices.pick(16) == 0 ? "Contact: *" : contact + parameters[choices.pick(3)]
        return Draft(
            method: "REGISTER",
            target: "sip:\(domain)",
            from: "<\(phone.address)>;tag=reg",
            to: "<\(phone.address)>",
            callID: "reg-\(phone.username)",
            fields: [value, expires, "Supported: outbound, path, gruu"],
            body: "",
            type: ""
        )
    }

    private static func plain(
        _ method: String,
        _ target: String,
        _ phone: FuzzedPhone,
        _ fields: [String],
        _ body: String = "",
        _ type: String = "application/sdp"
    ) -> Draft {
        Draft(
            method: method,
            target: target,
            from: "<\(phone.address)>;tag=\(method)",
            to: "<\(target)>",
            callID: "\(method)-\(phone.username)",
            fields: fields,
            body: body,
            type: type
        )
    }

    /// A request in the dialog of a response to this phone, or of a request that reached it.
    static func draft(
        _ choices: inout Choices,
        inDialogOf message: Message,
        isCaller: Bool,
        from phone: FuzzedPhone,
        over flow: Flow
    ) -> Draft {
        let text = { (name: String) in message.first(named: name).map { message.string($0) } ?? "" }
        let methods = [
            "ACK", "BYE", "INVITE", "SUBSCRIBE", "OPTIONS", "UPDATE", "REFER", "PRACK", "INFO", "MESSAGE", "NOTIFY",
            "CANCEL",
        ]
        let method = methods[choices.pick(methods.count)]
        let to = text("To")
        let local = isCaller ? text("From") : to.contains(";tag=") ? to : to + ";tag=callee"
        let hasBody = choices.pick(2) == 0
        let invite = (try? message.cseq().number).map { Int($0) }
        var draft = Draft(
            method: method,
            target: String(text("Contact").drop { $0 == "<" }.prefix { $0 != ">" }),
            from: local,
            to: isCaller ? to : text("From"),
            callID: text("Call-ID"),
            fields: [
                "Contact: \(phone.contact(over: flow))", "Event: dialog", "Expires: \(choices.pick(3) * 300)",
                "RAck: \(text("RSeq").isEmpty ? "1" : text("RSeq")) \(invite ?? 1) INVITE",
            ],
            body: hasBody ? sdp(1 + choices.pick(2)) : "",
            type: "application/sdp"
        )
        if method == "ACK" || method == "CANCEL" { draft.sequence = invite }
        return draft
    }

    /// Where a call is to go that is transferred.
    static func referral(_ choices: inout Choices) -> String {
        let shapes = [
            "<sip:103@\(domain)>", "<sip:102@\(domain)>", "sip:101@\(domain)", "<tel:103>", "<sips:103@\(domain)>",
            "<sip:103@elsewhere.example>", "<sip:999@\(domain)>", "<sip:*8@\(domain)>", "<sip:@\(domain)>", "\"", "",
            "<sip:phone-102-000001@\(domain);gr=\(instance)>", "<sip:\(gruu(&choices))@\(domain);gr>",
            "<sip:103@\(domain)?Replaces=>", "<sip:103@\(domain)?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>",
            "<sip:103@\(domain);method=BYE>", "<sip:103@\(domain)>\r\nRefer-To: <sip:102@\(domain)>",
            "<sip:103@\(domain)>\r\nRefer-Sub: false",
        ]
        return shapes[choices.pick(shapes.count)]
    }

    static func answer(to request: Message, _ choices: inout Choices) -> String {
        let statuses = [200, 200, 200, 180, 183, 100, 486, 603, 302, 401, 481, 408, 500, 503, 491, 422, 199, 699]
        let status = statuses[choices.pick(statuses.count)]
        var lines = ["SIP/2.0 \(status) Whatever"]
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            var value = request.first(named: name).map { request.string($0) } ?? ""
            if name == "To", status > 100, !value.contains(";tag=") { value += ";tag=callee" }
            lines.append("\(name): \(value)")
        }
        let contacts = ["a@192.0.2.50", "102@\(domain);gr=\(instance)", "\(gruu(&choices))@\(domain);gr"]
        lines.append("Contact: <sip:\(contacts[choices.pick(contacts.count)])>")
        if choices.pick(4) == 0 { lines += ["Require: 100rel", "RSeq: \(choices.pick(3))"] }
        if choices.pick(4) == 0 { lines += ["Session-Expires: \(choices.pick(256));refresher=uac"] }
        var body = request.method == .invite && choices.pick(8) != 0 ? sdp(1 + choices.pick(3)) : ""
        // Our own key, sent back.
        if choices.pick(16) == 0 { body = request.string(request.body) }
        if !body.isEmpty { lines.append("Content-Type: application/sdp") }
        lines.append("Content-Length: \(body.utf8.count)")
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    /// - Parameter tag: Of the key. 3 is the AES-128 suite of our own offers.
    private static func sdp(_ tag: Int) -> String {
        let lines = [
            "v=0", "o=phone 1 1 IN IP4 192.0.2.50", "s=-", "c=IN IP4 192.0.2.50", "t=0 0",
            "m=audio 30000 RTP/SAVP 0 8 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=crypto:\(tag) AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz", "a=sendrecv",
        ]
        return lines.joined(separator: "\r\n") + "\r\n"
    }
}
