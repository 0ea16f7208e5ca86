// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The random parts of one request. All have the same length, so that two requests differ only in what is meant to differ.
struct Identifiers: Hashable, Sendable {
    let callID: String
    let branch: String
    let fromTag: String

    init(token: String) {
        (callID, branch, fromTag) = (token + "c", "z9hG4bK" + token + "b", token + "t")
    }

    init(using entropy: Entropy) {
        self.init(token: entropy.token(bits: 96))
    }
}

/// A SIP request written by an attacker: nothing in it is checked, any line may be anything.
struct RequestDraft: Sendable {
    var method: String
    var uri: String
    var from: String
    /// What stands before the address in From, as it is written.
    var fromName = ""
    var to: String
    var toTag: String?
    var ids: Identifiers
    var sequence = 1
    var transport: String
    var sentBy = "192.0.2.1:5061"
    var contact: String?
    var userAgent: String? = "Ringfence-attack"
    /// Whole header lines without their end.
    var extra: [String] = []
    var contentType: String?
    var body: [UInt8] = []
    /// What Content-Length says; the length of the body where `nil`. Left out when empty.
    var contentLength: String?
    var maxForwards = 70

    /// - Parameter to: The host alone, or `user@host`.
    init(_ method: String, to: String, from: String? = nil, ids: Identifiers, transport: String = "TLS") {
        (self.method, self.ids, self.transport) = (method, ids, transport)
        (uri, self.to) = ("sip:" + to, "sip:" + to)
        self.from = "sip:" + (from ?? to)
    }

    /// What an enumerator sends: the name stands wherever a name can stand.
    static func probe(
        _ method: String,
        name: String,
        domain: String,
        transport: String = "TLS",
        using entropy: Entropy
    ) -> RequestDraft {
        let ids = Identifiers(using: entropy)
        var draft = RequestDraft(method, to: "\(name)@\(domain)", ids: ids, transport: transport)
        if method == "REGISTER" { draft.uri = "sip:" + domain }
        draft.contact = "<sip:\(name)@192.0.2.1:5061;transport=\(transport.lowercased())>"
        if method == "SUBSCRIBE" { draft.extra = ["Event: dialog", "Expires: 600"] }
        if method == "INVITE" { (draft.contentType, draft.body) = ("application/sdp", OfferText.plain) }
        if method == "MESSAGE" { (draft.contentType, draft.body) = ("text/plain", Array("hello".utf8)) }
        return draft
    }

    var bytes: [UInt8] {
        var lines = [
            "\(method) \(uri) SIP/2.0",
            "Via: SIP/2.0/\(transport) \(sentBy);branch=\(ids.branch);rport",
            "Max-Forwards: \(maxForwards)",
            "From: \(fromName)<\(from)>;tag=\(ids.fromTag)",
            "To: <\(to)>" + (toTag.map { ";tag=\($0)" } ?? ""),
            "Call-ID: \(ids.callID)",
            "CSeq: \(sequence) \(method)",
        ]
        if let contact { lines.append("Contact: \(contact)") }
        if let userAgent { lines.append("User-Agent: \(userAgent)") }
        lines += extra
        if let contentType { lines.append("Content-Type: \(contentType)") }
        let length = contentLength ?? String(body.count)
        if !length.isEmpty { lines.append("Content-Length: \(length)") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}

/// Takes out of an answer what may differ between two requests: what it copies from the request, the nonce, and the tag.
/// Their lengths stay.
enum AnswerMask {
    static func apply(to answer: [UInt8], of request: RequestDraft) -> String {
        var lines = String(decoding: answer, as: UTF8.self).components(at: "\r\n")
        for index in lines.indices {
            let line = lines[index]
            if line.lowercased().hasPrefix("to:") || line.lowercased().hasPrefix("t:") {
                lines[index] = maskTag(line)
            } else if line.lowercased().hasPrefix("www-authenticate:")
                || line.lowercased().hasPrefix("proxy-authenticate:")
            {
                lines[index] = maskQuoted("nonce=\"", in: line)
            }
        }
        var text = lines.joined(separator: "\r\n")
        for (given, mask) in [
            (request.to, "TO"), (request.from, "FROM"), (request.ids.branch, "BRANCH"), (request.ids.callID, "CALL-ID"),
            (request.ids.fromTag, "FROM-TAG"),
        ] {
            text = text.components(at: given).joined(separator: mask)
        }
        return text
    }

    private static func maskTag(_ line: String) -> String {
        let parts = line.components(at: ";tag=")
        guard parts.count == 2 else { return line }
        return parts[0] + ";tag=" + String(repeating: "*", count: parts[1].utf8.count)
    }

    private static func maskQuoted(_ opening: String, in line: String) -> String {
        let parts = line.components(at: opening)
        guard parts.count == 2, let end = parts[1].firstIndex(of: "\"") else { return line }
        return parts[0] + opening + String(repeating: "*", count: parts[1][..<end].utf8.count) + parts[1][end...]
    }
}

extension String {
    /// The parts between the places where `separator` stands.
    func components(at separator: String) -> [String] {
        guard !separator.isEmpty else { return [self] }
        var parts: [String] = []
        var rest = Array(utf8)[...]
        let needle = Array(separator.utf8)
        var start = rest.startIndex
        while start + needle.count <= rest.endIndex {
            if rest[start...].starts(with: needle) {
                parts.append(String(decoding: rest[rest.startIndex..<start], as: UTF8.self))
                rest = rest[(start + needle.count)...]
                start = rest.startIndex
            } else {
                start += 1
            }
        }
        return parts + [String(decoding: rest, as: UTF8.self)]
    }
}
