// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import Media

@Suite("RFC 8489: connectivity checks")
struct STUNRequestTests {
    /// RFC 5769 §2.1, with the password `VOkJxbRl1RmTxUk/WvJxBt`.
    private static let vector: [UInt8] = [
        0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xA4, 0x42, 0xB7, 0xE7, 0xA7, 0x01, 0xBC, 0x34, 0xD6, 0x86, 0xFA, 0x87,
        0xDF, 0xAE,
        0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4E, 0x20, 0x74, 0x65, 0x73, 0x74, 0x20, 0x63, 0x6C, 0x69, 0x65,
        0x6E, 0x74,
        0x00, 0x24, 0x00, 0x04, 0x6E, 0x00, 0x01, 0xFF, 0x80, 0x29, 0x00, 0x08, 0x93, 0x2F, 0xF9, 0xB1, 0x51, 0x26,
        0x3B, 0x36,
        0x00, 0x06, 0x00, 0x09, 0x65, 0x76, 0x74, 0x6A, 0x3A, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08,
        0x00, 0x14,
        0x9A, 0xEA, 0xA7, 0x0C, 0xBF, 0xD8, 0xCB, 0x56, 0x78, 0x1E, 0xF2, 0xB5, 0xB2, 0xD3, 0xF2, 0x49, 0xC1, 0xB5,
        0x71, 0xA2,
        0x80, 0x28, 0x00, 0x04, 0xE5, 0x7A, 0x3B, 0xCF,
    ]

    private func isAuthentic(_ check: STUNRequest, _ bytes: [UInt8], _ password: String) -> Bool {
        check.isAuthentic(bytes.span, with: Array(password.utf8))
    }

    private func read(_ bytes: [UInt8]) -> STUNRequest? { STUNRequest(bytes.span) }

    @Test func `the vector of RFC 5769 is read, and authentic under its password only`() throws {
        let check = try #require(read(Self.vector))
        #expect(String(decoding: Self.vector[check.username], as: UTF8.self) == "evtj")
        #expect(String(decoding: Self.vector[check.sender], as: UTF8.self) == "h6vY")
        #expect(check.priority == 0x6E00_01FF && check.isControlled && !check.nominates && check.unknown == nil)
        #expect(isAuthentic(check, Self.vector, "VOkJxbRl1RmTxUk/WvJxBt"))
        #expect(!isAuthentic(check, Self.vector, "VOkJxbRl1RmTxUk/WvJxBT"))
    }

    @Test func `a bit that is turned over anywhere is noticed`() throws {
        for bit in 0..<(Self.vector.count * 8) {
            var bent = Self.vector
            bent[bit / 8] ^= 1 << UInt8(bit % 8)
            let taken = read(bent).map { isAuthentic($0, bent, "VOkJxbRl1RmTxUk/WvJxBt") } ?? false
            #expect(!taken, "bit \(bit)")
        }
    }

    @Test func `every part of one, and one with something behind it, is none`() {
        for count in 0..<Self.vector.count { #expect(read(Array(Self.vector.prefix(count))) == nil) }
        #expect(read(Self.vector + [0, 0, 0, 0]) == nil)
    }

    @Test func `what stands behind the signature is not believed`() throws {
        var check = CheckBytes("12345678:abcd", priority: 1)
        check.setLength(check.bytes.count + 24)
        check.append(0x0008, STUN.mac(of: check.bytes, with: Array("password".utf8)))
        check.append(0x0025, [])
        check.setLength(check.bytes.count + 8)
        check.append(0x8028, Packets.bytes(STUN.fingerprint(of: check.bytes.span, upTo: check.bytes.count)))
        let found = try #require(read(check.bytes))
        #expect(!found.nominates && isAuthentic(found, check.bytes, "password"))
    }

    @Test func `random bytes are none, and nothing traps`() {
        var generator = SplitMix(5)
        for _ in 0..<20_000 {
            var bytes = Self.vector
            for _ in 0..<Int(generator.next() % 6) {
                bytes[Int(generator.next() % 108)] = UInt8(truncatingIfNeeded: generator.next())
            }
            // With a right fingerprint, so that it is read on.
            let check = STUN.fingerprint(of: bytes.span, upTo: bytes.count - 8)
            bytes.replaceSubrange((bytes.count - 4)..., with: Packets.bytes(check))
            MediaFuzzTargets.stun(bytes.span)
        }
    }
}
