// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@Suite("RFC 4632 §3.1 and RFC 4291 §2.3: networks")
struct IPPrefixTests {
    static let spellings: [(text: String, written: String)] = [
        ("10.1.2.3/8", "10.0.0.0/8"), ("192.0.2.1", "192.0.2.1/32"), ("0.0.0.0/0", "0.0.0.0/0"), ("::/0", "::/0"),
        ("2001:db8:ffff::/32", "2001:db8::/32"), ("::1", "::1/128"), ("192.0.2.129/25", "192.0.2.128/25"),
        ("2001:db8::8000:0:0:1/65", "2001:db8:0:0:8000::/65"),
    ]

    @Test(arguments: spellings) func `keeps the bits that count`(text: String, written: String) {
        #expect(IPPrefix(parsing: text)?.description == written)
        #expect(IPPrefix(parsing: written) == IPPrefix(parsing: text))
    }

    @Test(
        arguments: [
            "", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "::/129", "10.0.0.0/8/8", "10/8", "a/8",
        ]
    )
    func `is nothing else`(text: String) {
        #expect(IPPrefix(parsing: text) == nil)
    }

    @Test func `holds exactly the addresses whose first bits are its own`() throws {
        var generator = SplitMix(5)
        for _ in 0..<10_000 {
            let address = IPAddressTests.random(using: &generator)
            let width = address.isIPv4 ? 32 : 128
            let length = Int.random(in: 0...width, using: &generator)
            let prefix = try #require(IPPrefix(parsing: "\(address)/\(length)"))
            #expect(prefix.contains(address) && prefix.contains(prefix.address))
            let flipped = Int.random(in: 0..<width, using: &generator)
            #expect(prefix.contains(flip(flipped, of: address)) == (flipped >= length), "\(prefix), bit \(flipped)")
        }
    }

    @Test func `a network of IPv4 holds no address of IPv6, and the mapped form is no way in`() throws {
        let all = try #require(IPPrefix(parsing: "0.0.0.0/0"))
        #expect(try !all.contains(#require(IPAddress(parsing: "2001:db8::1"))))
        #expect(try !all.contains(#require(IPAddress(parsing: "::1"))))
        #expect(try all.contains(#require(IPAddress(parsing: "::ffff:8.8.8.8"))))
    }

    /// The address with one bit changed, counted from the left.
    private func flip(_ bit: Int, of address: IPAddress) -> IPAddress {
        let place = address.isIPv4 ? bit + 96 : bit
        guard place >= 64 else { return IPAddress(high: address.high ^ 1 << UInt64(63 - place), low: address.low) }
        return IPAddress(high: address.high, low: address.low ^ 1 << UInt64(127 - place))
    }
}
