// SPDX-License-Identifier: Apache-2.0

import Foundation
import Media
import Primitives
import Testing

/// Packets that libsrtp protected, from `Tests/Fixtures`.
private struct ForeignPacket {
    let isControl: Bool
    let plain: [UInt8]
    let sealed: [UInt8]

    /// The packets of one suite, in order, and their key.
    static func all(of suite: SRTPSuite) throws -> (key: SRTPKey, packets: [ForeignPacket]) {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/srtp-libsrtp-2.5.0.txt")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: " ") }.filter { $0.count == 5 && $0[0] == suite.rawValue }
        let first = try #require(lines.first)
        let material = try #require(Hex.decode(first[2]))
        let key = try #require(SRTPKey(suite: suite, material: material))
        let packets = try lines.map { line in
            let plain = try #require(Hex.decode(line[3]))
            return ForeignPacket(isControl: line[1] == "rtcp", plain: plain, sealed: try #require(Hex.decode(line[4])))
        }
        return (key, packets)
    }
}

@Suite("Interoperability with libsrtp 2.5")
struct LibsrtpTests {
    @Test(arguments: SRTPSuite.allCases)
    func `reads what libsrtp protects, over a roll-over and with a header extension`(suite: SRTPSuite) throws {
        let (key, packets) = try ForeignPacket.all(of: suite)
        let link = Link(key)
        #expect(packets.count == 6)
        for packet in packets {
            let opened = packet.isControl ? link.openControl(packet.sealed) : link.open(packet.sealed)
            #expect(opened == .packet(packet.plain))
        }
    }

    @Test(arguments: SRTPSuite.allCases)
    func `protects to the same bytes as libsrtp`(suite: SRTPSuite) throws {
        let (key, packets) = try ForeignPacket.all(of: suite)
        let link = Link(key)
        // libsrtp's first SRTCP index is 1, ours is 0 as RFC 3711 §3.2.1 has it.
        _ = link.sealControl(Packets.rtcp())
        for packet in packets {
            let sealed = packet.isControl ? link.sealControl(packet.plain) : link.seal(packet.plain)
            #expect(sealed == .packet(packet.sealed))
        }
    }
}
