// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Glibc
import Model
import Primitives
import Synchronization
import Testing

@testable import Server

@Suite("RFC 3263 §4, ATTACKS K04: names are asked of real name servers", .timeLimit(.minutes(2)))
struct NameServiceTests {
    private func lookup(
        _ domain: String,
        servers: [Trunk.Server] = [],
        over transport: Trunk.Transport = .tls
    ) throws
        -> TrunkLookup
    {
        let trunk = Trunk(
            name: try #require(TrunkName(parsing: "main")),
            domain: try #require(DomainName(parsing: domain)),
            transport: transport,
            servers: servers,
            createdAt: WallTime(milliseconds: 0)
        )
        return TrunkLookup(trying: trunk)
    }

    private func find(_ lookup: TrunkLookup, port: UInt16) -> Result<[TrunkServer], TrunkFailure> {
        NameService(port: port).find(lookup, until: SystemClock.monotonic + .seconds(30))
    }

    @Test func `SRV records of the transport are followed to their addresses`() throws {
        let server = try NameServer([
            "_sips._tcp.provider.test": [
                .service(10, 5_071, "b.provider.test"), .service(1, 5_061, "a.provider.test"),
            ],
            "_sip._udp.provider.test": [.service(1, 5_060, "clear.provider.test")],
            "a.provider.test": [.address([192, 0, 2, 1])], "b.provider.test": [.address([192, 0, 2, 2])],
            "clear.provider.test": [.address([192, 0, 2, 66])],
        ])
        defer { server.stop() }
        let found = try find(lookup("provider.test"), port: server.port).get()
        #expect(found.map(\.description) == ["a.provider.test (192.0.2.1:5061)", "b.provider.test (192.0.2.2:5071)"])
        #expect(!server.asked.contains("_sip._udp.provider.test"))
    }

    @Test func `a name that nobody has is told by name, a silent name server as that`() throws {
        let server = try NameServer([:])
        #expect(try find(lookup("nobody.test"), port: server.port) == .failure(.noSuchName("nobody.test")))
        server.stop()
        let silent = try NameServer(nil)
        defer { silent.stop() }
        let host = Trunk.Server(host: "a.test", port: 5_061)
        #expect(try find(lookup("a.test", servers: [host]), port: silent.port) == .failure(.nameServerSilent))
    }

    @Test func `addresses and the names of this machine need no name server`() throws {
        let host = Trunk.Server(host: "192.0.2.5", port: nil)
        #expect(try find(lookup("a.test", servers: [host]), port: 0).get().map(\.description) == ["192.0.2.5:5061"])
        let own = Trunk.Server(host: "localhost", port: 5_099)
        let found = try find(lookup("a.test", servers: [own]), port: 0).get()
        #expect(found.contains { $0.address.description == "127.0.0.1:5099" })
    }
}

/// A name server on loopback with a zone of its own; without one it says nothing.
private final class NameServer: Sendable {
    enum Entry: Sendable {
        case address([UInt8])
        case service(UInt16, UInt16, String)
    }

    let port: UInt16
    private let descriptor: Int32
    private let zone: [String: [Entry]]?
    private let names = Mutex<[String]>([])

    var asked: [String] { names.withLock { $0 } }

    init(_ zone: [String: [Entry]]?) throws {
        self.zone = zone
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        self.descriptor = descriptor
        let any = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)
        let isBound = SocketName(any).bytes.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) { bind(descriptor, $0.baseAddress, socklen_t(raw.count)) == 0 }
        }
        var name = [UInt8](repeating: 0, count: SocketName.capacity)
        var length = socklen_t(name.count)
        let isKnown = name.withUnsafeMutableBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &length) == 0 }
        }
        let bound = name.withUnsafeBytes { SocketName.address(in: $0) }
        #expect(isBound && isKnown)
        port = try #require(bound).port
        let thread = Thread { [self] in while serve() {} }
        thread.start()
    }

    /// A datagram that is no question ends it.
    func stop() {
        let own = SocketName(SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: port))
        _ = own.bytes.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) {
                sendto(descriptor, [0], 1, 0, $0.baseAddress, socklen_t(raw.count))
            }
        }
    }

    private func serve() -> Bool {
        var (question, name) = ([UInt8](repeating: 0, count: 512), [UInt8](repeating: 0, count: SocketName.capacity))
        var length = socklen_t(name.count)
        let count = name.withUnsafeMutableBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) {
                recvfrom(descriptor, &question, 512, 0, $0.baseAddress, &length)
            }
        }
        guard count > 12 else {
            close(descriptor)
            return false
        }
        guard let answer = answer(Array(question[..<count])) else { return true }
        _ = name.withUnsafeBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) {
                sendto(descriptor, answer, answer.count, 0, $0.baseAddress, length)
            }
        }
        return true
    }

    private func answer(_ question: [UInt8]) -> [UInt8]? {
        var (labels, offset): ([String], Int) = ([], 12)
        while offset < question.count, question[offset] > 0 {
            let end = offset + 1 + Int(question[offset])
            labels.append(String(decoding: question[(offset + 1)..<end], as: UTF8.self))
            offset = end
        }
        let owner = labels.joined(separator: ".").lowercased()
        names.withLock { $0.append(owner) }
        guard let zone else { return nil }
        let type = UInt16(question[offset + 1]) << 8 | UInt16(question[offset + 2])
        let found = (zone[owner] ?? []).compactMap { Self.record($0, type) }
        var bytes = Array(question[..<2]) + [0x81, zone[owner] == nil ? 0x83 : 0x80, 0, 1]
        bytes += Self.word(UInt16(found.count)) + [0, 0, 0, 0] + question[12..<(offset + 5)]
        return bytes + found.joined()
    }

    private static func record(_ entry: Entry, _ type: UInt16) -> [UInt8]? {
        let data: [UInt8]
        switch entry {
        case .address(let octets) where type == 1: data = octets
        case .service(let priority, let port, let target) where type == 33:
            var name: [UInt8] = []
            for label in target.split(separator: ".") { name += [UInt8(label.utf8.count)] + Array(label.utf8) }
            name.append(0)
            data = word(priority) + [0, 0] + word(port) + name
        case .address, .service: return nil
        }
        return [0xC0, 12] + word(type) + [0, 1, 0, 0, 0, 60] + word(UInt16(data.count)) + data
    }

    private static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
}
