// SPDX-License-Identifier: Apache-2.0

import SIP
import Testing

@Suite("RFC 3261 §20.10: names and addresses")
struct AddressTests {
    private func from(_ value: String) throws -> (Message, NameAddress) {
        let message = try Message(parsing: request(changes: [("From", value)]).span)
        return (message, try message.from())
    }

    /// A value; its display name, URI and tag.
    static let addresses: [(value: String, name: String?, uri: String, tag: String?)] = [
        ("sip:a@b", nil, "sip:a@b", nil),
        ("sip:a@b;tag=x", nil, "sip:a@b", "x"),
        ("<sip:a@b;lr>;tag=x", nil, "sip:a@b;lr", "x"),
        ("Alice <sip:a@b>;TAG=x;foo", "Alice", "sip:a@b", "x"),
        ("Alice Jones  <sip:a@b> ; tag = x", "Alice Jones", "sip:a@b", "x"),
        ("Zoë <sip:a@b>", "Zoë", "sip:a@b", nil),
        ("\"A, \\\"B\\\" <sip:x@y>\" <sip:a@b>;tag=x", "A, \"B\" <sip:x@y>", "sip:a@b", "x"),
        ("\"\" <sip:a@b>", "", "sip:a@b", nil),
        ("\"A\"\r\n <sip:a@b>\r\n\t;tag=x", "A", "sip:a@b", "x"),
        ("<mailto:a@b>;tag=x", nil, "mailto:a@b", "x"),
    ]

    @Test(arguments: addresses)
    func `finds the name, the URI and the tag`(value: String, name: String?, uri: String, tag: String?) throws {
        let (message, address) = try from(value)
        #expect(address.displayName.map(message.unescaped) == name)
        #expect(message.string(address.uriRange) == uri)
        #expect(address.tag.map(message.string) == tag)
        #expect((address.uri == nil) == uri.hasPrefix("mailto"))
    }

    @Test(arguments: [
        "", "Alice", "\"Alice", "\"Alice\"", "\"Alice\" sip:a@b", "Alice <sip:a@b", "<>", "< sip:a@b>", "<sip:a@b >",
        "Bell, A <sip:a@b>", "sip:a@b?x=y", "sip:a@b,", "<sip:a@b>x", "<sip:a@b>;", "<sip:a@b>;;tag=x", "<sip:a@b>;tag",
        "<sip:a@b>;tag=", "<sip:a@b>;tag=x;tag=y", "<sip:a@b>;x=\"y", "<sip:a@b>, <sip:c@d>", "*", "<<sip:a@b>>",
    ])
    func `what is none is refused with 400`(value: String) {
        let bytes = request(changes: [("To", value.isEmpty ? " " : value)])
        let error = #expect(throws: ParseError.self) { try Message(parsing: bytes.span).to() }
        #expect(error?.status == 400)
    }

    @Test func `contacts are read over commas and fields`() throws {
        let fields = "Contact: \"A, B\" <sip:a@b?x=1,2>;q=0.5 , sip:c@d;expires=60\nm: <sip:e@f>;x=\",\"\n"
        let message = try Message(parsing: wire("REGISTER sip:b SIP/2.0\n\(fields)\n").span)
        #expect(throws: ParseError.self, "a comma is not legal in a URI's headers") { try message.contacts() }
        let good = try Message(parsing: wire("REGISTER sip:b SIP/2.0\n\(fields.replacing("1,2", with: "1"))\n").span)
        guard case .addresses(let contacts) = try good.contacts() else { return #expect(Bool(false)) }
        #expect(contacts.map { good.string($0.uriRange) } == ["sip:a@b?x=1", "sip:c@d", "sip:e@f"])
        #expect(contacts.map { $0.q } == [500, nil, nil])
        #expect(contacts.map { $0.expires } == [nil, 60, nil])
        #expect(try good.firstContact().map { good.string($0.uriRange) } == "sip:a@b?x=1")
    }

    @Test func `a star stands alone`() throws {
        let star = try Message(parsing: wire("REGISTER sip:b SIP/2.0\nContact: *\n\n").span)
        guard case .wildcard = try star.contacts() else { return #expect(Bool(false)) }
        #expect(try star.firstContact() == nil)
        for value in ["*, <sip:a@b>", "<sip:a@b>, *", "*;expires=0", "*\nContact: *", "*\nContact: <sip:a@b>"] {
            let message = try Message(parsing: wire("REGISTER sip:b SIP/2.0\nContact: \(value)\n\n").span)
            #expect(throws: ParseError.self) { try message.contacts() }
        }
    }

    /// An `expires` or `q` as it came, and what it means.
    static let numbers: [(value: String, expires: UInt32?, q: UInt16?)] = [
        (";expires=3600;q=1", 3_600, 1_000), (";expires=0;q=0.001", 0, 1), (";q=0.", nil, 0), (";q=1.000", nil, 1_000),
        (";expires=280297596632815;q=1.5", .max, nil), (";expires=soon;q=.5", nil, nil), (";expires;q", nil, nil),
        (";q=0.1234", nil, nil), (";q=2", nil, nil), (";expires=\"60\"", 60, nil),
    ]

    @Test(arguments: numbers)
    func `a number that fits no rule is not there, and one too large is the largest`(
        value: String,
        expires: UInt32?,
        q: UInt16?
    ) throws {
        let message = try Message(parsing: request(changes: [("Contact", "<sip:a@b>" + value)]).span)
        let contact = try #require(try message.firstContact())
        #expect(contact.expires == expires)
        #expect(contact.q == q)
    }

    @Test func `routes come in their order`() throws {
        let fields = "Route: <sip:a;lr>,<sip:b;lr>\nRecord-Route: <sip:c;lr>\nRoute: <sip:d>\n"
        let message = try Message(parsing: wire("BYE sip:b SIP/2.0\n\(fields)\n").span)
        #expect(try message.routes().map { $0.uri.map { message.string($0.host) } } == ["a", "b", "d"])
        #expect(try message.routes().map { $0.uri?.isLooseRoute } == [true, true, false])
        #expect(try message.recordRoutes().count == 1)
    }
}
