// SPDX-License-Identifier: Apache-2.0

import SIP
import TestKit
import Testing

/// What a message of somebody else comes to: the status of its error, or `nil` when it parses and is valid.
private func refusal(of bytes: [UInt8]) -> Int? {
    do throws(ParseError) {
        var message = try Message(parsing: bytes.span)
        try message.validate()
        return nil
    } catch {
        return error.status
    }
}

@Suite("RFC 3261 §7: seeds of other fuzzers", .enabled(if: Corpus.has("pjsip") && Corpus.has("belle-sip-afl")))
struct SeedTests {
    private static let folder = "pjsip/tests/fuzz/seed-unpacked"

    /// The seeds that end their lines with a bare LF are no SIP (RFC 3261 §7); the two others are.
    static let pjsip: [String: Int] = [
        "fuzz-sip/fuzz-sip_seed_corpus/auth_digest.sip": 400,
        "fuzz-sip/fuzz-sip_seed_corpus/input.1.sip": 400,
        "fuzz-sip/fuzz-sip_seed_corpus/input.2.sip": 0,
        "fuzz-sip/fuzz-sip_seed_corpus/input.4.sip": 400,
        "fuzz-sip/fuzz-sip_seed_corpus/input.6.sip": 0,
        "fuzz-sip/fuzz-sip_seed_corpus/multipart_alternative.sip": 400,
        "fuzz-sip/fuzz-sip_seed_corpus/replaces_refer.sip": 400,
        "fuzz-sip-dialog/fuzz-sip-dialog_seed_corpus/basic_invite.sip": 400,
        "fuzz-sip-dialog/fuzz-sip-dialog_seed_corpus/invite_with_routes.sip": 400,
    ]

    @Test(arguments: pjsip.keys.sorted())
    func `pjsip: each is taken or refused for its reason`(name: String) throws {
        #expect(refusal(of: try Corpus.read("\(Self.folder)/\(name)")) ?? 0 == Self.pjsip[name])
    }

    @Test func `pjsip: there is none that nobody has looked at`() {
        let files = ["fuzz-sip", "fuzz-sip-dialog"].flatMap { folder in
            Corpus.files("\(Self.folder)/\(folder)", withSuffix: ".sip")
        }
        #expect(Set(files.map { String($0.dropFirst(Self.folder.count + 1)) }) == Set(Self.pjsip.keys))
    }

    @Test(arguments: ["url0", "url1"])
    func `pjsip: addresses of the web are no SIP URIs`(name: String) throws {
        var bytes = try Corpus.read("\(Self.folder)/fuzz-url/fuzz-url_seed_corpus/\(name)")
        bytes.removeAll { $0 == UInt8(ascii: "\n") }
        #expect(throws: ParseError.self) { try SIPURI(parsing: bytes.span, in: 0..<bytes.count) }
    }

    @Test(arguments: ["401Unauthorized.txt", "REGISTER.txt", "SIP200RegSuccess.txt"])
    func `belle-sip: a registration with Linphone is taken`(name: String) throws {
        #expect(refusal(of: withReturns(try Corpus.read("belle-sip-afl/sip/\(name)"))) == nil)
    }

    /// Text files lose their carriage returns.
    private func withReturns(_ bytes: [UInt8]) -> [UInt8] {
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        return Array(text.replacing("\n", with: "\r\n").utf8)
    }

    @Test func `wireshark: the messages in a log of a session border controller`() throws {
        let log = String(decoding: try Corpus.read("wireshark/test/captures/sipmsg.log"), as: UTF8.self)
        let entries = log.replacing("\r\n", with: "\n").components(around: "----------------------------------------\n")
        let messages = entries.compactMap { entry -> [UInt8]? in
            guard let start = entry.firstRange(of: #/(?m)^(SIP/2\.0 \d|[A-Z]+ sip:)/#) else { return nil }
            let text = entry[start.lowerBound...].drop { $0 == "\n" }
            return Array((text.trimmingEnd + "\n\n").replacing("\n", with: "\r\n").utf8)
        }
        // A phone of 2007 whose From has no tag, its answer, and a call.
        #expect(messages.map { refusal(of: $0) ?? 0 } == [400, 0, 0, 0, 0])
    }
}

extension String {
    fileprivate func components(around separator: String) -> [Substring] { split(separator: separator) }
}

extension Substring {
    fileprivate var trimmingEnd: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}

@Suite("RFC 3261 §7: the scenarios of SIPp", .enabled(if: Corpus.has("sipp")))
struct ScenarioTests {
    @Test func `every message that a scenario sends is taken when its keywords are filled in`() throws {
        let files = Corpus.files("sipp", withSuffix: ".xml")
        #expect(files.count > 25)
        var count = 0
        for path in files {
            let text = String(decoding: try Corpus.read(path), as: UTF8.self)
            for (index, template) in templates(in: text).enumerated() {
                count += 1
                let found = refusal(of: Array(filled(template).utf8))
                #expect(found == Self.refused["\(path)#\(index)"], "\(path)#\(index)")
            }
        }
        #expect(count > 70)
    }

    /// What two SIPps say to each other, which is no SIP, and an answer that leaves out To on purpose.
    static let refused = [
        "sipp/docs/3pcc-C-A.xml#1": 400, "sipp/docs/3pcc-C-B.xml#2": 400, "sipp/regress/github-#0152/uas.xml#0": 400,
    ]

    private func templates(in scenario: String) -> [Substring] {
        scenario.split(separator: "<![CDATA[").dropFirst().compactMap { part in
            part.firstRange(of: "]]>").map { part[..<$0.lowerBound] }
        }
    }

    /// A message as SIPp would send it: indentation gone, keywords replaced, length counted.
    private func filled(_ template: Substring) -> String {
        var lines = template.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0.drop { $0 == " " || $0 == "\t" }) }
        while lines.first?.isEmpty == true { lines.removeFirst() }
        let isResponse = lines.first?.hasPrefix("SIP/2.0") == true
        let method = isResponse ? "INVITE" : String(lines.first?.prefix { $0 != " " } ?? "")
        let text = lines.map { fill($0, method) }.filter { $0 != "\u{0}" }.joined(separator: "\r\n")
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        var body = parts.count > 1 ? String(parts[1]) : ""
        if body.allSatisfy(\.isWhitespace) { body = "" }
        let head = parts.first.map(String.init) ?? ""
        return head.replacing("[len]", with: "\(body.utf8.count)") + "\r\n\r\n" + body
    }

    private func fill(_ line: String, _ method: String) -> String {
        let last = [
            "[last_Via:]": "Via: SIP/2.0/TLS 192.0.2.2;branch=z9hG4bK-1",
            "[last_From:]": "From: <sip:a@192.0.2.2>;tag=1",
            "[last_To:]": "To: <sip:b@192.0.2.1>", "[last_Call-ID:]": "Call-ID: 1@192.0.2.2",
            "[last_CSeq:]": "CSeq: 1 \(method)", "[last_Record-Route:]": "\u{0}", "[routes]": "\u{0}",
            "[last_*]": "\u{0}", "[$1]": "\u{0}", "[$2]": "\u{0}",
        ]
        var line = line
        for (keyword, value) in last where line.contains(keyword) {
            if value == "\u{0}" { return value }
            line = line.replacing(keyword, with: value)
        }
        let words = [
            "[service]": "service", "[remote_ip]": "192.0.2.1", "[remote_port]": "5061", "[local_ip]": "192.0.2.2",
            "[local_port]": "5062", "[transport]": "TLS", "[branch]": "z9hG4bK-1", "[pid]": "1", "[call_number]": "1",
            "[call_id]": "1@192.0.2.2", "[media_ip]": "192.0.2.2", "[media_port]": "6000", "[local_ip_type]": "4",
            "[media_ip_type]": "4", "[cseq]": "1", "[peer_tag_param]": ";tag=2", "[next_url]": "sip:b@192.0.2.1",
            "[rtpstream_audio_port]": "6000", "[custom_media_port]": "6000", "[date]": "Sat, 21 Nov 2026 09:55:55 GMT",
            "[last_Request_URI]": "sip:b@192.0.2.1", "[$us]": "<sip:a@192.0.2.2>;tag=1",
            "[$them]": "<sip:b@192.0.2.1>;tag=2",
        ]
        for (keyword, value) in words { line = line.replacing(keyword, with: value) }
        return line.replacing(#/\[\$[a-z0-9]+\]/#, with: "1")
    }
}
