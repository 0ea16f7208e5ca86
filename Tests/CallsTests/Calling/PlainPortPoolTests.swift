// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

@testable import Calls

@Suite("Control trunk-encryption, M12: ports of legs without encryption")
struct PlainPortPoolTests {
    private static let start = MonotonicTime(nanoseconds: 1_000_000_000)
    private static let provider = IPAddress(v4: 0xCB00_7107)

    private static func pool(_ ports: ClosedRange<UInt16> = 40_002...40_009) -> PlainPortPool {
        let ranges = [IPAddress(v4: 0xC633_6401), IPAddress(high: 0x2001_0DB8 << 32, low: 1)]
        return PlainPortPool(ranges.compactMap { PlainPorts(address: $0, ports: ports) })
    }

    @Test func `each leg has a port to itself, and with none left there is no leg`() throws {
        var (pool, random) = (Self.pool(), SplitMix(1))
        var ports: Set<SocketAddress> = []
        for _ in 0..<4 { ports.insert(try #require(pool.take(towards: Self.provider, at: Self.start, using: &random))) }
        #expect(ports.map(\.port).sorted() == [40_002, 40_004, 40_006, 40_008] && pool.count == 4)
        let isOver = pool.take(towards: Self.provider, at: Self.start, using: &random) == nil
        #expect(isOver)
        let other = pool.take(towards: IPAddress(high: 1, low: 1), at: Self.start, using: &random)
        #expect(other?.ip.isIPv4 == false, "the other version of IP has its own")
    }

    @Test func `a port rests for 32 seconds after its leg`() throws {
        var (pool, random) = (Self.pool(40_002...40_003), SplitMix(1))
        let port = try #require(pool.take(towards: Self.provider, at: Self.start, using: &random))
        pool.giveBack(port, at: Self.start + .seconds(100))
        pool.giveBack(port, at: Self.start + .seconds(101))
        let early = pool.take(towards: Self.provider, at: Self.start + .milliseconds(131_999), using: &random)
        #expect(early == nil && pool.count == 0)
        let late = pool.take(towards: Self.provider, at: Self.start + .seconds(132), using: &random)
        #expect(late == port)
        let twice = pool.take(towards: Self.provider, at: Self.start + .seconds(500), using: &random)
        #expect(twice == nil, "what was given back twice is there once")
    }

    @Test func `who calls for help takes the port that rests for longest, and none that somebody has`() throws {
        var (pool, random) = (Self.pool(40_002...40_005), SplitMix(1))
        let ports = (0..<2).compactMap { _ in pool.take(towards: Self.provider, at: Self.start, using: &random) }
        let early = pool.take(towards: Self.provider, forHelp: true, at: Self.start, using: &random)
        #expect(early == nil && ports.count == 2)
        pool.giveBack(ports[1], at: Self.start)
        pool.giveBack(ports[0], at: Self.start + .seconds(1))
        let now = Self.start + .seconds(2)
        let ordinary = pool.take(towards: Self.provider, at: now, using: &random)
        #expect(ordinary == nil)
        let isFree = pool.hasFree(towards: Self.provider, at: now)
        let isFreeForHelp = pool.hasFree(towards: Self.provider, forHelp: true, at: now)
        #expect(!isFree && isFreeForHelp)
        let taken = (0..<3).map { _ in pool.take(towards: Self.provider, forHelp: true, at: now, using: &random) }
        #expect(taken == [ports[1], ports[0], nil])
        // And it is not free once more when its rest would have been over.
        let late = pool.take(towards: Self.provider, at: now + .seconds(100), using: &random)
        #expect(late == nil && pool.count == 2)
    }

    @Test func `what nobody has any more comes back`() throws {
        var (pool, random) = (Self.pool(), SplitMix(1))
        let ports = (0..<4).compactMap { _ in pool.take(towards: Self.provider, at: Self.start, using: &random) }
        pool.keepOnly([ports[1], ports[2]], at: Self.start)
        #expect(pool.count == 2)
        let again = pool.take(towards: Self.provider, at: Self.start + .seconds(32), using: &random)
        #expect(again.map { [ports[0], ports[3]].contains($0) } == true)
    }

    @Test func `a negotiation names its port, without keys`() throws {
        var (pool, random) = (Self.pool(40_002...40_003), SplitMix(1))
        let leg = try #require(pool.negotiation(towards: Self.provider, at: Self.start, using: &random))
        #expect(leg.protection == .plain && leg.local.port == 40_002 && leg.local.rtcpPort == 40_003)
        #expect(leg.plainPort == SocketAddress(ip: leg.local.address, port: 40_002))
        let none = pool.negotiation(towards: Self.provider, at: Self.start, using: &random)
        #expect(none == nil)
        #expect(Negotiation(at: leg.local).plainPort == nil)
    }

    @Test(arguments: 1...10)
    func `whatever is taken and given back, no port has two legs and none is lost`(seed: UInt64) {
        var (pool, random, now) = (Self.pool(40_002...40_021), SplitMix(seed), Self.start)
        var taken: [SocketAddress] = []
        for _ in 0..<2_000 {
            now = now + .milliseconds(Int.random(in: 0...4_000, using: &random))
            if Bool.random(using: &random), let port = pool.take(towards: Self.provider, at: now, using: &random) {
                #expect(!taken.contains(port))
                taken.append(port)
            } else if let index = taken.indices.randomElement(using: &random) {
                pool.giveBack(taken.remove(at: index), at: now)
            }
            #expect(pool.count == taken.count)
        }
        for port in taken { pool.giveBack(port, at: now) }
        let all = (0..<10).compactMap { _ in pool.take(towards: Self.provider, at: now + .seconds(32), using: &random) }
        #expect(Set(all).count == 10)
    }
}
