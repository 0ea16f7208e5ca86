// SPDX-License-Identifier: Apache-2.0

import Primitives
import TestKit
import Testing

@testable import SIP

@Suite("RFC 3263 §4, ATTACKS K04: where the servers of a domain are")
struct ServerLocationTests {
    private static let domain = "provider.example"

    /// Name servers that know this, by name and kind; `failing` does not answer.
    private func find(
        _ zone: [String: [DNSRecord.Value]],
        host: String = ServerLocationTests.domain,
        port: UInt16? = nil,
        over transport: ServerLocation.Transport = .tls,
        failing: Set<String> = [],
        seed: UInt64 = 42
    ) throws(ServerLocation.Problem) -> [String] {
        let isDomain = host == Self.domain
        let places = try ServerLocation.find(
            [(host: host, port: port, isDomain: isDomain)],
            over: transport,
            using: .repeatable(seed)
        ) { name, kind in
            if failing.contains(name) { return .failed }
            return .values(
                (zone[name] ?? []).filter { value in
                    switch value {
                    case .address(let address): kind == (address.isIPv4 ? .a : .aaaa)
                    case .service: kind == .srv
                    case .pointer: kind == .naptr
                    case .alias: false
                    }
                }
            )
        }
        return places.map { "\($0.address)" }
    }

    private func address(_ text: String) throws -> DNSRecord.Value {
        .address(try #require(IPAddress(parsing: text)))
    }

    private func service(_ priority: UInt16, _ weight: UInt16, _ port: UInt16, _ target: String) -> DNSRecord.Value {
        .service(DNSRecord.Service(priority: priority, weight: weight, port: port, target: target))
    }

    private func pointer(_ order: UInt16, _ service: String, _ to: String, flags: String = "s") -> DNSRecord.Value {
        .pointer(DNSRecord.Pointer(order: order, preference: 1, flags: flags, service: service, replacement: to))
    }

    @Test func `NAPTR names the SRV records, those name the hosts, and those have addresses`() throws {
        let zone = [
            Self.domain: [pointer(10, "SIP+D2U", "_sip._udp.x"), pointer(20, "SIPS+D2T", "_sips._tcp.x")],
            "_sips._tcp.x": [service(2, 0, 5_071, "b.x"), service(1, 0, 5_061, "a.x")],
            "_sip._udp.x": [service(1, 0, 5_060, "clear.x")],
            "a.x": [try address("192.0.2.1"), try address("2001:db8::1")], "b.x": [try address("192.0.2.2")],
            "clear.x": [try address("192.0.2.66")],
        ]
        #expect(try find(zone) == ["192.0.2.1:5061", "[2001:db8::1]:5061", "192.0.2.2:5071"])
    }

    @Test func `when the record for TLS is taken away, TLS is used all the same (K04)`() throws {
        let zone = [
            Self.domain: [
                pointer(1, "SIP+D2U", "_sip._udp.x"), pointer(2, "SIP+D2T", "_sip._tcp.x"), try address("192.0.2.9"),
            ],
            "_sip._udp.x": [service(1, 0, 5_060, "clear.x")], "_sip._tcp.x": [service(1, 0, 5_060, "clear.x")],
            "_sip._udp.provider.example": [service(1, 0, 5_060, "clear.x")], "clear.x": [try address("192.0.2.66")],
        ]
        #expect(try find(zone) == ["192.0.2.9:5061"])
    }

    @Test func `without NAPTR the SRV records of the transport count, without those the host itself`() throws {
        let zone = [
            "_sips._tcp.provider.example": [service(1, 0, 5_063, "a.x")], "a.x": [try address("192.0.2.1")],
            "_sip._udp.provider.example": [service(1, 0, 5_070, "u.x")], "u.x": [try address("192.0.2.3")],
            Self.domain: [try address("192.0.2.9")],
        ]
        #expect(try find(zone) == ["192.0.2.1:5063"])
        #expect(try find(zone, over: .udp) == ["192.0.2.3:5070"])
        #expect(try find(zone, over: .tcp) == ["192.0.2.9:5060"])
    }

    @Test func `a target of nothing says that there is no such service`() throws {
        let zone = [
            "_sips._tcp.provider.example": [service(0, 0, 0, "")], Self.domain: [try address("192.0.2.9")],
        ]
        #expect(throws: ServerLocation.Problem.nothingFound) { try find(zone) }
    }

    @Test func `a host with a port, and an address, cost no question about services`() throws {
        let zone = ["_sips._tcp.a.x": [service(1, 0, 1, "wrong.x")], "a.x": [try address("192.0.2.1")]]
        #expect(try find(zone, host: "a.x", port: 5_099) == ["192.0.2.1:5099"])
        #expect(try find([:], host: "192.0.2.5") == ["192.0.2.5:5061"])
        #expect(try find([:], host: "[2001:db8::5]", port: 5_099) == ["[2001:db8::5]:5099"])
    }

    @Test func `no server is told from nobody who answers`() throws {
        #expect(throws: ServerLocation.Problem.nothingFound) { try find([:]) }
        #expect(throws: ServerLocation.Problem.nobodyAnswers) { try find([:], failing: [Self.domain]) }
        let half = [
            "_sips._tcp.provider.example": [service(1, 0, 5_061, "a.x"), service(2, 0, 5_061, "b.x")],
            "b.x": [try address("192.0.2.2")],
        ]
        #expect(try find(half, failing: ["a.x"]) == ["192.0.2.2:5061"])
    }

    @Test func `a domain with a thousand records costs a limited number of questions and servers`() throws {
        var zone: [String: [DNSRecord.Value]] = [:]
        zone["_sips._tcp.provider.example"] = (0..<1_000).map { service(UInt16($0), 0, 5_061, "h\($0).x") }
        for index in 0..<1_000 {
            zone["h\(index).x"] = try (0..<20).map { try address("192.0.\(index % 200).\($0)") }
        }
        #expect(try find(zone).count == Limits.dnsPlaces)
    }

    @Test func `priorities go first, weights decide how often, and each service comes once`() throws {
        let services = [
            DNSRecord.Service(priority: 1, weight: 90, port: 1, target: "heavy"),
            DNSRecord.Service(priority: 1, weight: 10, port: 1, target: "light"),
            DNSRecord.Service(priority: 0, weight: 0, port: 1, target: "first"),
        ]
        var heavy = 0
        for seed in 0..<1_000 {
            let ordered = DNSRecord.Service.ordered(services, using: .repeatable(UInt64(seed)))
            #expect(ordered.count == 3 && ordered[0].target == "first")
            if ordered[1].target == "heavy" { heavy += 1 }
        }
        #expect((850...950).contains(heavy))
    }
}
