// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

/// A provider that encrypts nothing, and a phone that does, at the two ends of a call.
private struct PlainCall {
    static let id = RelayID(rawValue: 1)
    /// Where the provider's media is; it signals from `203.0.113.1`.
    static let provider = "203.0.113.7:6000"
    static let control = "203.0.113.7:6001"

    let stage: Stage
    let alice = Phone("192.0.2.1:4000", suite: .aes256gcm, seed: 1)

    init(_ media: PlainMedia = Self.media()) throws {
        stage = try Self.stage()
        stage.apply(.open(Self.id, a: .network(alice.media()), b: .plain(media)))
    }

    static func stage() throws -> Stage {
        let (v4, v6) = (IPAddress(parsing: "198.51.100.1"), IPAddress(parsing: "2001:db8::1"))
        let ports = [
            PlainPorts(address: try #require(v4), ports: 40_002...40_009),
            PlainPorts(address: try #require(v6), ports: 40_002...40_005),
        ]
        return Stage(plain: ports.compactMap(\.self))
    }

    static func media(
        local: String = "198.51.100.1:40004",
        named: String? = Self.provider,
        signalling: String = "203.0.113.1",
        prefixes: [String] = [],
        sends: Bool = true,
        receives: Bool = true
    ) -> PlainMedia {
        let rtp = named.map(Phone.parse)
        return PlainMedia(
            local: Phone.parse(local),
            address: rtp,
            rtcpAddress: rtp.map { SocketAddress(ip: $0.ip, port: $0.port + 1) },
            signallingAddress: Phone.parse("\(signalling):0").ip,
            prefixes: prefixes.compactMap { IPPrefix(parsing: $0) },
            sends: sends,
            receives: receives
        )
    }

    func update(_ media: PlainMedia) { stage.apply(.update(Self.id, .b, .plain(media))) }

    /// From the provider, to its port.
    func says(_ packet: [UInt8], from source: String = Self.provider, port: MediaPort = .rtp) -> Seen {
        stage.receive(packet, from: source, pair: 1, port: port)
    }
}

extension [UInt8] {
    fileprivate func word(_ offset: Int) -> UInt32 {
        self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Its sequence number.
    fileprivate var number: UInt16 { UInt16(truncatingIfNeeded: word(0)) }
}

@Suite("Control trunk-encryption: a leg without encryption, at a port of its own")
struct PlainLegTests {
    @Test func `what the provider says is encrypted for the phone, and what the phone says goes out in the clear`()
        throws
    {
        let call = try PlainCall()
        var sources: Set<UInt32> = []
        for sequence in UInt16(65_530)...65_535 {
            let heard = call.says(Packets.rtp(sequence))
            #expect(heard.destination == "192.0.2.1:4000 by rtp" && heard.packet.count == 188)
            #expect(call.alice.numbers(heard.packet)?.source != nil)
            let sent = call.stage.receive(call.alice.rtp(sequence &- 65_530), from: call.alice)
            #expect(sent.destination == "203.0.113.7:6000 by rtp of 1")
            #expect(sent.packet.suffix(160) == Packets.rtp(sequence &- 65_530).suffix(160) && sent.packet.count == 172)
            sources.insert(sent.packet.word(8))
        }
        #expect(sources.count == 1 && !sources.contains(0x1234_5678), "one source of ours")
        #expect(call.stage.report()?.b.packets == 6 && call.stage.report()?.b.octets == 6 * 172)
        #expect(call.stage.report()?.b.lastAuthenticated == call.stage.now)
    }

    @Test func `numbers that turn over go on under the phone's key`() throws {
        let call = try PlainCall()
        var numbers: [UInt16] = []
        for sequence in [UInt16(65_534), 65_535, 0, 1] {
            numbers += [try #require(call.alice.numbers(call.says(Packets.rtp(sequence)).packet)).sequence]
        }
        #expect(numbers == (0..<4).map { numbers[0] + $0 })
    }

    @Test func `a key that is pressed keeps its timestamp, and its end comes three times`() throws {
        let call = try PlainCall()
        _ = call.says(Packets.rtp(1))
        let event = { (sequence: UInt16, isEnd: Bool) in
            [0x80, 101, 0, UInt8(sequence)] + Packets.bytes(320) + Packets.bytes(0x1234_5678)
                + [5, isEnd ? 0x8A : 0x0A, 0, 160]
        }
        let heard = try (UInt16(2)...6).map {
            try #require(call.alice.numbers(call.says(event($0, $0 > 3)).packet)).timestamp
        }
        #expect(Set(heard).count == 1 && heard.count == 5)
        let told = call.stage.receive(
            call.alice.sealed([0x80, 101, 0, 9, 0, 0, 0, 9, 1, 1, 1, 1, 7, 0x8A, 0, 160]),
            from: call.alice
        )
        #expect(told.packet.suffix(4) == [7, 0x8A, 0, 160] && told.packet[1] == 101)
    }

    @Test func `hold, and what is left of a call that nobody hears`() throws {
        let call = try PlainCall()
        call.update(PlainCall.media(sends: false, receives: false))
        #expect(call.says(Packets.rtp(1)) == .dropped(.held))
        #expect(call.stage.receive(call.alice.rtp(1), from: call.alice) == .dropped(.held))
        var gone = PlainCall.media()
        gone.isGone = true
        call.update(gone)
        #expect(call.says(Packets.rtp(2)) == .dropped(.foreign))
        #expect(call.stage.receive(call.alice.rtp(2), from: call.alice) == .dropped(.noDestination))
    }

    @Test func `more than a leg may send is not passed on, and what a stranger sends uses up nothing of it`() throws {
        let call = try PlainCall()
        for sequence in UInt16(0)..<2_000 { _ = call.says(Packets.rtp(sequence), from: "203.0.113.9:6000") }
        let outcomes = (UInt16(0)..<500).map { call.says(Packets.rtp($0)).reason }
        #expect(outcomes.filter { $0 == nil }.count == 400 && outcomes.last == .overRate)
    }

    @Test func `reports are translated both ways, on the port above, and nothing else of RTCP passes`() throws {
        let call = try PlainCall()
        _ = call.says(Packets.rtp(1))
        _ = call.stage.receive(call.alice.rtp(1), from: call.alice)
        let heard = call.says(Packets.rtcp(), from: PlainCall.control, port: .rtcp)
        #expect(call.alice.hearsReports(heard.packet) == [201, 202])
        let sent = call.stage.receive(call.alice.rtcp(), from: call.alice)
        #expect(sent.destination == "203.0.113.7:6001 by rtcp of 1")
        #expect(Packets.parts(of: sent.packet).map { $0[1] } == [201, 202])
        #expect(call.says(Packets.rtcp()) == .dropped(.malformed), "not on the port of RTP")
        #expect(call.says([0x81, 201, 0, 1, 1, 2, 3, 4], from: PlainCall.control, port: .rtcp) == .dropped(.malformed))
    }

    @Test func `two providers' legs talk, and a leg says back what it hears`() throws {
        let call = try PlainCall()
        let other = PlainCall.media(local: "198.51.100.1:40002", named: "203.0.113.8:7000")
        call.stage.apply(.update(PlainCall.id, .a, .plain(other)))
        #expect(call.says(Packets.rtp(1)).destination == "203.0.113.8:7000 by rtp of 0")
        call.stage.apply(.update(PlainCall.id, .a, .echo))
        #expect(call.says(Packets.rtp(2)).destination == "203.0.113.7:6000 by rtp of 1")
    }

    @Test func `whatever comes, nothing traps and nothing goes to a stranger`() throws {
        let call = try PlainCall()
        var random = SplitMix(7)
        let places = [PlainCall.provider, PlainCall.control, "203.0.113.7:9", "203.0.113.9:6000", "[2001:db8::9]:6000"]
        let known = [PlainCall.provider, PlainCall.control, "192.0.2.1:4000"]
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...200, using: &random)
            var packet = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            if length > 12, Bool.random(using: &random) {
                packet.replaceSubrange(0..<12, with: Packets.rtp(UInt16.random(in: 0...9, using: &random)).prefix(12))
                packet[0] = UInt8.random(in: 0x80...0xBF, using: &random)
            }
            let from = places.randomElement(using: &random) ?? PlainCall.provider
            let seen = call.stage.receive(
                packet,
                from: from,
                pair: Int.random(in: -1...9, using: &random),
                port: Bool.random(using: &random) ? .rtp : .rtcp
            )
            if Int.random(in: 0..<50, using: &random) == 0 { call.stage.wait(.milliseconds(100)) }
            guard let destination = seen.destination?.split(separator: " ").first else { continue }
            #expect(known.contains(String(destination)))
        }
    }
}

@Suite("Control provider-allowlist, M01 and M02: where packets without keys may come from and go to")
struct PlainSourceTests {
    @Test func `only the host that the description names is heard`() throws {
        let call = try PlainCall()
        #expect(call.says(Packets.rtp(1), from: "203.0.113.9:6000") == .dropped(.foreign))
        #expect(
            call.says(Packets.rtp(1), from: "203.0.113.1:6000") == .dropped(.foreign),
            "the host that signals is another"
        )
        #expect(call.says(Packets.rtp(1)).reason == nil)
        #expect(call.stage.report()?.b.foreign == 2 && call.stage.counters[.foreign] == 2)
    }

    @Test func `the first port of the host counts, until the one speaks that is named`() throws {
        let call = try PlainCall()
        #expect(call.says(Packets.rtp(1), from: "203.0.113.7:9999").reason == nil)
        #expect(call.says(Packets.rtp(2), from: "203.0.113.7:8888") == .dropped(.foreign))
        #expect(call.says(Packets.rtp(2)).reason == nil)
        #expect(call.says(Packets.rtp(3), from: "203.0.113.7:9999") == .dropped(.foreign))
        #expect(call.stage.report()?.b.moves == 1)
    }

    @Test func `what is no RTP does not take the place of the provider`() throws {
        let call = try PlainCall()
        #expect(call.says([0xBF] + Array(repeating: 0xFF, count: 11), from: "203.0.113.7:9999").reason == .malformed)
        #expect(call.says(Array(Packets.rtp(1).dropLast()), from: "203.0.113.7:8888").reason == nil)
    }

    @Test func `what comes from elsewhere changes nothing of where packets go`() throws {
        let call = try PlainCall()
        for source in ["203.0.113.9:6000", "203.0.113.7:9999"] {
            _ = call.says(Packets.rtp(1), from: source)
            let sent = call.stage.receive(call.alice.rtp(UInt16(call.stage.counters.forwarded)), from: call.alice)
            #expect(sent.destination == "203.0.113.7:6000 by rtp of 1")
        }
    }

    @Test func `with prefixes only what is inside is heard, the first for good, and only there is sent to`() throws {
        let call = try PlainCall(
            PlainCall.media(named: "10.0.0.5:6000", prefixes: ["203.0.113.0/28", "2001:db8:1::/48"])
        )
        #expect(call.stage.receive(call.alice.rtp(1), from: call.alice) == .dropped(.noDestination))
        #expect(call.says(Packets.rtp(1), from: "10.0.0.5:6000") == .dropped(.foreign), "named, but not inside")
        #expect(call.says(Packets.rtp(1), from: "203.0.113.16:5000") == .dropped(.foreign))
        #expect(call.says(Packets.rtp(1), from: "203.0.113.15:5000").reason == nil)
        #expect(call.says(Packets.rtp(2), from: "203.0.113.14:5000") == .dropped(.foreign))
        #expect(call.stage.receive(call.alice.rtp(2), from: call.alice).destination == "203.0.113.15:5000 by rtp of 1")
    }

    @Test func `a place that the description names inside the prefixes is sent to at once, and wins`() throws {
        let call = try PlainCall(PlainCall.media(prefixes: ["203.0.113.0/24"]))
        #expect(call.stage.receive(call.alice.rtp(1), from: call.alice).destination == "203.0.113.7:6000 by rtp of 1")
        #expect(call.says(Packets.rtp(1), from: "203.0.113.99:1").reason == nil)
        #expect(call.stage.receive(call.alice.rtp(2), from: call.alice).destination == "203.0.113.7:6000 by rtp of 1")
        #expect(call.says(Packets.rtp(2)).reason == nil)
        #expect(call.says(Packets.rtp(3), from: "203.0.113.99:1") == .dropped(.foreign))
    }

    @Test func `another place in the description is the place from then on`() throws {
        let call = try PlainCall()
        #expect(call.says(Packets.rtp(1)).reason == nil)
        call.update(PlainCall.media(named: "203.0.113.8:6000"))
        #expect(call.says(Packets.rtp(2)) == .dropped(.foreign))
        #expect(call.says(Packets.rtp(2), from: "203.0.113.8:6000").reason == nil)
        #expect(call.stage.receive(call.alice.rtp(1), from: call.alice).destination == "203.0.113.8:6000 by rtp of 1")
    }

    @Test func `a host that only a description names hears no more than it asks for`() throws {
        let call = try PlainCall()
        let says = { (sequence: UInt16) in call.stage.receive(call.alice.rtp(sequence), from: call.alice).reason }
        #expect(says(1) == nil)
        call.stage.wait(.seconds(30))
        #expect(says(2) == nil)
        call.stage.wait(.seconds(1))
        #expect(says(3) == .noDestination)
        #expect(call.says(Packets.rtp(1)).reason == nil && says(4) == nil)
        call.stage.wait(.seconds(31))
        #expect(says(5) == .noDestination)
        call.update(PlainCall.media())
        #expect(says(6) == nil, "asked for anew")
        let vouched = try PlainCall(PlainCall.media(prefixes: ["203.0.113.0/24"]))
        #expect(vouched.stage.receive(vouched.alice.rtp(1), from: vouched.alice).reason == nil)
        vouched.stage.wait(.seconds(3_600))
        #expect(vouched.stage.receive(vouched.alice.rtp(2), from: vouched.alice).reason == nil)
    }

    @Test(arguments: ["0.0.0.0:6000", "224.0.0.9:6000", "255.255.255.255:6000", "203.0.113.7:0"])
    func `nothing goes to an address of no host`(named: String) throws {
        let call = try PlainCall(PlainCall.media(named: named))
        #expect(call.stage.receive(call.alice.rtp(1), from: call.alice) == .dropped(.noDestination))
    }

    @Test func `a port of a plain leg has nothing to do with the port of all, and the other way round`() throws {
        let call = try PlainCall()
        #expect(call.stage.receive(Packets.rtp(1), from: PlainCall.provider) == .dropped(.unknownSource))
        #expect(call.says(call.alice.rtp(1), from: "192.0.2.1:4000") == .dropped(.foreign))
        #expect(call.stage.receive(Packets.rtp(1), from: PlainCall.provider, pair: 0) == .dropped(.foreign))
    }
}

@Suite("RFC 3550 A.1: the stream of a leg without keys")
struct PlainStreamTests {
    @Test func `what came before does not come again, nor what is too late`() throws {
        let call = try PlainCall()
        for sequence in [UInt16(100), 101, 103] { #expect(call.says(Packets.rtp(sequence)).reason == nil) }
        #expect(call.says(Packets.rtp(103)) == .dropped(.replayed))
        #expect(call.says(Packets.rtp(102)).reason == nil)
        #expect(call.says(Packets.rtp(30)) == .dropped(.foreign))
        #expect(call.stage.report()?.b.replays == 1)
    }

    @Test func `another source has its turn when the one before is silent, and the phone hears one stream`() throws {
        let call = try PlainCall()
        let first = try #require(call.alice.numbers(call.says(Packets.rtp(100)).packet))
        #expect(call.says(Packets.rtp(9, source: 0xBAD)) == .dropped(.foreign))
        call.stage.wait(.milliseconds(100))
        let second = try #require(call.alice.numbers(call.says(Packets.rtp(9, source: 0xB)).packet))
        #expect(second.sequence == first.sequence + 1 && second.source == first.source)
        call.stage.wait(.milliseconds(100))
        let third = try #require(call.alice.numbers(call.says(Packets.rtp(50)).packet))
        #expect(third.sequence == first.sequence + 2, "the first source begins anew, below where it was")
    }

    @Test func `numbers that jump are taken when two follow one another`() throws {
        let call = try PlainCall()
        for jump in [UInt16(20_000), 5, 40_000, 39_000] {
            _ = call.says(Packets.rtp(jump &- 4_000))
            _ = call.says(Packets.rtp(jump &- 3_999))
            #expect(call.says(Packets.rtp(jump)) == .dropped(.foreign))
            #expect(call.says(Packets.rtp(jump &+ 7)) == .dropped(.foreign))
            #expect(call.says(Packets.rtp(jump &+ 8)).reason == nil)
            #expect(call.says(Packets.rtp(jump &+ 9)).reason == nil)
        }
        let heard = (0..<3).map { call.alice.numbers(call.says(Packets.rtp(39_010 + $0)).packet)?.sequence }
        #expect(heard.allSatisfy { $0 != nil })
    }
}

@Suite("Control open-ports: ports of legs without encryption")
struct PlainPortTests {
    private func end(_ local: String) -> MediaEnd { .plain(PlainCall.media(local: local)) }

    @Test func `a port is opened with its leg and closed with it, whatever ends it`() throws {
        let call = try PlainCall()
        let opened = PlainPortChange.open(pair: 1, rtp: Phone.parse("198.51.100.1:40004"), PlainCall.id)
        #expect(call.stage.takePortChanges() == [opened])
        call.update(PlainCall.media(sends: false))
        #expect(call.stage.takePortChanges().isEmpty)
        let endings: [RelayCommand] = [
            .close(PlainCall.id), .update(PlainCall.id, .b, .echo),
            .update(PlainCall.id, .b, .network(call.alice.media())),
            .update(PlainCall.id, .b, end("198.51.100.1:1")),
        ]
        for ending in endings {
            call.stage.apply(.open(PlainCall.id, a: .network(call.alice.media()), b: end("198.51.100.1:40004")))
            _ = call.stage.takePortChanges()
            call.stage.apply(ending)
            #expect(call.stage.takePortChanges() == [.close(pair: 1)], "\(ending)")
            call.stage.apply(.close(PlainCall.id))
        }
    }

    @Test(arguments: [
        "198.51.100.1:40000", "198.51.100.1:40003", "198.51.100.1:40010", "198.51.100.2:40002", "[2001:db8::1]:40006",
    ])
    func `a port that is not of the range is refused, and with it the relay`(local: String) throws {
        let stage = try PlainCall.stage()
        #expect(!stage.apply(.open(PlainCall.id, a: .echo, b: end(local))))
        #expect(stage.count == 0 && stage.takePortChanges().isEmpty)
    }

    @Test func `a port has one leg, and each version of IP its own`() throws {
        let call = try PlainCall()
        let other = RelayID(rawValue: 2)
        #expect(!call.stage.apply(.open(other, a: end("198.51.100.1:40002"), b: end("198.51.100.1:40004"))))
        #expect(
            call.stage.takePortChanges().suffix(2) == [
                .open(pair: 0, rtp: Phone.parse("198.51.100.1:40002"), other), .close(pair: 0),
            ]
        )
        #expect(call.says(Packets.rtp(1)).reason == nil, "whose it is keeps it")
        #expect(call.stage.apply(.open(other, a: .echo, b: end("[2001:db8::1]:40004"))))
        #expect(call.stage.takePortChanges() == [.open(pair: 5, rtp: Phone.parse("[2001:db8::1]:40004"), other)])
    }

    @Test func `a leg that moves to another relay keeps its port and its place`() throws {
        let call = try PlainCall()
        let bob = Phone("192.0.2.2:5000", suite: .aes128cmSHA1_80, seed: 2)
        _ = call.says(Packets.rtp(1))
        call.stage.apply(.open(RelayID(rawValue: 2), a: .network(bob.media()), b: .echo))
        _ = call.stage.takePortChanges()
        #expect(call.stage.apply(.join(RelayID(rawValue: 2), .b, from: PlainCall.id, .b)))
        #expect(call.stage.takePortChanges().isEmpty && call.stage.open == [2])
        #expect(call.says(Packets.rtp(2)).destination == "192.0.2.2:5000 by rtp")
        #expect(call.stage.receive(bob.rtp(1), from: bob).destination == "203.0.113.7:6000 by rtp of 1")
        #expect(call.says(Packets.rtp(3), from: "203.0.113.7:9") == .dropped(.foreign), "it stays where it was heard")
        call.stage.apply(.close(RelayID(rawValue: 2)))
        #expect(call.stage.takePortChanges() == [.close(pair: 1)])
    }

    @Test func `a range holds whole pairs, and is dealt out without overlap`() throws {
        let address = try #require(IPAddress(parsing: "198.51.100.1"))
        let odd = try #require(PlainPorts(address: address, ports: 40_001...40_006))
        #expect(odd.first == 40_002 && odd.pairs == 2 && odd.port(of: 1) == 40_004)
        #expect(PlainPorts(address: address, ports: 40_001...40_002) == nil)
        #expect(PlainPorts(address: address, ports: 65_535...65_535) == nil)
        #expect(PlainPorts(address: address, ports: 65_534...65_535)?.pairs == 1)
        let shares = (0..<2).compactMap { odd.share(of: $0, among: 2) }
        #expect(shares.map(\.first) == [40_002, 40_004] && shares.allSatisfy { $0.pairs == 1 })
        #expect(odd.share(of: 0, among: 3) == nil && odd.share(of: 2, among: 2) == nil)
        let all = try #require(PlainPorts(address: address, ports: 2...65_535))
        #expect(all.share(of: 2, among: 3)?.pairs == 10_922)
    }
}
