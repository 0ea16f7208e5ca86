// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@testable import Media

@Suite("RFC 3711 §3.3: SRTP packet processing")
struct SRTPContextTests {
    @Test(arguments: SRTPSuite.allCases)
    func `what one side protects the other reads`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        for sequence in UInt16(100)..<200 {
            let plain = Packets.rtp(sequence)
            let sealed = try link.seal(plain).packet
            #expect(sealed.count == plain.count + suite.tagLength)
            #expect(sealed.prefix(12) == plain.prefix(12))
            #expect(sealed[12..<plain.count] != plain[12...])
            #expect(link.open(sealed) == .packet(plain))
        }
    }

    @Test(arguments: SRTPSuite.allCases)
    func `contributing sources and header extensions stay in the clear and are authenticated`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        var plain = Packets.rtp(
            1,
            payload: [0xCA, 0xFE, 0xBA, 0xBE, 0xBE, 0xDE, 0, 1, 1, 2, 3, 4] + Array(repeating: 7, count: 40)
        )
        plain[0] = 0x91
        var sealed = try link.seal(plain).packet
        #expect(sealed.prefix(24) == plain.prefix(24))
        sealed[20] ^= 1
        #expect(link.open(sealed) == .failed(.forged))
        sealed[20] ^= 1
        #expect(link.open(sealed) == .packet(plain))
    }

    @Test(arguments: SRTPSuite.allCases)
    func `a packet with any byte changed or the wrong key is refused and changes nothing`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        let stranger = Link(key, receiving: .test(suite, 2))
        let plain = Packets.rtp(5, payload: [1, 2, 3])
        let sealed = try link.seal(plain).packet
        #expect(stranger.open(sealed) == .failed(.forged))
        for offset in sealed.indices where offset != 0 {
            var changed = sealed
            changed[offset] ^= 0x10
            #expect(link.open(changed) == .failed(.forged), "byte \(offset)")
        }
        #expect(link.open(sealed) == .packet(plain))
    }

    @Test(arguments: SRTPSuite.allCases)
    func `a packet is read once`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        let sealed = try (UInt16(0)..<100).map { try link.seal(Packets.rtp($0)).packet }
        #expect(link.open(sealed[99]) == .packet(Packets.rtp(99)))
        #expect(link.open(sealed[99]) == .failed(.replayed))
        #expect(link.open(sealed[36]) == .packet(Packets.rtp(36)))
        #expect(link.open(sealed[36]) == .failed(.replayed))
        #expect(link.open(sealed[35]) == .failed(.replayed), "older than the window")
    }

    @Test(arguments: SRTPSuite.allCases)
    func `the sequence number wraps, several times, with packets lost and late`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        var late: [UInt8] = []
        for index in stride(from: 65_000, to: 200_000, by: 50) {
            let plain = Packets.rtp(UInt16(truncatingIfNeeded: index))
            let sealed = try link.seal(plain).packet
            if index == 65_500 { late = sealed } else { #expect(link.open(sealed) == .packet(plain)) }
            // 65,550 is over the wrap: the late one still belongs to the turn before.
            if index == 65_550 { #expect(link.open(late) == .packet(Packets.rtp(65_500))) }
        }
    }

    @Test func `forged packets do not move the roll-over counter`() throws {
        let key = SRTPKey.test(.aes128cmSHA1_80)
        let link = Link(key)
        #expect(link.open(try link.seal(Packets.rtp(65_000)).packet) == .packet(Packets.rtp(65_000)))
        for sequence in stride(from: UInt16(0), to: 30_000, by: 100) {
            #expect(link.open(Packets.rtp(sequence)) == .failed(.forged))
        }
        #expect(link.open(try link.seal(Packets.rtp(65_001)).packet) == .packet(Packets.rtp(65_001)))
    }

    @Test func `a sender may change its synchronisation source, but not without end`() throws {
        let key = SRTPKey.test(.aes256gcm)
        let link = Link(key)
        for source in 0..<UInt32(RelayLimits.streamsInUse) {
            let plain = Packets.rtp(9, source: source)
            #expect(link.open(try link.seal(plain).packet) == .packet(plain))
        }
        let oneTooMany = Packets.rtp(9, source: 1_000)
        #expect(link.seal(oneTooMany) == .failed(.tooManyStreams))
        let old = Packets.rtp(10, source: 0)
        #expect(link.open(try link.seal(old).packet) == .packet(old))
    }

    @Test func `a peer's new sources are heard as long as the key has room for what the old ones leave behind`() throws
    {
        let key = SRTPKey.test(.aes128gcm)
        let link = Link(key)
        for source in 0..<UInt32(RelayLimits.streamsPerKey) {
            let plain = Packets.rtp(9, source: source)
            #expect(link.open(try Link(key).seal(plain).packet) == .packet(plain))
        }
        let oneTooMany = try Link(key).seal(Packets.rtp(9, source: 1_000)).packet
        #expect(link.open(oneTooMany) == .failed(.tooManyStreams))
        #expect(
            link.openControl(try Link(key).sealControl(Packets.rtcp(source: 1_000)).packet) == .failed(.tooManyStreams)
        )
        let first = Packets.rtp(10, source: 0)
        #expect(link.open(try Link(key).seal(first).packet) == .packet(first), "it may come back")
    }

    @Test func `of a source that was forgotten nothing can be played again, not even what never came`() throws {
        let key = SRTPKey.test(.aes256gcm)
        let (link, phone) = (Link(key), Link(key))
        let packets = try (UInt16(65_530)...65_535).map { try phone.seal(Packets.rtp($0, source: 1)).packet }
        let control = try phone.sealControl(Packets.rtcp(source: 1)).packet
        for packet in packets where packet != packets[2] { #expect(try !link.open(packet).packet.isEmpty) }
        #expect(try !link.openControl(control).packet.isEmpty)
        for source in UInt32(10)..<30 {
            _ = try link.open(try Link(key).seal(Packets.rtp(1, source: source)).packet).packet
        }
        for packet in packets { #expect(link.open(packet) == .failed(.replayed)) }
        #expect(link.openControl(control) == .failed(.replayed))
        let next = Packets.rtp(0, source: 1)
        #expect(link.open(try phone.seal(next).packet) == .packet(next), "it goes on over the turn of its numbers")
        #expect(link.open(packets[2]) == .failed(.replayed))
    }

    @Test func `the source that is used stays, whatever comes and goes beside it`() throws {
        let key = SRTPKey.test(.aes256gcm)
        let (link, phone) = (Link(key), Link(key))
        let late = try phone.seal(Packets.rtp(0, source: 1)).packet
        for round in UInt16(1)...30 {
            let plain = Packets.rtp(round, source: 1)
            #expect(link.open(try phone.seal(plain).packet) == .packet(plain))
            let other = Packets.rtp(1, source: UInt32(round) + 100)
            #expect(link.open(try Link(key).seal(other).packet) == .packet(other))
        }
        #expect(link.open(late) == .packet(Packets.rtp(0, source: 1)), "late, and within its window")
    }

    @Test func `padding that does not fit is refused after decryption`() throws {
        let key = SRTPKey.test(.aes128gcm)
        let link = Link(key)
        for (sequence, padding, fits) in [(UInt16(1), UInt8(4), true), (2, 0, false), (3, 9, false), (4, 8, true)] {
            var plain = Packets.rtp(sequence, payload: [1, 2, 3, 4, 0, 0, 0, padding])
            plain[0] |= 0x20
            let expected: Result = fits ? .packet(plain) : .failed(.malformed)
            #expect(link.open(try link.seal(plain).packet) == expected)
        }
    }
}

@Suite("RFC 3711 §9.1: no key stream is used twice")
struct SRTPSenderTests {
    @Test(arguments: SRTPSuite.allCases)
    func `a sender protects an index once, whatever it is given`(suite: SRTPSuite) throws {
        let link = Link(.test(suite))
        _ = try link.seal(Packets.rtp(100)).packet
        #expect(link.seal(Packets.rtp(100, payload: [1, 2, 3])) == .failed(.replayed))
        _ = try link.seal(Packets.rtp(164)).packet
        #expect(link.seal(Packets.rtp(100)) == .failed(.replayed), "older than the window: it may have been used")
        _ = try link.seal(Packets.rtp(101)).packet
        #expect(link.seal(Packets.rtp(101)) == .failed(.replayed))
    }

    @Test func `a stream that begins anew under its old source does not get its old indexes`() throws {
        let link = Link(.test(.aes256gcm))
        for sequence in UInt16(1_000)..<1_200 { _ = try link.seal(Packets.rtp(sequence)).packet }
        for sequence in UInt16(1_000)..<1_200 { #expect(link.seal(Packets.rtp(sequence)) == .failed(.replayed)) }
        _ = try link.seal(Packets.rtp(1_200)).packet
    }

    @Test func `a buffer without room for the tag is refused`() {
        let link = Link(.test(.aes256gcm))
        #expect(link.seal(Packets.rtp(1), room: 15) == .failed(.malformed))
    }

    @Test(arguments: SRTPSuite.allCases)
    func `the control index ends with the life of the key`(suite: SRTPSuite) throws {
        let keys = SessionKeys(
            cipher: Array(repeating: 1, count: suite.keyLength),
            authentication: Array(repeating: 2, count: 20),
            salt: Array(repeating: 3, count: suite.saltLength)
        )
        let link = Link(
            sender: SRTPSender(suite: suite, media: keys, control: keys, nextControlIndex: (1 << 31) - 1),
            receiver: SRTPReceiver(suite: suite, media: keys, control: keys)
        )
        #expect(link.openControl(try link.sealControl(Packets.rtcp()).packet) == .packet(Packets.rtcp()))
        #expect(link.sealControl(Packets.rtcp()) == .failed(.keyExhausted))
    }
}

@Suite("RFC 3711 §3.4: SRTCP")
struct SRTCPTests {
    @Test(arguments: SRTPSuite.allCases)
    func `what one side protects the other reads, once`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        for _ in 0..<10 {
            let sealed = try link.sealControl(Packets.rtcp()).packet
            #expect(sealed.count == Packets.rtcp().count + suite.tagLength + 4)
            #expect(link.openControl(sealed) == .packet(Packets.rtcp()))
            #expect(link.openControl(sealed) == .failed(.replayed))
        }
    }

    @Test(arguments: SRTPSuite.allCases)
    func `a packet with any byte changed is refused`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        let sealed = try link.sealControl(Packets.rtcp() + Packets.rtcp()).packet
        for offset in sealed.indices where offset != 0 {
            var changed = sealed
            changed[offset] ^= 1
            #expect(link.openControl(changed) == .failed(.forged), "byte \(offset)")
        }
    }

    @Test(arguments: SRTPSuite.allCases)
    func `RTP and RTCP keys differ`(suite: SRTPSuite) throws {
        let key = SRTPKey.test(suite)
        let link = Link(key)
        #expect(link.openControl(try link.seal(Packets.rtp(1)).packet) != .packet(Packets.rtp(1)))
    }
}
