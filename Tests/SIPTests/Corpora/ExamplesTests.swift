// SPDX-License-Identifier: Apache-2.0

import SIP
import TestKit
import Testing

/// The messages that 23 RFCs print. Their Content-Length is often a word or a mistake, so each gets its real one here.
@Suite("The examples of the RFCs")
struct ExamplesTests {
    /// Wrong in print, with the part that is wrong.
    static let misprinted: [String: ParseError.Part] = [
        "rfc3261_009": .uri, "rfc3428_003": .parameter, "rfc3428_004": .parameter, "rfc3515_001": .uri,
        "rfc3515_007": .uri, "rfc3665_003": .credentials, "rfc3665_128": .fieldName, "rfc3665_147": .fieldName,
        "rfc3665_158": .fieldName, "rfc3666_032": .parameter, "rfc3666_038": .uri, "rfc3666_040": .uri,
        "rfc3666_100": .uri, "rfc3666_104": .uri, "rfc3666_105": .uri, "rfc3666_125": .uri, "rfc3666_128": .uri,
        "rfc3666_130": .uri, "rfc3666_131": .uri, "rfc3666_134": .uri, "rfc3327_009": .uri, "rfc3327_010": .uri,
        "rfc3327_011": .uri, "rfc3327_012": .uri, "rfc4916_003": .fieldName, "rfc4916_007": .parameter,
        "rfc5626_001": .parameter, "rfc5626_002": .uri, "rfc6442_001": .via, "rfc6442_002": .via,
        "rfc7315_008": .parameter, "rfc7315_009": .parameter, "rfc7315_011": .parameter, "rfc7315_013": .parameter,
        "rfc8224_001": .parameter,
    ]

    @Test func `every one parses, and every value in it is typed`() throws {
        let files = Corpus.files("rfc-examples", withSuffix: ".sip")
        #expect(files.count > 500)
        for path in files {
            let name = String(path.dropFirst("rfc-examples/".count).dropLast(".sip".count))
            let bytes = try Corpus.example(name)
            let misprint = Self.misprinted[name].map { ParseError.Problem.malformed($0) }
            do throws(ParseError) {
                try Self.readEverything(try Message(parsing: bytes.span))
                #expect(misprint == nil, "\(name) is said to be misprinted")
            } catch {
                #expect(error.problem == misprint, "\(name): \(error)")
            }
        }
    }

    private static func readEverything(_ message: Message) throws(ParseError) {
        if message.count(.via) > 0 { _ = try message.vias() }
        for name: HeaderName in [.from, .to, .referTo, .referredBy] { _ = try message.address(of: name) }
        for name: HeaderName in [.route, .recordRoute, .path] { _ = try message.addresses(name) }
        _ = try message.contacts()
        if message.first(.cseq) != nil { _ = try message.cseq() }
        if message.first(.callID) != nil { _ = try message.callID() }
        for name: HeaderName in [.expires, .minExpires, .sessionExpires, .minSE] { _ = try message.seconds(name) }
        for name: HeaderName in [.authorization, .proxyAuthorization] { _ = try message.credentials(name) }
        for name: HeaderName in [.wwwAuthenticate, .proxyAuthenticate] { _ = try message.challenge(name) }
        _ = try message.maxForwards()
        _ = try message.contentType()
        if message.method != nil { _ = try SIPURI.parse(message, message.requestURI) }
    }
}
