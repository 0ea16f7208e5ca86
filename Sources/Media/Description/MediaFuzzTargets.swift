// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What the fuzzer calls with bytes that it made up. A broken promise of ours traps here.
public enum MediaFuzzTargets {
    /// A check either is none or lies in its bounds, and its answer is shorter than it and no check itself.
    public static func stun(_ bytes: Span<UInt8>) {
        guard let check = STUNRequest(bytes) else { return }
        precondition(check.username.upperBound <= check.sender.lowerBound, "the names of a check overlap")
        precondition(check.sender.upperBound <= bytes.count && check.integrity + 24 <= bytes.count, "a part is outside")
        let password = Array("a password of twenty-two letters".utf8)
        precondition(!check.isAuthentic(bytes, with: password), "a check was forged")
        var room: [UInt8] = []
        for index in bytes.indices { room.append(bytes[index]) }
        let source = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 4_000)
        for answer in [STUNAnswer.success(source), .roleConflict, .unknown(check.unknown ?? 0)] {
            var packet = room.mutableSpan
            let length = answer.write(over: &packet, length: bytes.count, answering: check, with: password)
            precondition(length.map { $0 <= bytes.count } ?? true, "an answer is longer than its check")
            precondition(STUNRequest(room.span) == nil || length == nil, "an answer is a check")
        }
    }

    /// A description either throws or keeps its limits, and what we write about it can be read again.
    public static func sdp(_ bytes: Span<UInt8>) {
        guard let offer = try? SessionDescription(parsing: bytes) else { return }
        precondition(offer.sections.count <= DescriptionLimits.mediaSections, "too many sections were accepted")
        guard let audio = offer.audio else { return }
        precondition(audio.port != 0 && audio.rtcpPort != 0, "a port of 0 was accepted")
        guard let taken = Negotiation.protection(of: audio, preferring: SRTPSuite.allCases) else { return }
        let local = LocalMedia(
            address: IPAddress(v4: 0x7F00_0001),
            port: 40_000,
            rtcpPort: 40_001,
            sessionID: 1,
            version: 1
        )
        let answer = SessionWriter.answer(
            to: offer,
            local,
            formats: audio.formats,
            packetTime: audio.packetTime,
            direction: .sendReceive,
            crypto: taken,
            rtcpMux: true
        )
        // An offer at the limit has an answer beyond it, which only its phone has to read.
        guard answer.count <= DescriptionLimits.length else { return }
        guard let read = try? SessionDescription(parsing: answer.span) else {
            preconditionFailure("an answer of ours cannot be read")
        }
        precondition(read.sections.count == offer.sections.count, "an answer has other sections than its offer")
        if let readAudio = read.audio {
            precondition(readAudio.formats == audio.formats, "a format changed on its way")
            precondition(readAudio.crypto == [taken], "a key changed on its way")
        }
    }
}
