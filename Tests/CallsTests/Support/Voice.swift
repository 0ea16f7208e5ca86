// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import SIP
import TestKit
import Testing

/// The media relay of an office. A class, because an office is copied and a relay cannot be.
final class Relays {
    private var relay: MediaRelay

    init(capacity: Int, plain: [PlainPorts] = []) {
        var generator = SplitMix()
        relay = MediaRelay(capacity: capacity, plain: plain, using: &generator)
    }

    var count: Int { relay.count }

    var reports: [RelayReport] {
        var reports: [RelayReport] = []
        relay.reports(into: &reports)
        return reports
    }

    func apply(_ command: RelayCommand, at now: MonotonicTime) -> Bool { relay.apply(command, at: now) }

    /// Where a packet goes that came to the ports of a leg in the clear; `nil` when it goes nowhere.
    func carry(plain bytes: [UInt8], from source: SocketAddress, pair: Int, at now: MonotonicTime) -> SocketAddress? {
        var buffer = bytes + Array(repeating: 0, count: RelayLimits.protectionOverhead)
        var span = buffer.mutableSpan
        let socket = PlainSocket(pair: pair, port: .rtp)
        switch relay.receive(&span, length: bytes.count, from: source, on: socket, at: now) {
        case .forward(_, let to, _), .forwardPlain(_, let to, _): return to
        case .hear, .handshake, .drop: return nil
        }
    }

    /// Where a packet goes; `nil` when it goes nowhere.
    func carry(_ bytes: [UInt8], from source: SocketAddress, at now: MonotonicTime) -> SocketAddress? {
        var buffer = bytes + Array(repeating: 0, count: RelayLimits.protectionOverhead)
        var span = buffer.mutableSpan
        switch relay.receive(&span, length: bytes.count, from: source, port: .rtp, at: now) {
        case .forward(_, let to, _), .forwardPlain(_, let to, _): return to
        case .hear, .handshake, .drop: return nil
        }
    }
}

/// What a phone says and where it listens: a key, a stream and an address of its own.
final class Voice {
    let address: SocketAddress
    private let material: [UInt8]
    private var sender: SRTPSender
    private let stream: UInt8
    private var sequence: UInt16 = 0

    /// - Parameter number: Another for each voice; the port of an even one is its own.
    init(_ number: UInt8, from host: String = "192.0.2.50") throws {
        material = (0..<30).map { $0 &+ number &* 31 }
        address = try #require(SocketAddress(parsing: "\(host):\(20_000 + 2 * Int(number))"))
        sender = SRTPSender(try #require(SRTPKey(suite: .aes128cmSHA1_80, material: material)))
        stream = number
    }

    private func describe(_ tag: String, _ direction: String) -> String {
        SDP.offer(
            port: Int(address.port),
            direction: direction,
            crypto: ["\(tag) AES_CM_128_HMAC_SHA1_80 inline:\(Base64.encode(material))"],
            address: address.ip.description
        )
    }

    func offer(_ direction: String = "sendrecv") -> String { describe("1", direction) }

    /// Takes the suite that every phone knows.
    func answer(to offer: Message, _ direction: String = "sendrecv") -> String {
        let lines = offer.string(offer.body).split(whereSeparator: \.isNewline)
        let line = lines.first { $0.contains("AES_CM_128_HMAC_SHA1_80") } ?? "a=crypto:1 "
        return describe(String(line.dropFirst("a=crypto:".count).prefix { $0 != " " }), direction)
    }

    /// The next 20 ms, protected.
    func packet() throws -> [UInt8] {
        sequence += 1
        var bytes: [UInt8] = [0x80, 0, UInt8(sequence >> 8), UInt8(truncatingIfNeeded: sequence), 0, 0, 0, 0]
        bytes += [0, 0, 0, stream] + [UInt8](repeating: 0xFF, count: 160)
        let length = bytes.count
        bytes += [UInt8](repeating: 0, count: RelayLimits.protectionOverhead)
        var span = bytes.mutableSpan
        let sealed = try sender.protect(&span, length: length)
        return Array(bytes.prefix(sealed))
    }
}

extension Office {
    /// Where ten packets of a phone go, of the last one that went anywhere; `nil` when nobody hears any.
    func listeners(to voice: Voice) throws -> SocketAddress? {
        var heard: SocketAddress?
        for _ in 0..<10 { heard = relays.carry(try voice.packet(), from: voice.address, at: now) ?? heard }
        return heard
    }
}
