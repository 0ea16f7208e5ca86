// SPDX-License-Identifier: Apache-2.0

import Foundation
import Media
import Primitives
import Server
import TestKit

/// The media part of the benchmarks.
///
/// Without further arguments: what one packet costs inside ``MediaRelay``, in nanoseconds and heap allocations, for
/// each pair of suites. With `serve CALLS STREAMS PORT`: a ``MediaLoop`` on 127.0.0.1 with that many calls open, whose
/// keys are written to STREAMS as `rtpgen` reads them; it runs until SIGTERM. `Bench/bench-media` measures it from
/// outside.
///
/// - Returns: Whether the gate holds: no allocation for a packet.
func mediaBenchmark(arguments: [String]) -> Bool {
    do {
        if arguments.count == 4, arguments[0] == "serve", let calls = Int(arguments[1]), let port = UInt16(arguments[3])
        {
            try serve(calls: calls, streams: arguments[2], port: port)
            return true
        }
        var isFree = true
        for from in SRTPSuite.allCases {
            for to in SRTPSuite.allCases { isFree = try measure(from, to) && isFree }
        }
        return isFree
    } catch {
        print("FAIL media: \(error)")
        return false
    }
}

// MARK: Inside the relay

/// Sealed packets of many calls, each in a place of its own: relaying is done in place.
private struct Arrivals {
    static let place = 256
    let calls: Int
    let turns: Int
    var bytes: [UInt8] = []
    var length = 0

    /// `turns` packets of each call with 160 bytes of G.711.
    init(calls: Int, turns: Int, key: (Int) -> SRTPKey) throws(SRTPError) {
        (self.calls, self.turns) = (calls, turns)
        bytes.reserveCapacity(calls * turns * Self.place)
        for call in 0..<calls {
            var sender = SRTPSender(key(call))
            for turn in 0..<turns {
                var packet = Self.packet(UInt16(turn), source: UInt32(call))
                var span = packet.mutableSpan
                length = try sender.protect(&span, length: 172)
                bytes += packet
            }
        }
    }

    private static func packet(_ sequence: UInt16, source: UInt32) -> [UInt8] {
        let header = [0x80, 0, UInt8(sequence >> 8), UInt8(sequence & 0xFF), 0, 0, 0, 0]
        let words = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: source >> UInt32($0)) }
        return header + words + Array(repeating: 0xD5, count: place - 12)
    }
}

/// 200 calls in turn; the median of 15 batches.
private func measure(_ from: SRTPSuite, _ to: SRTPSuite) throws -> Bool {
    let (calls, turnsPerBatch, batches) = (200, 20, 17)
    let now = MonotonicTime(nanoseconds: 0)
    var random = SystemRandomNumberGenerator()
    var relay = MediaRelay(capacity: calls, using: &random)
    let legs = (0..<calls).map { (leg($0, isB: false, from, &random), leg($0, isB: true, to, &random)) }
    for (call, legs) in legs.enumerated() {
        relay.apply(.open(RelayID(rawValue: UInt64(call)), a: .network(legs.0), b: .network(legs.1)), at: now)
    }
    var arrivals = try Arrivals(calls: calls, turns: turnsPerBatch * batches) { legs[$0].0.receive }
    let sources = (0..<calls).map { source($0, isB: false) }
    let length = arrivals.length
    var turn = 0
    let batch = {
        for call in 0..<calls * turnsPerBatch {
            let start = (call % calls * arrivals.turns + turn + call / calls) * Arrivals.place
            arrivals.bytes.withUnsafeMutableBufferPointer { bytes in
                var packet = UnsafeMutableBufferPointer(rebasing: bytes[start..<start + Arrivals.place]).mutableSpan
                _ = relay.receive(&packet, length: length, from: sources[call % calls], port: .rtp, at: now)
            }
        }
        turn += turnsPerBatch
    }
    let count = allocations(in: batch)
    let times = (0..<(batches - 2)).map { _ in processorTime(of: batch) }.sorted()
    let nanoseconds = times[times.count / 2] / UInt64(calls * turnsPerBatch)
    let isFree = count == 0 && relay.counters.forwarded == UInt64(calls * turnsPerBatch * batches)
    print(
        "\(isFree ? "ok  " : "FAIL") media \(from.rawValue) to \(to.rawValue): \(nanoseconds) ns, \(count) allocations"
    )
    return isFree
}

/// What the thread spends, in nanoseconds, whatever else the machine does meanwhile.
func processorTime(of body: () -> Void) -> UInt64 {
    let now = {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
    let start = now()
    body()
    return now() - start
}

// MARK: A loop to be measured from outside

private func serve(calls: Int, streams: String, port: UInt16) throws {
    guard let host = IPAddress(parsing: "127.0.0.1") else { return }
    // Blocked before any thread begins, so that only sigwait sees it.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let loop = try MediaLoop(
        rtp: SocketAddress(ip: host, port: port),
        rtcp: SocketAddress(ip: host, port: port + 1),
        capacity: calls
    ) { _ in }
    var random = SystemRandomNumberGenerator()
    var lines = ""
    for call in 0..<calls {
        let a = leg(call, isB: false, .aes128cmSHA1_80, &random)
        let b = leg(call, isB: true, .aes128cmSHA1_80, &random)
        loop.send([.open(RelayID(rawValue: UInt64(call)), a: .network(a), b: .network(b))])
        lines += "\(2 * call) A 127.0.0.1 \(port) \(base64(a.receive)) \(base64(b.send))\n"
        lines += "\(2 * call + 1) B 127.0.0.1 \(port) \(base64(b.receive)) \(base64(a.send))\n"
    }
    try Data(lines.utf8).write(to: URL(filePath: streams))
    loop.start()
    print("ready calls=\(calls)")
    fflush(nil)
    var signal: Int32 = 0
    sigwait(&signals, &signal)
    loop.stop()
    let drops = DropReason.allCases.filter { loop.counters[$0] > 0 }.map { "\($0)=\(loop.counters[$0])" }
    print("forwarded=\(loop.counters.forwarded) unsent=\(loop.unsentPackets) \(drops.joined(separator: " "))")
}

private func leg(_ call: Int, isB: Bool, _ suite: SRTPSuite, _ random: inout some RandomNumberGenerator) -> LegMedia {
    let address = source(call, isB: isB)
    return LegMedia(
        address: address,
        rtcpAddress: address,
        rtcpMux: true,
        signallingAddress: address.ip,
        receive: .generate(suite, using: &random),
        send: .generate(suite, using: &random)
    )
}

/// Where `rtpgen -M` sends the packets of a stream from: stream N is 127.1.h.l with N = 256·h + l.
private func source(_ call: Int, isB: Bool) -> SocketAddress {
    let stream = UInt32(2 * call + (isB ? 1 : 0))
    return SocketAddress(ip: IPAddress(v4: 0x7F01_0000 + stream), port: isB ? 41_002 : 41_000)
}

private func base64(_ key: SRTPKey) -> String { key.material.reveal { Base64.encode($0) } }
