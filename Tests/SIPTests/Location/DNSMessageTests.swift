// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import TestKit
import Testing

@Suite("RFC 1035 §4: answers of name servers are read and not believed")
struct DNSMessageTests {
    @Test func `addresses, services and pointers are read as they are`() throws {
        var answer = DNSAnswer(to: "Provider.Example")
        answer.addAddress([198, 51, 100, 1])
        answer.addAddress([0x20, 1, 0xD, 0xB8] + Array(repeating: 0, count: 11) + [9])
        answer.addService(10, 60, 5_061, "SIP1.Provider.Example")
        answer.addPointer(50, 10, "S", "sips+d2t", "_sips._tcp.provider.example")
        let message = try #require(answer.message)
        #expect(
            message.values(of: "provider.example") == [
                .address(try #require(IPAddress(parsing: "198.51.100.1"))),
                .address(try #require(IPAddress(parsing: "2001:db8::9"))),
                .service(.init(priority: 10, weight: 60, port: 5_061, target: "sip1.provider.example")),
                .pointer(
                    .init(
                        order: 50,
                        preference: 10,
                        flags: "s",
                        service: "SIPS+D2T",
                        replacement: "_sips._tcp.provider.example"
                    )
                ),
            ]
        )
    }

    @Test func `an alias leads to the records of its name, and a circle of them nowhere`() throws {
        var answer = DNSAnswer(to: "a.example")
        answer.add(5, DNSAnswer.name("b.example"))
        answer.addAddress([192, 0, 2, 7], owner: "b.example")
        answer.addAddress([192, 0, 2, 8], owner: "unasked.example")
        let address = DNSRecord.Value.address(try #require(IPAddress(parsing: "192.0.2.7")))
        #expect(answer.message?.values(of: "A.example") == [address])
        var circle = DNSAnswer(to: "a.example")
        circle.add(5, DNSAnswer.name("b.example"))
        circle.add(5, DNSAnswer.name("a.example"), owner: DNSAnswer.name("b.example"))
        #expect(circle.message?.values(of: "a.example").isEmpty == true)
    }

    @Test func `a name that does not exist is told from a server that cannot answer`() {
        #expect(DNSAnswer(to: "a.example", flags: 0x8183).message?.exists == false)
        #expect(DNSAnswer(to: "a.example", flags: 0x8182).message == nil)
        #expect(DNSAnswer(to: "a.example", flags: 0x0180).message == nil)
        #expect(DNSAnswer(to: "a.example", flags: 0x8380).message?.isTruncated == true)
    }

    @Test func `pointers that lead forward, to themselves or round in a circle are no names`() {
        let owners: [[UInt8]] = [[0xC0, 0xFF], [0xC0, 31], [1, 97, 0xC0, 27], [0xFF, 0xFF]]
        for owner in owners {
            var answer = DNSAnswer(to: "a.example")
            answer.add(1, [192, 0, 2, 1], owner: owner)
            #expect(answer.message?.answers.isEmpty == true)
        }
    }

    @Test func `names with anything but letters, digits, hyphens and underscores are nobody's`() {
        for name in ["a b.example", "a\u{7F}.example", "\"x\".example", "ü.example", "a\r\nb"] {
            var answer = DNSAnswer(to: "a.example")
            answer.addService(1, 1, 5_061, name)
            #expect(answer.message?.answers.isEmpty == true)
        }
    }

    @Test func `a record of the wrong length is passed over, and the next one is read`() {
        var answer = DNSAnswer(to: "a.example")
        answer.add(1, [192, 0, 2])
        answer.add(28, [1, 2, 3, 4])
        answer.add(33, [0, 1, 0, 1, 0, 80])
        answer.add(33, DNSAnswer.word(1) + DNSAnswer.word(1) + DNSAnswer.word(80) + DNSAnswer.name("b") + [0])
        answer.add(35, [0, 1, 0, 1, 200, 1])
        answer.add(1, [192, 0, 2, 1], form: 3)
        answer.add(999, [1])
        answer.addAddress([192, 0, 2, 9])
        #expect(answer.message?.answers.count == 1)
    }

    @Test func `an answer holds no more records than the limit`() {
        var answer = DNSAnswer(to: "a.example")
        for index in 0..<200 { answer.addAddress([192, 0, 2, UInt8(index)]) }
        #expect(answer.message?.answers.count == Limits.dnsRecords)
    }

    @Test func `no bytes trap the reader`() {
        var answer = DNSAnswer(to: "provider.example")
        answer.addAddress([198, 51, 100, 1])
        answer.add(5, DNSAnswer.name("b.example"))
        answer.addService(10, 60, 5_061, "sip1.provider.example")
        answer.addPointer(50, 10, "s", "SIPS+D2T", "_sips._tcp.provider.example")
        for end in 0...answer.bytes.count { FuzzTargets.nameAnswer(Array(answer.bytes[..<end]).span) }
        var generator = SplitMix(11)
        for _ in 0..<20_000 {
            var bytes = answer.bytes
            for _ in 0...generator.next() % 6 {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: generator.next())
            }
            FuzzTargets.nameAnswer(bytes.span)
        }
    }
}
