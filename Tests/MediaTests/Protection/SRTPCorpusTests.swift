// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

@Suite("libsrtp's fuzz corpus", .enabled(if: Corpus.has("libsrtp-fuzz/corpus")))
struct SRTPCorpusTests {
    /// The inputs as they are, and again with a first byte that gets past the door.
    private func packets() throws -> [[UInt8]] {
        let inputs = try Corpus.files("libsrtp-fuzz/corpus", withSuffix: "").map(Corpus.read)
        #expect(inputs.count > 1_000)
        return inputs.flatMap { input in
            let packet = Array(input.prefix(RelayLimits.packetLength))
            let tail = Array(input.suffix(200))
            let media = packet.isEmpty ? [] : [0x80 | (packet[0] & 0x3F)] + packet.dropFirst()
            let control = tail.count < 2 ? [] : [0x81, 200] + tail.dropFirst(2)
            return [packet, tail, media, control]
        }
    }

    @Test(arguments: SRTPSuite.allCases)
    func `never gets through a context, and never traps`(suite: SRTPSuite) throws {
        let link = Link(.test(suite))
        for packet in try packets() {
            if case .packet(let bytes) = link.open(packet) { Issue.record("let in \(Hex.encode(bytes))") }
            if case .packet(let bytes) = link.openControl(packet) { Issue.record("let in \(Hex.encode(bytes))") }
        }
    }

    @Test(arguments: SRTPSuite.allCases)
    func `what can be protected comes back as it was`(suite: SRTPSuite) throws {
        for packet in try packets() {
            let link = Link(.test(suite))
            if case .packet(let sealed) = link.seal(packet) {
                #expect(link.open(sealed) == .packet(packet) || link.open(sealed) == .failed(.replayed))
            }
            if case .packet(let sealed) = link.sealControl(packet) {
                #expect(link.openControl(sealed) == .packet(packet))
            }
        }
    }

    @Test func `goes nowhere from the source of a live call, and the call goes on`() throws {
        let (stage, alice, bob) = Stage.talking()
        for packet in try packets() {
            for port in MediaPort.allCases {
                #expect(stage.receive(packet, from: alice, port: port).destination == nil)
                #expect(stage.receive(packet, from: "203.0.113.5:1", port: port).destination == nil)
            }
            stage.wait(.milliseconds(1))
        }
        #expect(bob.hears(stage.receive(alice.rtp(1), from: alice).packet) == .packet(Packets.rtp(1)))
    }
}
