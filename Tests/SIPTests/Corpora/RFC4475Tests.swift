// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import TestKit
import Testing

/// What this module owes each message of the RFC: the status where the RFC leaves no choice, the values where somebody
/// above it decides.
@Suite("RFC 4475: torture messages")
struct RFC4475Tests {
    enum Verdict: Sendable {
        /// Parsing or validating throws with this status.
        case refused(Int)
        /// A response that throws, and that cannot be answered: dropped.
        case dropped
        /// Parses and validates; the values are as the RFC says.
        case accepted(@Sendable (Message) throws -> Void)
    }

    @Test(arguments: Corpus.expectations("rfc4475"))
    func `is taken or refused as a strict server does`(file: String, strict: String) throws {
        let verdict = try #require(Self.verdicts[file], "a new message in the corpus")
        try check("rfc4475/\(file)", verdict)
        if case .refused(let status) = verdict { #expect(strict.contains("\(status)"), "EXPECT.tsv says: \(strict)") }
    }

    @Test func `a display name with a comma is refused when the message is whole, too`() throws {
        try check("rfc4475/baddn-fixed.dat", .refused(400))
    }

    @Test func `has a verdict for nothing but the files of the corpus`() {
        #expect(Set(Self.verdicts.keys) == Set(Corpus.expectations("rfc4475").map { $0.file }))
    }

    private func check(_ path: String, _ verdict: Verdict) throws {
        var message = Message()
        let problem = try problem(in: Corpus.read(path), parsedInto: &message)
        switch verdict {
        case .refused(let status): #expect(problem?.status == status, "\(String(describing: problem))")
        case .dropped:
            #expect(problem != nil)
            #expect(!message.isAnswerable)
        case .accepted(let check):
            #expect(problem == nil)
            try check(message)
        }
    }

    private func problem(in bytes: [UInt8], parsedInto message: inout Message) -> ParseError? {
        do throws(ParseError) {
            try message.parse(bytes.span)
            try message.validate()
            return nil
        } catch {
            return error
        }
    }
}

extension RFC4475Tests {
    static let verdicts: [String: Verdict] = [
        // §3.1.1: valid.
        "wsinv.dat": .accepted(crazyWhiteSpace), "intmeth.dat": .accepted(wideRange),
        "esc01.dat": .accepted(escapes), "escnull.dat": .accepted(escapedNull), "esc02.dat": .accepted(noEscapes),
        "lwsdisp.dat": .accepted(noSpaceBeforeBracket), "longreq.dat": .accepted(longValues),
        "dblreq.dat": .accepted(trailingRequest), "semiuri.dat": .accepted(semicolonInUser),
        "transports.dat": .accepted(manyTransports), "mpart01.dat": .accepted(multipart),
        "unreason.dat": .accepted(foreignReason), "noreason.dat": .accepted(emptyReason),
        // §3.1.2: invalid.
        "badinv01.dat": .refused(400), "clerr.dat": .refused(400), "ncl.dat": .refused(400),
        "scalar02.dat": .refused(400), "scalarlg.dat": .dropped, "quotbal.dat": .refused(400),
        "ltgtruri.dat": .refused(400), "lwsruri.dat": .refused(400), "lwsstart.dat": .refused(400),
        "trws.dat": .refused(400), "escruri.dat": .refused(400), "baddate.dat": .accepted(foreignTimeZone),
        "regbadct.dat": .refused(400), "badaspec.dat": .refused(400), "baddn.dat": .refused(400),
        "badvers.dat": .refused(505), "mismatch01.dat": .refused(400), "mismatch02.dat": .refused(400),
        "bigcode.dat": .dropped,
        // §3.2 and §3.3: what the transaction layer and the application decide.
        "badbranch.dat": .refused(400), "insuf.dat": .refused(400), "unkscm.dat": .refused(416),
        "novelsc.dat": .refused(416), "unksm2.dat": .refused(400), "bext01.dat": .accepted(requiredExtensions),
        "invut.dat": .accepted(unknownBody), "regaut01.dat": .accepted(unknownScheme), "multi01.dat": .refused(400),
        "mcl01.dat": .refused(400), "bcast.dat": .accepted(broadcastVia), "zeromf.dat": .accepted(noHopsLeft),
        "cparam01.dat": .accepted(headerParameter), "cparam02.dat": .accepted(uriParameter),
        "regescrt.dat": .accepted(routeInContact), "sdp01.dat": .accepted(unknownAccept),
        // §3.4, and a file of the archive that the text does not have.
        "inv2543.dat": .refused(400), "test.dat": .refused(400),
    ]

    @Sendable static func crazyWhiteSpace(_ message: Message) throws {
        let from = try message.from()
        #expect(from.tag.map(message.string) == "98asjd8")
        #expect(from.displayName.map(message.unescaped) == "J Rosenberg \\\"")
        #expect(try message.to().tag.map(message.string) == "1918181833n")
        #expect(try message.maxForwards() == 68)
        #expect(try message.cseq() == CSeq(number: 9, method: .invite))
        #expect(message.first(named: "unknownheaderwithunusualvalue").map(message.string) == ";;,,;;,;")
        #expect(message.first(.subject)?.isEmpty == true)
        #expect(try message.vias().map { message.string($0.transport) } == ["UDP", "TCP", "UDP"])
        #expect(try message.vias()[1].branch.map(message.string) == "z9hG4bK9ikj8")
        #expect(try message.routes().map { $0.uri?.isLooseRoute } == [true])
        let contact = try #require(try message.firstContact())
        #expect(contact.displayName.map(message.unescaped) == "Quoted string \"\"")
        #expect(contact.q == 330)
        #expect(contact.parameter(named: "newparam", in: message).map(message.string) == "newvalue")
        #expect(message.body.count == 150)
    }

    @Sendable static func wideRange(_ message: Message) throws {
        #expect(message.method == .other("!interesting-Method0123456789_*+`.%indeed'~"))
        #expect(try message.cseq().number == 139_122_385)
        let uri = try SIPURI.parse(message, message.requestURI)
        #expect(uri.user.map(message.string) == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*")
        #expect(uri.password.map(message.string) == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)")
        #expect(message.string(uri.host) == "example.com")
        let name = try #require(try message.to().displayName)
        #expect(message.string(name) == "BEL:\\\u{7} NUL:\\\0 DEL:\\\u{7F}", "the NUL does not end the name")
        #expect(message.unescaped(name) == "BEL:  NUL:  DEL: ", "and nobody gets to see it")
        #expect(try message.from().displayName.map(message.string) == "token1~` token2'+_ token3*%!.-")
        #expect(try message.from().tag.map(message.string) == "_token~1'+`*%!-.")
    }

    @Sendable static func escapes(_ message: Message) throws {
        let uri = try SIPURI.parse(message, message.requestURI)
        #expect(uri.decodedUser(in: message.bytes.span) == "sips:user@example.com")
        #expect(message.string(uri.host) == "example.net")
        #expect(try message.to().uri?.decodedUser(in: message.bytes.span) == "user")
        #expect(try message.from().uri?.decodedUser(in: message.bytes.span) == "I have spaces")
        let contact = try #require(try message.firstContact()?.uri)
        #expect(contact.param(named: "n%61me", in: message).map(message.string) == "v%61lue%25%34%31")
        #expect(!contact.isLooseRoute, "an escaped lr is not undone to become one")
    }

    @Sendable static func escapedNull(_ message: Message) throws {
        let uri = try #require(try message.to().uri)
        #expect(uri.decodedUser(in: message.bytes.span) == nil)
        #expect(uri.user.map(message.string) == "null-%00-null")
        guard case .addresses(let contacts) = try message.contacts() else { return #expect(Bool(false)) }
        #expect(contacts.map { $0.uri?.user.map(message.string) } == ["%00", "%00%00"])
    }

    @Sendable static func noEscapes(_ message: Message) throws {
        #expect(message.method == .other("RE%47IST%45R"))
        #expect(message.count(.contact) == 2)
        #expect(message.first(named: "C%6Fntact") != nil)
    }

    @Sendable static func noSpaceBeforeBracket(_ message: Message) throws {
        #expect(try message.from().displayName.map(message.string) == "caller")
        #expect(try message.from().tag.map(message.string) == "323")
    }

    @Sendable static func longValues(_ message: Message) throws {
        #expect(message.bytes.count == 3_515)
        #expect(try message.vias().count == 34)
        #expect(try message.topVia().branch == nil)
        #expect(try message.to().uri?.port == 6_000)
        #expect(try message.from().tag?.count == 155)
    }

    @Sendable static func trailingRequest(_ message: Message) throws {
        #expect(message.method == .register)
        #expect(message.body.isEmpty)
        #expect(!message.string(ByteRange(0..<message.bytes.count)).contains("INVITE"))
    }

    @Sendable static func semicolonInUser(_ message: Message) throws {
        let uri = try SIPURI.parse(message, message.requestURI)
        #expect(uri.decodedUser(in: message.bytes.span) == "user;par=u@example.net")
        #expect(message.string(uri.host) == "example.com")
        #expect(uri.parameters.isEmpty)
    }

    @Sendable static func manyTransports(_ message: Message) throws {
        #expect(try message.vias().map { message.string($0.transport) } == ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"])
    }

    @Sendable static func multipart(_ message: Message) throws {
        #expect(message.hasBody("multipart/mixed"))
        #expect(message.body.count == 553)
        #expect(message.bytes(message.body).contains(0))
        #expect(try message.topVia().hasRport)
    }

    @Sendable static func foreignReason(_ message: Message) throws {
        #expect(message.status == 200)
        #expect(message.string(message.reasonPhrase).hasSuffix("девяносто девять - простое"))
    }

    @Sendable static func emptyReason(_ message: Message) throws {
        #expect(message.status == 100)
        #expect(message.reasonPhrase.isEmpty)
    }

    @Sendable static func foreignTimeZone(_ message: Message) throws {
        #expect(message.first(.date) != nil)
        #expect(message.date() == nil, "so nothing can be proven with it")
    }

    @Sendable static func requiredExtensions(_ message: Message) throws {
        #expect(message.options(.require) == ["nothingSupportsThis", "nothingSupportsThisEither"])
        #expect(message.options(.proxyRequire).count == 2)
    }

    @Sendable static func unknownBody(_ message: Message) throws {
        #expect(!message.hasBody("application/sdp"))
        #expect(message.body.count == 40)
    }

    @Sendable static func unknownScheme(_ message: Message) throws {
        #expect(message.first(.authorization) != nil)
        #expect(try message.credentials() == nil)
    }

    @Sendable static func broadcastVia(_ message: Message) throws {
        #expect(try message.vias().compactMap { message.address($0.host)?.isMulticastOrBroadcast } == [false, true])
        #expect(!message.isAnswerable)
    }

    @Sendable static func noHopsLeft(_ message: Message) throws {
        #expect(try message.maxForwards() == 0)
    }

    @Sendable static func headerParameter(_ message: Message) throws {
        let contact = try #require(try message.firstContact())
        #expect(contact.uri?.parameters.isEmpty == true)
        #expect(contact.parameter(named: "unknownparam", in: message)?.isEmpty == true)
    }

    @Sendable static func uriParameter(_ message: Message) throws {
        let contact = try #require(try message.firstContact())
        #expect(contact.uri?.param(named: "unknownparam", in: message)?.isEmpty == true)
        #expect(contact.parameters.isEmpty)
    }

    @Sendable static func routeInContact(_ message: Message) throws {
        let uri = try #require(try message.firstContact()?.uri)
        #expect(uri.hasHeaders)
        #expect(message.string(uri.headers) == "Route=%3Csip:sip.example.com%3E")
        #expect(message.first(.route) == nil)
    }

    @Sendable static func unknownAccept(_ message: Message) throws {
        #expect(message.first(.accept).map(message.string) == "text/nobodyKnowsThis")
        #expect(message.hasBody("application/sdp"))
    }
}
