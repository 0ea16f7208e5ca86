// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit
import Testing

/// Plain packets as a phone makes them.
enum Packets {
    /// G.711, 20 ms.
    static func rtp(_ sequence: UInt16, source: UInt32 = 0x1234_5678, payload: [UInt8]? = nil) -> [UInt8] {
        let timestamp = UInt32(sequence) * 160
        return [0x80, 0, UInt8(sequence >> 8), UInt8(sequence & 0xFF)] + bytes(timestamp) + bytes(source)
            + (payload ?? Array(repeating: UInt8(truncatingIfNeeded: sequence), count: 160))
    }

    /// An empty receiver report.
    static func rtcp(source: UInt32 = 0x1234_5678) -> [UInt8] { [0x80, 201, 0, 1] + bytes(source) }

    /// The packets of an RTCP compound.
    static func parts(of compound: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = []
        var rest = compound[...]
        while rest.count >= 4 {
            let words = Int(rest[rest.startIndex + 2]) << 8 | Int(rest[rest.startIndex + 3])
            parts.append(Array(rest.prefix(4 * (words + 1))))
            rest = rest.dropFirst(4 * (words + 1))
        }
        return parts
    }

    static func bytes(_ word: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
}

/// What a context made of a packet, as a value that can be compared.
enum Result: Equatable {
    case packet([UInt8])
    case failed(SRTPError)

    init(_ packet: [UInt8], room: Int = 0, _ work: (inout MutableSpan<UInt8>, Int) throws(SRTPError) -> Int) {
        var buffer = packet + Array(repeating: 0xEE, count: room)
        do throws(SRTPError) {
            var span = buffer.mutableSpan
            let length = try work(&span, packet.count)
            self = .packet(Array(buffer.prefix(length)))
        } catch {
            self = .failed(error)
        }
    }

    /// The packet; fails the test when there is none.
    var packet: [UInt8] {
        get throws {
            guard case .packet(let bytes) = self else {
                Issue.record("\(self)")
                throw SRTPError.malformed
            }
            return bytes
        }
    }
}

/// Both ends of one key. A class, because the test macros do not take values that cannot be copied.
final class Link {
    private var sender: SRTPSender
    private var receiver: SRTPReceiver

    /// - Parameter otherKey: What the receiver has instead of `key`.
    init(_ key: SRTPKey, receiving otherKey: SRTPKey? = nil) {
        sender = SRTPSender(key)
        receiver = SRTPReceiver(otherKey ?? key)
    }

    init(sender: consuming SRTPSender, receiver: consuming SRTPReceiver) {
        self.sender = sender
        self.receiver = receiver
    }

    func seal(_ packet: [UInt8], room: Int = RelayLimits.protectionOverhead) -> Result {
        Result(packet, room: room) { (span, length) throws(SRTPError) in try sender.protect(&span, length: length) }
    }

    func sealControl(_ packet: [UInt8]) -> Result {
        Result(packet, room: RelayLimits.protectionOverhead) { (span, length) throws(SRTPError) in
            try sender.protectControl(&span, length: length)
        }
    }

    func open(_ packet: [UInt8]) -> Result {
        Result(packet) { (span, length) throws(SRTPError) in try receiver.unprotect(&span, length: length) }
    }

    func openControl(_ packet: [UInt8]) -> Result {
        Result(packet) { (span, length) throws(SRTPError) in try receiver.unprotectControl(&span, length: length) }
    }
}

extension SRTPKey {
    static func test(_ suite: SRTPSuite, _ seed: UInt64 = 1) -> SRTPKey {
        var generator = SplitMix(seed)
        return .generate(suite, using: &generator)
    }
}
