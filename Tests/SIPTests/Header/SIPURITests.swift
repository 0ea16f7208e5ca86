// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 3261 §19.1 and RFC 3966: URIs")
struct SIPURITests {
    private func parse(_ text: String) throws(ParseError) -> (uri: SIPURI, part: (ByteRange?) -> String?) {
        let bytes = Array(text.utf8)
        let uri = try SIPURI(parsing: bytes.span, in: 0..<bytes.count)
        return (uri, { $0.map { String(decoding: bytes[$0.range], as: UTF8.self) } })
    }

    @Test func `finds every part`() throws {
        let (uri, part) = try parse("sip:alice:secret@pbx.example:5061;transport=tls;lr;user=phone?Subject=x&a=b")
        #expect(uri.scheme == .sip)
        #expect(part(uri.user) == "alice")
        #expect(part(uri.password) == "secret")
        #expect(part(uri.host) == "pbx.example")
        #expect(uri.port == 5_061)
        #expect(part(uri.transport) == "tls")
        #expect(part(uri.parameters) == ";transport=tls;lr;user=phone")
        #expect(part(uri.headers) == "Subject=x&a=b")
        #expect(uri.isLooseRoute && uri.isPhone && uri.hasHeaders && !uri.hasMaddr && !uri.isIPv6Literal)
    }

    @Test func `the parts that are not there are nil`() throws {
        let (uri, part) = try parse("SIPS:PBX.example")
        #expect(uri.scheme == .sips)
        #expect(uri.user == nil && uri.password == nil && uri.port == nil && uri.transport == nil)
        #expect(part(uri.host) == "PBX.example")
        #expect(uri.parameters.isEmpty && uri.headers.isEmpty && !uri.hasHeaders)
    }

    @Test func `a tel URI has its number for a host`() throws {
        let (uri, part) = try parse("tel:+44-20-7946;phone-context=example.com")
        #expect(uri.scheme == .tel)
        #expect(part(uri.host) == "+44-20-7946")
        #expect(part(uri.parameters) == ";phone-context=example.com")
    }

    @Test func `an IPv6 reference is an address and nothing else`() throws {
        let (uri, part) = try parse("sip:a@[2001:db8::1]:5061")
        #expect(uri.isIPv6Literal)
        #expect(part(uri.host) == "2001:db8::1")
        #expect(uri.port == 5_061)
        for good in ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1::8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1"] {
            #expect(throws: Never.self, "\(good)") { try parse("sip:[\(good)]") }
        }
        for bad in [
            "", ":", "1", "1:2", ":1::", "1:::2", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "1:2:3:4:5:6:7:", "g::",
            "::192.0.2", "::192.0.2.256", "::192.0.02.1", "1:2:3:4:5:6:7:192.0.2.1", "192.0.2.1::",
        ] {
            #expect(throws: ParseError.self, "\(bad)") { try parse("sip:[\(bad)]") }
        }
    }

    static let malformed = [
        "", "sip", "sip:", "sip:@pbx", "sip:a@", "sip:a@b@c", "sip:a b@c", "sip:a@b:", "sip:a@b:0", "sip:a@b:65536",
        "sip:a@b:50x", "sip:a@b;", "sip:a@b;;lr", "sip:a@b;=x", "sip:a@b;x=", "sip:%4@b", "sip:%zz@b", "sip:%@b",
        "sip:a@b;x=%1", "sip:a@[::1", "sip:a@::1", "sip:a@b/c", "<sip:a@b>", "sip:a@b>", "sip:a@b;transport",
        "sip:a@b;transport=tls;transport=udp", "1sip:a@b", "+sip:a@b", "tel:", "tel:+44 20", "sip:a\"@b", "sip:a:b:c@d",
        "sip:a@b?x y", "sip:a:b@c:d@e", "sip:\u{0}@b", "sip:é@b",
    ]

    @Test(arguments: malformed)
    func `what is none is refused with 400`(text: String) {
        let error = #expect(throws: ParseError.self) { try parse(text) }
        #expect(error?.status == 400)
    }

    @Test(arguments: ["http://pbx.example", "sipx:a@b", "isbn:2983792873", "soap.beep://192.0.2.103:3002"])
    func `another scheme is refused with 416`(text: String) {
        let error = #expect(throws: ParseError.self) { try parse(text) }
        #expect(error?.problem == .unsupportedScheme)
    }

    @Test func `a star code may stand unescaped in the user part`() throws {
        let (uri, part) = try parse("sip:*72#204@pbx.example")
        #expect(part(uri.user) == "*72#204")
    }

    /// The user part as it came, and what it means.
    static let users: [(text: String, decoded: String?)] = [
        ("sip:204@b", "204"), ("sip:%32%30%34@b", "204"), ("sip:%2525@b", "%25"), ("sip:a%40b@c", "a@b"),
        ("sip:%C3%A9@b", "é"), ("sip:%C3@b", nil), ("sip:204%00@b", nil), ("sip:%0D%0AVia@b", nil),
        ("sip:%7F@b", nil), ("sip:b", nil), ("tel:204", nil),
        // CSI of C1, NEL, what turns the direction of text, what is invisible, a line separator, a BOM, a tag.
        ("sip:204%C2%9B2J@b", nil), ("sip:%C2%85@b", nil), ("sip:%E2%80%AE402@b", nil), ("sip:2%E2%80%8B04@b", nil),
        ("sip:%E2%80%A8@b", nil), ("sip:%EF%BB%BF204@b", nil), ("sip:%F3%A0%81%81@b", nil), ("sip:%E2%81%A6204@b", nil),
        ("sip:%D7%90@b", "א"), ("sip:%F0%9F%93%9E@b", "📞"),
    ]

    @Test(arguments: users)
    func `a user part is unescaped once, and never to a control`(text: String, decoded: String?) throws {
        let message = try Message(parsing: request("OPTIONS \(text) SIP/2.0").span)
        let uri = try SIPURI.parse(message, message.requestURI)
        #expect(uri.decodedUser(in: message.bytes.span) == decoded)
    }

    @Test func `a parameter is found in any case`() throws {
        let message = try Message(parsing: request("OPTIONS sip:b;Ob;X-Key=Value SIP/2.0").span)
        let uri = try SIPURI.parse(message, message.requestURI)
        #expect(uri.isOutbound)
        #expect(uri.param(named: "x-key", in: message).map(message.string) == "Value")
        #expect(uri.param(named: "OB", in: message)?.isEmpty == true)
        #expect(uri.param(named: "key", in: message) == nil)
    }
}
