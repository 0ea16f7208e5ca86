// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import TestKit
import Testing

@testable import Media

/// One entry of `corpora/vectors/srtp.json`; which fields there are depends on its source.
struct SRTPVector: Decodable {
    let source: String
    let kind: String?
    let key, iv: String?
    let blocks: [String: String]?
    let keystream_len: Int?
    let master_key, master_salt, cipher_key, cipher_salt, auth_key_94, auth_key: String?
    let bits: Int?
    let session_key, session_salt, rtp, srtp, rtcp, srtcp: String?

    static let all: [SRTPVector] = {
        let data = try? Data(Corpus.read("vectors/srtp.json"))
        return data.flatMap { try? JSONDecoder().decode([SRTPVector].self, from: $0) } ?? []
    }()

    static func of(_ source: String, _ kind: String = "") -> [SRTPVector] {
        all.filter { $0.source.hasPrefix(source) && ($0.kind ?? "").hasPrefix(kind) }
    }
}

private func bytes(_ hex: String?) throws -> [UInt8] {
    let hex = try #require(hex)
    return try #require(Hex.decode(hex))
}

@Suite(
    "RFC 3711 Appendix B and RFC 6188 §7: AES in counter mode and key derivation",
    .enabled(if: !SRTPVector.all.isEmpty)
)
struct KeyDerivationVectorTests {
    @Test func `produces the printed key stream for 128- and 256-bit keys`() throws {
        let vectors = (SRTPVector.of("RFC 3711 B.2") + SRTPVector.of("RFC 6188 7 AES-256"))
        #expect(vectors.count == 2)
        for vector in vectors {
            let iv = try bytes(vector.iv)
            let stream = SessionKeys.derive(
                master: try bytes(vector.key),
                salt: Array(iv.prefix(14)),
                label: 0,
                count: 16 * 0xFF02
            )
            for (counter, block) in try #require(vector.blocks) {
                let offset = 16 * (try #require(Int(counter, radix: 16)))
                #expect(Hex.encode(stream[offset..<offset + 16]) == block, "block \(counter) of \(vector.source)")
            }
        }
    }

    @Test func `derives the printed session keys`() throws {
        let vectors = SRTPVector.of("RFC 3711 B.3") + SRTPVector.of("RFC 6188 AES_256_CM_PRF")
        #expect(vectors.count == 2)
        for vector in vectors {
            let (master, salt) = (try bytes(vector.master_key), try bytes(vector.master_salt))
            let authentication = try bytes(vector.auth_key_94 ?? vector.auth_key)
            for (label, expected) in [
                (UInt8(0), try bytes(vector.cipher_key)), (1, authentication), (2, try bytes(vector.cipher_salt)),
            ] {
                let derived = SessionKeys.derive(master: master, salt: salt, label: label, count: expected.count)
                #expect(derived == expected, "label \(label) of \(vector.source)")
            }
        }
    }
}

@Suite("RFC 7714 §16, §17: AES-GCM for SRTP and SRTCP", .enabled(if: !SRTPVector.all.isEmpty))
struct GCMVectorTests {
    private func suite(_ vector: SRTPVector) -> SRTPSuite { vector.bits == 256 ? .aes256gcm : .aes128gcm }

    private func keys(_ vector: SRTPVector) throws -> SessionKeys {
        SessionKeys(
            cipher: try bytes(vector.session_key ?? vector.key),
            authentication: [],
            salt: try bytes("517569642070726f2071756f")
        )
    }

    @Test func `encrypts RTP to the printed bytes and back`() throws {
        let vectors = SRTPVector.of("RFC 7714 16", "SRTP AEAD encrypt")
        #expect(vectors.count == 2)
        for vector in vectors {
            let keys = try keys(vector)
            let link = Link(
                sender: SRTPSender(suite: suite(vector), media: keys, control: keys, nextControlIndex: 0),
                receiver: SRTPReceiver(suite: suite(vector), media: keys, control: keys)
            )
            #expect(link.seal(try bytes(vector.rtp)) == .packet(try bytes(vector.srtp)))
            #expect(link.open(try bytes(vector.srtp)) == .packet(try bytes(vector.rtp)))
        }
    }

    @Test func `refuses RTP that is only authenticated`() throws {
        let vectors = SRTPVector.of("RFC 7714 16", "SRTP AEAD tag only")
        #expect(vectors.count == 2)
        for vector in vectors {
            let keys = SessionKeys(
                cipher: try bytes(vector.session_key),
                authentication: [],
                salt: try bytes("517569642070726f2071756f")
            )
            let link = Link(
                sender: SRTPSender(.test(.aes256gcm)),
                receiver: SRTPReceiver(suite: suite(vector), media: keys, control: keys)
            )
            #expect(link.open(try bytes(vector.srtp)) == .failed(.forged))
        }
    }

    @Test func `encrypts RTCP to the printed bytes and back`() throws {
        let vectors = SRTPVector.of("RFC 7714 17.1") + SRTPVector.of("RFC 7714 17.2")
        #expect(vectors.count == 2)
        for vector in vectors {
            let keys = try keys(vector)
            let link = Link(
                sender: SRTPSender(suite: suite(vector), media: keys, control: keys, nextControlIndex: 0x5d4),
                receiver: SRTPReceiver(suite: suite(vector), media: keys, control: keys)
            )
            #expect(link.sealControl(try bytes(vector.rtcp)) == .packet(try bytes(vector.srtcp)))
            #expect(link.openControl(try bytes(vector.srtcp)) == .packet(try bytes(vector.rtcp)))
        }
    }

    @Test func `refuses RTCP whose E bit is clear, genuine as it is`() throws {
        let vectors = SRTPVector.of("RFC 7714 17.3") + SRTPVector.of("RFC 7714 17.4")
        #expect(vectors.count == 2)
        for vector in vectors {
            let keys = try keys(vector)
            let link = Link(
                sender: SRTPSender(.test(.aes256gcm)),
                receiver: SRTPReceiver(suite: suite(vector), media: keys, control: keys)
            )
            #expect(link.openControl(try bytes(vector.srtcp)) == .failed(.unencrypted))
        }
    }
}
