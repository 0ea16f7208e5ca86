// SPDX-License-Identifier: Apache-2.0

import Media
import Testing

@Suite("RFC 3551 §6, RFC 7587, RFC 4733: the formats that pass through")
struct AudioFormatTests {
    private func formats(_ list: String, _ attributes: String...) throws -> [AudioFormat] {
        let lines = (["m=audio 4000 RTP/SAVP \(list)"] + attributes).joined(separator: "\r\n")
        return try #require(try parse(sdp(lines)).audio).formats
    }

    @Test func `static payload types need no rtpmap`() throws {
        #expect(try formats("9 8 0 3 18") == [try format(9, "G722"), try format(8, "PCMA"), try format(0, "PCMU")])
    }

    @Test func `dynamic ones are what their rtpmap says, in any case, in the order of the section`() throws {
        let list = try formats(
            "101 96 0 97",
            "a=rtpmap:96 OPUS/48000/2",
            "a=rtpmap:101 Telephone-Event/8000",
            "a=rtpmap:97 speex/8000"
        )
        #expect(list.map(\.name) == ["TELEPHONE-EVENT", "OPUS", "PCMU"])
        #expect(list.map(\.payloadType) == [101, 96, 0])
        #expect(list.map(\.isTelephoneEvent) == [true, false, false])
    }

    @Test(arguments: [
        "a=rtpmap:0 PCMA/8000", "a=rtpmap:0 opus/48000/2", "a=rtpmap:0 PCMU/16000", "a=rtpmap:0 secret/8000",
    ])
    func `a static payload type cannot be made something else`(map: String) throws {
        #expect(try formats("0 8", map) == [try format(8, "PCMA")])
    }

    @Test func `the first rtpmap of a payload type counts`() throws {
        #expect(try formats("96 0", "a=rtpmap:96 iLBC/8000", "a=rtpmap:96 opus/48000/2").map(\.payloadType) == [0])
        #expect(try formats("96", "a=rtpmap:96 opus/48000/2", "a=rtpmap:96 iLBC/8000").map(\.name) == ["OPUS"])
    }

    @Test func `a format that stands twice is one`() throws {
        #expect(try formats("8 8 8") == [try format(8, "PCMA")])
    }

    @Test func `known parameters with a number cross, and nothing else does`() throws {
        let opus = try formats(
            "96",
            "a=rtpmap:96 opus/48000/2",
            "a=fmtp:96 useinbandfec=1; x-host=10.0.0.7;stereo=yes ;MaxPlaybackRate=16000;useinbandfec=0;note"
        )
        #expect(opus.first?.parameters == "useinbandfec=1;maxplaybackrate=16000")
        let events = try formats(
            "0 101",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-11,16",
            "a=fmtp:0 annexb=no"
        )
        #expect(events.map(\.parameters) == [nil, "0-11,16"])
        for odd in ["0-256", "16-0", "0-1-2", "0-", "-5", "+5", "vendor", "", "-"] {
            #expect(
                try formats("101", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 \(odd)").first?.parameters == nil
            )
        }
    }

    @Test func `payload types that look like RTCP on a shared port are not taken`() throws {
        for type in UInt8(64)...95 {
            #expect(AudioFormat(payloadType: type, name: "opus", clockRate: 48_000, channels: 2) == nil, "\(type)")
        }
        #expect(AudioFormat(payloadType: 128, name: "opus", clockRate: 48_000, channels: 2) == nil)
        #expect(AudioFormat(payloadType: 3, name: "opus", clockRate: 48_000, channels: 2) == nil)
        for type in [UInt8(35), 63, 96, 127] {
            #expect(AudioFormat(payloadType: type, name: "opus", clockRate: 48_000, channels: 2) != nil, "\(type)")
        }
    }

    @Test func `of formats that look like RTCP and others the others are agreed on`() throws {
        #expect(try formats("77 0 64", "a=rtpmap:77 opus/48000/2", "a=rtpmap:64 PCMA/8000").map(\.name) == ["PCMU"])
    }
}
