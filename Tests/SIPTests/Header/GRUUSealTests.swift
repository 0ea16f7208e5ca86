// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import TestKit
import Testing

@Suite("RFC 5627 §A.2: the user part of a temporary GRUU")
struct GRUUSealTests {
    private static let key = [UInt8](repeating: 7, count: 32)
    private static let content = GRUUSeal.Content(registration: 12, session: 0xFEDC_BA98_7654_3210)

    private static func seal(_ domain: String = "pbx.example", key: [UInt8] = key) -> GRUUSeal {
        GRUUSeal(key: key, domain: domain)
    }

    @Test func `opens to what it was made of, for any of them`() {
        var generator = SplitMix(5)
        let (seal, entropy) = (Self.seal(), Entropy.repeatable())
        for _ in 0..<500 {
            let content = GRUUSeal.Content(registration: generator.next(), session: generator.next())
            let user = seal.seal(content, using: entropy)
            #expect(user.count == GRUUSeal.length)
            #expect(seal.open(user.span) == content)
        }
    }

    @Test func `is another one each time, and no two have anything in common but their length and prefix`() {
        let (seal, entropy) = (Self.seal(), Entropy.repeatable())
        let users = (0..<200).map { _ in seal.seal(Self.content, using: entropy) }
        #expect(Set(users).count == users.count)
        for place in "tgruu.".utf8.count..<GRUUSeal.length {
            #expect(Set(users.map { $0[place] }).count == 16, "digit \(place) takes every value")
        }
    }

    @Test func `is a user part that needs no escapes`() throws {
        let user = Self.seal().seal(Self.content, using: .repeatable())
        let uri = Array("sip:".utf8) + user + Array("@pbx.example;gr".utf8)
        let parsed = try SIPURI(parsing: uri.span, in: 0..<uri.count)
        #expect(parsed.decodedUser(in: uri.span) == String(decoding: user, as: UTF8.self))
        #expect(parsed.gr?.isEmpty == true)
        #expect(parsed.instance(in: uri.span) == nil)
    }

    @Test func `with any bit changed it is nobody's`() {
        let seal = Self.seal()
        let user = seal.seal(Self.content, using: .repeatable())
        for bit in 0..<user.count * 8 {
            var changed = user
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(seal.open(changed.span) == nil, "bit \(bit)")
        }
    }

    @Test func `one of another key or another domain is nobody's`() {
        let user = Self.seal().seal(Self.content, using: .repeatable())
        #expect(Self.seal(key: Array(Self.key.dropLast() + [8])).open(user.span) == nil)
        #expect(Self.seal("other.example").open(user.span) == nil)
    }

    @Test func `shorter, longer and upper-case ones are nobody's`() {
        let seal = Self.seal()
        let user = seal.seal(Self.content, using: .repeatable())
        for length in 0..<user.count { #expect(seal.open(user.span.extracting(0..<length)) == nil) }
        #expect(seal.open((user + [UInt8(ascii: "0")]).span) == nil)
        let text = String(decoding: user, as: UTF8.self).uppercased()
        #expect(seal.open(Array(text.utf8).span) == nil)
    }

    @Test func `a Call-ID is named by its key, and told by nothing`() {
        let seal = Self.seal()
        let session = seal.session(of: Array("a@192.0.2.1".utf8))
        #expect(seal.session(of: Array("a@192.0.2.1".utf8)) == session)
        #expect(seal.session(of: Array("b@192.0.2.1".utf8)) != session)
        #expect(Self.seal("other.example").session(of: Array("a@192.0.2.1".utf8)) != session)
    }

    @Test func `damaged ones are read or refused`() {
        var generator = SplitMix(31)
        let seed = Self.seal().seal(Self.content, using: .repeatable())
        for _ in 0..<2_000 { FuzzTargets.gruu(MutationTests.damaged(seed, &generator).span) }
    }
}

@Suite("RFC 5627 §3.1.1: the instance in a public GRUU")
struct PublicGRUUTests {
    @Test(arguments: [
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "urn:x:50%;a=b", "a b\"c\\d<e>", "\u{0}\r\n,?@",
    ])
    func `comes back as it was, whatever stands in it`(name: String) throws {
        var writer = MessageWriter()
        writer.field(.contact) {
            $0.append("<sip:101@pbx.example;gr=")
            $0.append(uriParameter: name.utf8)
            $0.append(">")
        }
        writer.finish()
        let line = writer.bytes.prefix { $0 != UInt8(ascii: "\r") }
        let uri = Array(line.drop { $0 != UInt8(ascii: "<") }.dropFirst().dropLast())
        let parsed = try SIPURI(parsing: uri.span, in: 0..<uri.count)
        #expect(parsed.instance(in: uri.span) == Array(name.utf8))
    }

    @Test func `stands there once`() {
        let uri = Array("sip:101@pbx.example;gr=a;gr=b".utf8)
        #expect(throws: ParseError.self) { try SIPURI(parsing: uri.span, in: 0..<uri.count) }
    }
}
