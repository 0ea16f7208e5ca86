// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import TestKit
import Testing

@testable import Media

@Suite("Descriptions of others", .enabled(if: Corpus.has("rtpengine") && Corpus.has("pjsip")))
struct DescriptionCorpusTests {
    /// The media lines as another reader would find them: no code is shared with the parser.
    private static func mediaLines(_ text: String) -> [[Substring]] {
        text.replacing("\r\n", with: "\n").split(separator: "\n").filter { $0.hasPrefix("m=") }
            .map { $0.dropFirst(2).split(separator: " ") }
    }

    @Test func `every offer and answer of rtpengine's tests is read with all its sections`() throws {
        let pairs = try DescriptionCorpus.pairs()
        #expect(pairs.count >= 200)
        for pair in pairs {
            // What rtpengine puts in for itself is a pattern in its tests.
            let expected = pair.expected.replacing("PORT", with: "30000")
            for text in [pair.given, expected] {
                let session = try #require(try? parse(Array(text.utf8)), "\(pair.name): \(text)")
                let lines = Self.mediaLines(text)
                #expect(session.sections.map(\.kind) == lines.map { String($0[0]) })
                #expect(session.sections.map { String($0.port) } == lines.map { String($0[1]) })
                #expect(session.sections.map(\.transport) == lines.map { String($0[2]) })
                #expect(session.sections.map(\.formats) == lines.map { $0[3...].joined(separator: " ") })
            }
        }
    }

    @Test func `every description given to rtpengine is read, and has audio when a section with a port says so`() throws
    {
        let files = try DescriptionCorpus.files(in: "rtpengine/sdp-in")
        #expect(files.count >= 100)
        for file in files {
            let session = try #require(try? parse(file.bytes), "\(file.name)")
            let audio = Self.mediaLines(text(file.bytes)).first {
                $0[0] == "audio" && $0[1] != "0" && !$0[1].contains("/") && $0[2].contains("RTP/")
            }
            #expect((session.audio != nil) == (audio != nil), "\(file.name)")
        }
    }

    /// Which lines of pjsip's seeds are keys that we take, by tag.
    static let seeds: [(file: String, tags: [Int])] = [
        ("seed-crypto-aes128.sdp", []),  // 28 bytes where the suite has 30
        ("seed-crypto-aes256-32.sdp", []),  // a tag of 32 bits
        ("seed-crypto-duplicate-tags.sdp", []),
        ("seed-crypto-invalid-base64.sdp", []),
        ("seed-crypto-large-tag.sdp", []),  // 28 bytes
        ("seed-crypto-lifetime-mki.sdp", []),
        ("seed-crypto-missing-components.sdp", []),
        ("seed-crypto-multiple-tags.sdp", []),  // 28 bytes, a tag of 32 bits, AES-256 in counter mode
        ("seed-crypto-non-decimal-tag.sdp", []),
        ("seed-crypto-session-params.sdp", []),  // a master key identifier
    ]

    @Test(arguments: seeds)
    func `pjsip's seed of keys`(file: String, tags: [Int]) throws {
        let seed = try #require(
            try DescriptionCorpus.files(in: "pjsip/tests/fuzz/seed-unpacked/fuzz-sdes").first { $0.name == file }
        )
        let audio = try #require(try parse(seed.bytes).audio)
        #expect(audio.profile == .savp)
        #expect(audio.crypto.map(\.tag) == tags)
        #expect(Negotiation.protection(of: audio, preferring: SRTPSuite.allCases) == nil)
    }
}

@Suite("Descriptions that RFCs print")
struct PrintedDescriptionTests {
    @Test func `the bodies in the examples of SIP's RFCs are read, but for those that the RFC left unfinished`() throws
    {
        var (read, refused) = (0, [String]())
        for file in try DescriptionCorpus.files(in: "rfc-examples") where file.name.hasSuffix(".sip") {
            for body in DescriptionCorpus.embedded(in: file.bytes) {
                do throws(SDPError) {
                    _ = try parse(body)
                    read += 1
                } catch {
                    refused.append("\(file.name): \(error)")
                }
            }
        }
        #expect(read >= 100)
        #expect(refused == [])
    }

    @Test func `changed at random, no description traps, and what is taken is written so that it reads the same`()
        throws
    {
        let seeds = try DescriptionCorpus.all()
        #expect(seeds.count >= (Corpus.has("rtpengine") ? 500 : 140))
        var generator = SplitMix(0x5DB)
        for seed in seeds {
            MediaFuzzTargets.sdp(seed.span)
            for _ in 0..<40 { MediaFuzzTargets.sdp(mutated(seed, with: seeds, using: &generator).span) }
        }
    }

    /// One to four small changes: a bit, a run cut out or doubled, a number at its limits, a piece of another seed.
    private func mutated(_ seed: [UInt8], with seeds: [[UInt8]], using generator: inout SplitMix) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let start = Int.random(in: 0..<bytes.count, using: &generator)
            let range = start..<min(bytes.count, start + Int.random(in: 1...20, using: &generator))
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes.removeSubrange(range)
            case 2: bytes.insert(contentsOf: bytes[range], at: start)
            case 3:
                let number = ["0", "65535", "65536", "4294967296", "18446744073709551616", "-1", "\u{0}"]
                bytes.replaceSubrange(range, with: Array(number.randomElement(using: &generator, or: "0").utf8))
            default:
                let other = seeds.randomElement(using: &generator, or: [])
                let cut = Int.random(in: 0...other.count, using: &generator)
                bytes = Array(bytes[..<start]) + other[cut...]
            }
        }
        return bytes
    }
}

@Suite("RFC 8866: what is written reads back as the same")
struct DescriptionRoundTripTests {
    @Test func `a thousand offers with random contents`() throws {
        var generator = SplitMix(7)
        for _ in 0..<1_000 {
            let local = LocalMedia(
                address: Bool.random(using: &generator)
                    ? IPAddress(v4: .random(in: 0x0A00_0000...0xC0FF_FFFF, using: &generator))
                    : IPAddress(high: 0x2001_0DB8_0000_0000, low: .random(in: 1 ... .max, using: &generator)),
                port: .random(in: 1...65_534, using: &generator),
                rtcpPort: .random(in: 1 ... .max, using: &generator),
                sessionID: .random(in: 0...UInt64(Int64.max), using: &generator),
                version: .random(in: 0 ... .max, using: &generator)
            )
            let formats = try randomFormats(using: &generator)
            let direction = MediaDirection.allCases.randomElement(using: &generator, or: .inactive)
            let packetTime = Bool.random(using: &generator) ? Int.random(in: 1...200, using: &generator) : nil
            let crypto = SRTPSuite.allCases.shuffled(using: &generator).enumerated().map {
                CryptoAttribute(tag: $0 * 7 + 1, key: .generate($1, using: &generator))
            }
            let mux = Bool.random(using: &generator)
            let written = SessionWriter.offer(
                local,
                formats: formats,
                packetTime: packetTime,
                direction: direction,
                crypto: crypto,
                rtcpMux: mux
            )
            let read = try parse(written)
            let audio = try #require(read.audio)
            #expect((read.sessionID, read.version) == (local.sessionID, local.version))
            #expect((audio.address, audio.port, audio.rtcpPort) == (local.address, local.port, local.rtcpPort))
            #expect((audio.formats, audio.direction, audio.packetTime) == (formats, direction, packetTime))
            #expect(audio.crypto == crypto)
            #expect((audio.rtcpMux, audio.profile) == (mux, .savp))
        }
    }

    private func randomFormats(using generator: inout SplitMix) throws -> [AudioFormat] {
        let opus = try #require(
            AudioFormat(payloadType: 96, name: "opus", clockRate: 48_000, channels: 2, parameters: "stereo=1;usedtx=0")
        )
        let event = try #require(
            AudioFormat(payloadType: 101, name: "telephone-event", clockRate: 8_000, parameters: "0-15,66")
        )
        let all = [opus, event, try format(0, "PCMU"), try format(8, "PCMA"), try format(9, "G722")]
        return Array(all.shuffled(using: &generator).prefix(.random(in: 1...5, using: &generator)))
    }
}

extension Array {
    fileprivate func randomElement(using generator: inout some RandomNumberGenerator, or other: Element) -> Element {
        randomElement(using: &generator) ?? other
    }
}
