// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP
import TestKit
import Testing

@Suite("RFC 8489 §5, §6.3.1 and §14.2: keep-alives in datagrams")
struct KeepAliveTests {
    /// The transaction of RFC 5769.
    private static let transaction: [UInt8] = [0xB7, 0xE7, 0xA7, 0x01, 0xBC, 0x34, 0xD6, 0x86, 0xFA, 0x87, 0xDF, 0xAE]

    private static func request(
        type: [UInt8] = [0, 1],
        length: Int? = nil,
        cookie: [UInt8] = [0x21, 0x12, 0xA4, 0x42],
        attributes: [UInt8] = []
    ) -> [UInt8] {
        type + [0, UInt8(length ?? attributes.count)] + cookie + transaction + attributes
    }

    /// SOFTWARE, padded to four bytes, and FINGERPRINT.
    private static let harmless: [UInt8] = [0x80, 0x22, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0x80, 0x28, 0, 4, 9, 9, 9, 9]

    @Test(arguments: ["", "\r\n", "\r\n\r\n", "\0", "\0\0\0\0"])
    func `line ends and zeros are padding`(text: String) {
        #expect(KeepAlive(Array(text.utf8).span) == .padding)
    }

    @Test func `the answer says which address was seen, masked as RFC 5769 §2.2 and §2.3 show`() throws {
        for attributes in [[], Self.harmless] {
            let bytes = Self.request(attributes: attributes)
            guard case .binding(let transaction) = KeepAlive(bytes.span) else {
                Issue.record("a Binding request was not recognised")
                return
            }
            let v4 = transaction.success(seenAt: try #require(SocketAddress(parsing: "192.0.2.1:32853")))
            let head: [UInt8] = [0x21, 0x12, 0xA4, 0x42] + Self.transaction
            #expect(v4 == [1, 1, 0, 12] + head + [0, 0x20, 0, 8, 0, 1, 0xA1, 0x47, 0xE1, 0x12, 0xA6, 0x43])
            let address = try #require(SocketAddress(parsing: "[2001:db8:1234:5678:11:2233:4455:6677]:32853"))
            let v6 = transaction.success(seenAt: address)
            let masked: [UInt8] = [
                0x01, 0x13, 0xA9, 0xFA, 0xA5, 0xD3, 0xF1, 0x79, 0xBC, 0x25, 0xF4, 0xB5, 0xBE, 0xD2, 0xB9, 0xD9,
            ]
            #expect(v6 == [1, 1, 0, 24] + head + [0, 0x20, 0, 20, 0, 2, 0xA1, 0x47] + masked)
        }
    }

    @Test func `what is anything else is no keep-alive`() {
        let whole = Self.request(attributes: Self.harmless)
        var others = (2..<whole.count).map { Array(whole[..<$0]) }
        others += [
            Self.request(type: [1, 1]), Self.request(type: [0, 3]), Self.request(length: 4),
            Self.request(cookie: [0, 0, 0, 0]), Self.request(attributes: [0, 6, 0, 0]),
            Self.request(attributes: [0x80, 0x22, 0, 8, 1, 2, 3, 4]), Self.request(attributes: [0x80, 0x22, 0]),
            whole + [0], Array("\r\n\r\n\r\n".utf8), Array("jaK\0".utf8), Array(repeating: 0, count: 20),
            Self.request(attributes: Array(repeating: 0x80, count: 252)),
        ]
        for bytes in others { #expect(KeepAlive(bytes.span) == nil, "\(bytes)") }
    }

    @Test func `damaged requests are read or refused`() {
        var generator = SplitMix(31)
        let seeds = [Self.request(), Self.request(attributes: Self.harmless)]
        for round in 0..<20_000 {
            FuzzTargets.keepAlive(MutationTests.damaged(seeds[round % 2], &generator).span)
        }
    }
}
