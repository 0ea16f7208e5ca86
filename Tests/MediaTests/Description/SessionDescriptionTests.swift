// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import Testing

@Suite("RFC 8866 §5: the lines of a session description")
struct SessionDescriptionTests {
    @Test func `the example of RFC 8866 §5 is read down to its audio`() throws {
        let example = """
            v=0
            o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
            s=Call to John Smith
            i=SDP Offer #1
            u=http://www.jdoe.example.com/home.html
            e=Jane Doe <jane@jdoe.example.com>
            p=+1 617 555-6011
            c=IN IP4 198.51.100.1
            t=0 0
            m=audio 49170 RTP/AVP 0
            m=audio 49180 RTP/AVP 0
            m=video 51372 RTP/AVP 99
            c=IN IP6 2001:db8::2
            a=rtpmap:99 h263-1998/90000

            """
        let session = try parse(Array(example.utf8))
        #expect(session.sessionID == 3_724_394_400)
        #expect(session.version == 3_724_394_405)
        #expect(session.sections.map(\.kind) == ["audio", "audio", "video"])
        #expect(session.sections.map(\.port) == [49_170, 49_180, 51_372])
        #expect(session.audioIndex == 0)
        #expect(session.audio?.address == IPAddress(parsing: "198.51.100.1"))
        #expect(session.audio?.formats == [try format(0, "PCMU")])
        #expect(session.audio?.profile == .avp)
    }

    @Test func `lines may end in CRLF or LF, and the last one may not end at all`() throws {
        let lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "c=IN IP4 192.0.2.1", "m=audio 4000 RTP/SAVP 0"]
        for end in ["\r\n", "\n"] {
            #expect(try parse(Array(lines.joined(separator: end).utf8)).audio?.port == 4_000)
        }
    }

    @Test func `what a section says goes before what the session says`() throws {
        let session = try parse(
            sdp(
                "a=inactive",
                "m=audio 4000 RTP/SAVP 0",
                "c=IN IP6 2001:db8::7",
                "a=sendonly",
                "m=audio 5000 RTP/SAVP 0"
            )
        )
        #expect(session.audio?.address == IPAddress(parsing: "2001:db8::7"))
        #expect(session.audio?.direction == .sendOnly)
        #expect(try parse(sdp("a=inactive", "m=audio 4000 RTP/SAVP 0")).audio?.direction == .inactive)
    }

    @Test func `blanks before the end of a line and behind a colon, and empty lines, change nothing`() throws {
        let lines = [
            "v=0 ", "o=- 1 1 IN IP4 192.0.2.1\t", "c=IN IP4 192.0.2.1 ", "t=0 0 ", "m=audio 4000 RTP/SAVP 96 0  ",
            "a=rtpmap: 96 opus/48000/2 ", "a=ptime: 20 ", "a=rtcp:\t4005", "a=sendonly ", "a=rtcp-mux\t ",
            "a=crypto: 1 AEAD_AES_256_GCM inline:\(try inline(.aes256gcm)) ", "", "  ", "\t",
        ]
        for end in ["\r\n", "\n"] {
            let audio = try #require(try parse(Array((lines.joined(separator: end) + end + end).utf8)).audio)
            #expect(audio.formats.map(\.name) == ["OPUS", "PCMU"])
            #expect(audio.packetTime == 20 && audio.rtcpPort == 4_005 && audio.rtcpMux)
            #expect(audio.direction == .sendOnly && audio.crypto.map(\.tag) == [1])
        }
    }

    @Test func `several addresses of one section are none, and spoil no other section`() throws {
        let layers = "c=IN IP4 224.2.1.1/127\r\nc=IN IP4 224.2.1.2/127"
        let session = try parse(sdp("m=audio 4000 RTP/SAVP 0", "m=video 5000 RTP/AVP 99", layers))
        #expect(session.audio?.address == IPAddress(parsing: "192.0.2.9"))
        let two = "c=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.2"
        #expect(try #require(try parse(sdp("m=audio 4000 RTP/SAVP 0", two)).audio).address == nil)
        let same = "c=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.1"
        #expect(try parse(sdp("m=audio 4000 RTP/SAVP 0", same)).audio?.address == IPAddress(parsing: "192.0.2.1"))
    }

    @Test(arguments: [
        "c=IN IP4 phone.example", "c=IN IP4 224.2.36.42/127", "c=IN IP4 255.255.255.255", "c=IN IP6 ff15::101",
    ])
    func `an address that is not one host's is unknown`(connection: String) throws {
        let audio = try #require(try parse(sdp("m=audio 4000 RTP/SAVP 0", connection)).audio)
        #expect(audio.address == nil)
        #expect(audio.direction == .sendReceive)
    }

    @Test func `a session number beyond 64 bits is the largest`() throws {
        let session = try parse(sdp(head: "v=0\r\no=- 99999999999999999999999 0 IN IP4 192.0.2.1"))
        #expect(session.sessionID == .max)
        #expect(session.version == 0)
    }

    /// What stands in the description, what is wrong with it, and what the phone is told.
    static let malformed: [(line: String, problem: SDPError.Problem, status: Int)] = [
        ("m=audio 4000 RTP/AVP 4294967296", .malformed(.format), 400),
        ("m=audio 4000 RTP/AVP 128", .malformed(.format), 400),
        ("m=audio 4000 RTP/AVP -1", .malformed(.format), 400),
        ("m=audio 4000 RTP/AVP", .malformed(.media), 400),
        ("m=audio 65536 RTP/AVP 0", .malformed(.port), 400),
        ("m=audio 99999999999999999999999999 RTP/AVP 0", .malformed(.port), 400),
        ("m=audio -1 RTP/AVP 0", .malformed(.port), 400),
        ("m=audio 4000/x RTP/AVP 0", .malformed(.port), 400),
        ("m=audio", .malformed(.media), 400),
        ("m=", .malformed(.media), 400),
        ("m=au\"dio 4000 RTP/AVP 0", .malformed(.media), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=", .malformed(.attribute), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=:0", .malformed(.attribute), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtpmap", .malformed(.rtpmap), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0", .malformed(.rtpmap), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU", .malformed(.rtpmap), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/4294967296", .malformed(.rtpmap), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000/256", .malformed(.rtpmap), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtpmap:256 PCMU/8000", .malformed(.rtpmap), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=ptime:", .malformed(.ptime), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=ptime:70000", .malformed(.ptime), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtcp:0", .malformed(.rtcp), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=rtcp:65536", .malformed(.rtcp), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=fmtp\u{0}", .malformed(.line), 400),
        ("m=audio 4000 RTP/AVP 0\r\na=x\ra=y", .malformed(.line), 400),
        ("m=audio 4000 RTP/AVP 0\r\nnonsense", .malformed(.line), 400),
        ("M=audio 4000 RTP/AVP 0", .malformed(.line), 400),
        ("c=IN IP4", .malformed(.connection), 400),
        ("c=IN IP4 192.0.2.1 more", .malformed(.connection), 400),
        ("c=ATM IP4 192.0.2.1", .unsupported(.connection), 488),
        ("c=IN IPX 192.0.2.1", .unsupported(.connection), 488),
        ("c=IN IP4 192.0.2.1\r\nc=IN IP4 192.0.2.2", .repeated(.connection), 400),
        ("o=- 1 1 IN IP4 192.0.2.1", .repeated(.origin), 400),
        ("v=0", .repeated(.version), 400),
    ]

    @Test(arguments: malformed)
    func `says what is wrong and what to answer`(line: String, problem: SDPError.Problem, status: Int) {
        let bytes = sdp(line, head: "v=0\r\no=- 7 3 IN IP4 192.0.2.9")
        let error = #expect(throws: SDPError.self) { try parse(bytes) }
        #expect(error?.problem == problem)
        #expect(error?.status == status)
        #expect((0...bytes.count).contains(error?.offset ?? -1))
    }

    @Test func `nothing, another version and a missing origin are refused`() {
        #expect(throws: SDPError.self) { try parse([]) }
        #expect(throws: SDPError.self) { try parse(Array("o=- 1 1 IN IP4 192.0.2.1\r\n".utf8)) }
        let version = #expect(throws: SDPError.self) { try parse(Array("v=1\r\n".utf8)) }
        #expect(version?.status == 488)
        let origin = #expect(throws: SDPError.self) { try parse(Array("v=0\r\ns=-\r\n".utf8)) }
        #expect(origin?.problem == .missing(.origin))
    }
}

@Suite("ATTACKS M13: descriptions that grow")
struct DescriptionLimitsTests {
    @Test func `eight media sections are read, and a ninth refuses the description`() throws {
        let section = "m=audio 4000 RTP/SAVP 0"
        let eight = Array(repeating: section, count: 8).joined(separator: "\r\n")
        #expect(try parse(sdp(eight)).sections.count == 8)
        let error = #expect(throws: SDPError.self) { try parse(sdp(eight, section)) }
        #expect(error?.problem == .tooMany(.media, limit: 8))
        #expect(error?.status == 488)
    }

    @Test func `400 attributes are read, wherever they stand, and one more refuses the description`() throws {
        let attributes = Array(repeating: "a=x", count: 200).joined(separator: "\r\n")
        let section = "m=audio 4000 RTP/SAVP 0"
        #expect(try parse(sdp(attributes, section, attributes)).audio != nil)
        let error = #expect(throws: SDPError.self) { try parse(sdp(attributes, section, attributes, "a=x")) }
        #expect(error?.problem == .tooMany(.attribute, limit: 400))
    }

    @Test func `a description beyond 16 KiB or a line beyond 2 KiB is refused`() throws {
        let line = "i=" + String(repeating: "x", count: 2_046)
        #expect(try parse(sdp(line, "m=audio 4000 RTP/SAVP 0")).audio != nil)
        #expect(throws: SDPError.self) { try parse(sdp(line + "x")) }
        let million = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
        let error = #expect(throws: SDPError.self) { try parse(million) }
        #expect(error?.problem == .tooMany(.description, limit: 16_384))
    }

    @Test func `128 formats are read and one more refuses the description`() throws {
        let formats = (0..<128).map(String.init).joined(separator: " ")
        #expect(try parse(sdp("m=audio 4000 RTP/SAVP \(formats)")).audio?.formats.count == 3)
        #expect(throws: SDPError.self) { try parse(sdp("m=audio 4000 RTP/SAVP \(formats) 0")) }
    }

    @Test func `RTCP of the last port does not overflow`() throws {
        #expect(try parse(sdp("m=audio 65535 RTP/SAVP 0")).audio?.rtcpPort == 65_535)
    }
}
