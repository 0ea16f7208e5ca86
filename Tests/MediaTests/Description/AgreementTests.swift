// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

@Suite("RFC 3264 §5 to §8 and RFC 4568 §5: what one phone and we agree on")
struct AgreementTests {
    private static let formats = [(UInt8(9), "G722"), (0, "PCMU"), (8, "PCMA")].compactMap { type, name in
        AudioFormat(payloadType: type, name: name, clockRate: 8_000)
    }

    private var local: LocalMedia {
        var local = here
        local.version = 0
        return local
    }

    private func line(_ tag: Int, _ suite: SRTPSuite, first: UInt8 = 70) throws -> String {
        "a=crypto:\(tag) \(suite.rawValue) inline:\(try inline(suite, first: first))"
    }

    private func said(_ formats: String, _ lines: String...) throws -> SessionDescription {
        try parse(sdp((["m=audio 4000 RTP/SAVP \(formats)"] + lines).joined(separator: "\r\n")))
    }

    private func offered(_ phone: inout Negotiation, isRepeat: Bool = false) throws -> SessionDescription {
        var generator = SplitMix(phone.local.version)
        return try parse(
            phone.offer(Self.formats, packetTime: 20, direction: .sendReceive, isRepeat: isRepeat, using: &generator)
        )
    }

    /// The test macros do not call what changes a value.
    private func takes(_ phone: inout Negotiation, _ answer: SessionDescription?) -> Bool { phone.accept(answer) }

    @Test func `an offer has a key for every suite, and its answer settles key and formats`() throws {
        var phone = Negotiation(at: local)
        let offer = try offered(&phone)
        #expect(offer.version == 1 && offer.audio?.crypto.map(\.key.suite) == SRTPSuite.allCases)
        #expect(phone.suite == nil && phone.keys?.send == nil)
        #expect(try takes(&phone, said("8 0", line(3, .aes128cmSHA1_80))))
        #expect(phone.suite == .aes128cmSHA1_80 && phone.formats.map(\.payloadType) == [8, 0])
        #expect(phone.keys?.receive == (try key(.aes128cmSHA1_80, first: 70)))
        #expect(phone.keys?.send == offer.audio?.crypto.last?.key)
    }

    @Test func `what stands is offered again under its one key, with a version one higher unless it is a repeat`()
        throws
    {
        var phone = Negotiation(at: local)
        let first = try offered(&phone)
        #expect(try takes(&phone, said("0", line(1, .aes256gcm))))
        let (again, repeated) = (try offered(&phone), try offered(&phone, isRepeat: true))
        #expect(again.audio?.crypto == first.audio?.crypto.first.map { [$0] })
        #expect([again.version, repeated.version] == [2, 2])
        #expect(again.audio?.rtcpMux == false, "as the phone said")
    }

    @Test func `what is no answer changes nothing`() throws {
        var phone = Negotiation(at: local)
        _ = try offered(&phone)
        let wrong = [
            try said("0"), try said("0", line(1, .aes256gcm), line(2, .aes128gcm)),
            try said("101", "a=rtpmap:101 telephone-event/8000", line(1, .aes256gcm)),
            try parse(sdp("m=audio 0 RTP/SAVP 0", line(1, .aes256gcm))),
        ]
        for answer in wrong { #expect(!takes(&phone, answer)) }
        #expect(!takes(&phone, nil))
        #expect(phone.remote == nil && phone.suite == nil && phone.formats == Self.formats)
    }

    @Test func `our own key is no answer`() throws {
        var phone = Negotiation(at: local)
        let offer = try offered(&phone)
        let ours = try #require(offer.audio?.crypto.first)
        let text = Base64.encode(ours.key.material.reveal { $0 })
        #expect(try !takes(&phone, said("0", "a=crypto:1 AEAD_AES_256_GCM inline:\(text)")))
    }

    @Test func `the same key of theirs keeps ours, and a new one brings a new one`() throws {
        var (phone, generator) = (Negotiation(at: local), SplitMix(1))
        var sent: [SRTPKey?] = []
        for first in [UInt8(1), 1, 2] {
            let offer = try said("0", line(4, .aes128gcm, first: first))
            try phone.take(try #require(offer.audio), using: &generator)
            let answer = try parse(
                phone.answer(offer, formats: Self.formats, packetTime: nil, direction: .sendReceive)
            )
            #expect(answer.audio?.crypto.map(\.tag) == [4])
            sent.append(phone.keys?.send)
        }
        #expect(sent[0] == sent[1] && sent[1] != sent[2] && phone.local.version == 3)
    }

    @Test func `an offer that cannot be taken changes nothing and says why`() throws {
        var (phone, generator) = (Negotiation(at: local), SplitMix(1))
        let offers: [(SessionDescription, UnacceptableOffer)] = [
            (try said("0"), .unprotected(.noKey)), (try said("18", line(1, .aes256gcm)), .noCodec),
        ]
        for (offer, failure) in offers {
            let audio = try #require(offer.audio)
            #expect(throws: failure) { try phone.take(audio, using: &generator) }
        }
        #expect(phone.remote == nil && phone.local.version == 0)
    }

    @Test func `an answer without a key refuses everything`() throws {
        var phone = Negotiation(at: local)
        let answer = phone.answer(
            try said("0", line(1, .aes256gcm)),
            formats: Self.formats,
            packetTime: nil,
            direction: .sendReceive
        )
        #expect(try parse(answer).sections.map(\.port) == [0])
    }
}
