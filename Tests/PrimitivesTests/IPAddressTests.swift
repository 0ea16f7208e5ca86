// SPDX-License-Identifier: Apache-2.0

import Glibc
import Primitives
import TestKit
import Testing

@Suite("RFC 5952 and RFC 4291 §2.2: addresses")
struct IPAddressTests {
    static let spellings: [(text: String, written: String)] = [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:C000:201", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::", "::"), ("1::", "1::"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("0.0.0.0", "0.0.0.0"),
    ]

    @Test(arguments: spellings) func `has one form, however it was written`(text: String, written: String) {
        #expect(IPAddress(parsing: text)?.description == written)
        #expect(IPAddress(parsing: written) == IPAddress(parsing: text))
    }

    @Test(
        arguments: [
            "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.", "1.2.3.-4", "1.2.3.+4",
            "0x7f.0.0.1",
            "2130706433", "localhost", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", ":1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:", "12345::", "g::", "::1.2.3", "1.2.3.4::", "[::1", "::1]", "[::1]:5061", "fe80::1%eth0",
            " ::1", "1.2.3.4 ", "١.2.3.4",
        ]
    )
    func `is nothing else`(text: String) {
        #expect(IPAddress(parsing: text) == nil)
    }

    @Test func `10,000 random ones are written as the system writes them, and read back`() {
        var generator = SplitMix(3)
        for _ in 0..<10_000 {
            let address = Self.random(using: &generator)
            #expect(address.description == system(address))
            #expect(IPAddress(parsing: address.description) == address)
            #expect(address.bytes.count == (address.isIPv4 ? 4 : 16))
        }
    }

    @Test func `what is damaged is read where the system reads it`() {
        var generator = SplitMix(4)
        for _ in 0..<20_000 {
            var text = Array(Self.random(using: &generator).description.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                text[place] = Array("0123456789abcf:.".utf8)[Int.random(in: 0..<16, using: &generator)]
            }
            let string = String(decoding: text, as: UTF8.self)
            #expect((IPAddress(parsing: string) != nil) == systemReads(string), "\(string)")
        }
    }

    @Test func `says what kind it is`() {
        let kinds: [(KeyPath<IPAddress, Bool>, yes: [String], no: [String])] = [
            (\.isLoopback, ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"], ["128.0.0.1", "::2", "::7f00:1"]),
            (\.isLinkLocal, ["169.254.1.1", "fe80::1", "febf::1"], ["169.255.1.1", "fec0::1", "fe7f::1"]),
            (\.isUnspecified, ["0.0.0.0", "::", "::ffff:0.0.0.0"], ["0.0.0.1", "::1"]),
            (
                \.isMulticastOrBroadcast, ["224.0.0.1", "239.9.9.9", "255.255.255.255", "ff02::1"],
                ["223.0.0.1", "240.0.0.1", "fe02::1"]
            ),
        ]
        for (isOne, yes, no) in kinds {
            for text in yes { #expect(IPAddress(parsing: text)?[keyPath: isOne] == true, "\(text)") }
            for text in no { #expect(IPAddress(parsing: text)?[keyPath: isOne] == false, "\(text)") }
        }
    }

    @Test func `a host is counted by its IPv4 address or by its IPv6 network`() {
        #expect(IPAddress(parsing: "2001:db8:1:2:3:4:5:6")?.accountable == IPAddress(parsing: "2001:db8:1:2::"))
        #expect(IPAddress(parsing: "192.0.2.7")?.accountable == IPAddress(parsing: "192.0.2.7"))
    }

    /// With many zeros, so that there is something to shorten.
    static func random(using generator: inout SplitMix) -> IPAddress {
        if Bool.random(using: &generator) { return IPAddress(v4: .random(in: 0 ... .max, using: &generator)) }
        let words = (0..<8).map { _ in
            Bool.random(using: &generator) ? 0 : UInt64.random(in: 0...0xFFFF, using: &generator)
        }
        // The first word is none of those behind which the system writes an IPv4 address.
        return IPAddress(
            high: words[1..<4].reduce(words[0] | 0x2000) { $0 << 16 | $1 },
            low: words[4...].reduce(0) { $0 << 16 | $1 }
        )
    }

    private func system(_ address: IPAddress) -> String? {
        var (bytes, text) = (address.bytes, [CChar](repeating: 0, count: 64))
        guard inet_ntop(address.isIPv4 ? AF_INET : AF_INET6, &bytes, &text, 64) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }

    private func systemReads(_ text: String) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }
}

@Suite("An address and a port")
struct SocketAddressTests {
    @Test(arguments: ["192.0.2.1:5061", "[2001:db8::1]:1", "[::]:65535"])
    func `reads back as it is written`(text: String) {
        #expect(SocketAddress(parsing: text)?.description == text)
    }

    @Test(
        arguments: [
            "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:+1", "2001:db8::1:5061",
            "pbx:5061",
            ":5061", "[192.0.2.1:5061",
        ]
    )
    func `is nothing else`(text: String) {
        #expect(SocketAddress(parsing: text) == nil)
    }
}
