// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

/// An offer as equipment of a kind that stands at providers writes it, made up after what is seen in the field.
private struct ProviderOffer: CustomTestStringConvertible, Sendable {
    let kind: String
    let lines: String
    /// The sections of our answer.
    let answer: [String]

    var testDescription: String { kind }

    static let all: [ProviderOffer] = [
        ProviderOffer(
            kind: "a carrier's border controller: comfort noise, G.729 with annex, ptime and maxptime",
            lines: """
                m=audio 17042 RTP/AVP 8 0 18 13 101
                b=AS:80
                a=rtpmap:8 PCMA/8000
                a=rtpmap:0 PCMU/8000
                a=rtpmap:18 G729/8000
                a=fmtp:18 annexb=no
                a=rtpmap:13 CN/8000
                a=rtpmap:101 telephone-event/8000
                a=fmtp:101 0-15
                a=ptime:20
                a=maxptime:40
                a=sendrecv
                """,
            answer: ["m=audio 40004 RTP/AVP 8 0 101"]
        ),
        ProviderOffer(
            kind: "a gateway: static types without a map, blanks, an event list with a pause, ptime as a fraction",
            lines: """
                m=audio 23456 RTP/AVP 8 0 4 96 97
                a=rtpmap:96 telephone-event/8000
                a=fmtp:96 0-11, 16
                a=rtpmap:97 X-NSE/8000
                a=fmtp:97 200-202
                a=X-sqn:0
                a=X-cap: 1 audio RTP/AVP 97
                a=ptime:20.0
                """,
            answer: ["m=audio 40004 RTP/AVP 8 0 96"]
        ),
        ProviderOffer(
            kind: "audio and fax at once",
            lines: """
                m=audio 30000 RTP/AVP 8 101
                a=rtpmap:101 telephone-event/8000
                m=image 30002 udptl t38
                a=T38FaxVersion:0
                a=T38MaxBitRate:14400
                a=T38FaxRateManagement:transferredTCF
                a=T38FaxUdpEC:t38UDPRedundancy
                """,
            answer: ["m=audio 40004 RTP/AVP 8 101", "m=image 0 udptl t38"]
        ),
        ProviderOffer(
            kind: "a mobile core: wide codecs first, video, text and preconditions",
            lines: """
                m=audio 40002 RTP/AVP 116 104 8 9 118 111
                a=rtpmap:116 AMR-WB/16000/1
                a=fmtp:116 mode-change-capability=2;max-red=0
                a=rtpmap:104 AMR/8000/1
                a=rtpmap:9 G722/8000
                a=rtpmap:118 telephone-event/16000
                a=rtpmap:111 telephone-event/8000
                a=curr:qos local none
                a=des:qos optional local sendrecv
                m=video 40006 RTP/AVPF 97
                a=rtpmap:97 H264/90000
                a=rtcp-fb:97 nack pli
                m=text 40010 RTP/AVP 98
                a=rtpmap:98 t140/1000
                """,
            answer: ["m=audio 40004 RTP/AVP 8 9 118 111", "m=video 0 RTP/AVPF 97", "m=text 0 RTP/AVP 98"]
        ),
        ProviderOffer(
            kind: "SRTP beside none, the same formats twice",
            lines: """
                m=audio 20000 RTP/SAVP 8 101
                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4
                a=rtpmap:101 telephone-event/8000
                m=audio 20002 RTP/AVP 8 8 101
                a=rtpmap:101 telephone-event/8000
                """,
            answer: ["m=audio 0 RTP/SAVP 8 101", "m=audio 40004 RTP/AVP 8 101"]
        ),
        ProviderOffer(
            kind: "keys beside AVP, candidates, a name of a group",
            lines: """
                m=audio 20000 RTP/AVP 0 101
                a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
                a=rtpmap:101 telephone-event/8000
                a=candidate:1 1 UDP 2130706431 192.0.2.9 20000 typ host
                a=rtcp:20001 IN IP4 192.0.2.9
                a=rtcp-mux
                a=mid:0
                """,
            answer: ["m=audio 40004 RTP/AVP 0 101"]
        ),
        ProviderOffer(
            kind: "ptime of nothing, parameters of a type that is not there, no map for events",
            lines: """
                m=audio 20000 RTP/AVP 8 0 101
                a=ptime:0
                a=fmtp:101 0-15
                a=fmtp:99 useless
                a=silenceSupp:off - - - -
                """,
            answer: ["m=audio 40004 RTP/AVP 8 0"]
        ),
    ]
}

@Suite("RFC 3264 §6: what providers really send")
struct ProviderDescriptionTests {
    private func answered(_ offer: SessionDescription) throws -> [UInt8] {
        let local = LocalMedia(address: here.address, port: 40_004, rtcpPort: 40_005, sessionID: 99, version: 0)
        var (leg, generator) = (Negotiation(at: local, protection: .plain), SplitMix(1))
        let audio = try #require(offer.chosen(for: .plain).audio)
        try leg.take(audio, using: &generator)
        return leg.answer(offer, formats: audio.formats, packetTime: audio.packetTime, direction: .sendReceive)
    }

    @Test(arguments: ProviderOffer.all)
    private func `audio goes on, and all else is refused in its place`(offer: ProviderOffer) throws {
        let lines = offer.lines.split(separator: "\n").joined(separator: "\r\n")
        let answer = text(try answered(try parse(sdp(lines))))
        #expect(answer.split(separator: "\r\n").filter { $0.hasPrefix("m=") }.map(String.init) == offer.answer)
        #expect(!answer.contains("crypto") && !answer.contains("CN/") && !answer.contains("T38"))
        #expect(try parse(Array(answer.utf8)).chosen(for: .plain).audio?.formats.holdsVoice == true)
    }

    @Test func `a fax that takes the place of the audio is refused whole`() throws {
        let offer = try parse(sdp("m=audio 0 RTP/AVP 8", "m=image 30002 udptl t38", "a=T38FaxVersion:0"))
        #expect(offer.audio == nil && offer.chosen(for: .plain).audio == nil && offer.sections.count == 2)
    }
}
