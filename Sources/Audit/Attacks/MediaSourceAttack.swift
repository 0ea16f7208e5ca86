// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Attacks on audio from somebody who is not part of the call.
enum MediaSourceAttack {
    static let all = [spray, injection, MediaRaceAttack.copies, TransferAttacks.listening]

    private static let spray = Attack(
        .mediaSource,
        "M01",
        "Spray audio at the media ports and collect what comes back",
        attempted:
            "\(Limits.sprayedPackets) packets of RTP, RTCP, STUN, DTLS and garbage to the media port and the next",
        expected: "nothing comes back",
        run: { (wire, target) async throws(WireError) in
            try await wire.expectAlive(target)
            for port in [target.mediaPort, target.mediaPort &+ 1] {
                let link = try await wire.connect(Endpoint(.udp, port: port))
                let back = await sprayAndListen(link, Strays.packets(Limits.sprayedPackets, using: wire.entropy))
                await link.close()
                if back > 0 { return .broken("\(back) packets came back from port \(port)") }
            }
            return .held("\(2 * Limits.sprayedPackets) packets sent, none came back")
        }
    )

    private static let injection = Attack(
        .mediaSource,
        "M02",
        "Speak into, listen to or end a call of others",
        attempted:
            "during an encrypted call: the same packets, forged ones with the caller's stream number, and genuine ones sent again, from another port of the phones' own address",
        expected: "nothing comes back, the phones hear nothing but each other, and the call goes on",
        run: { (wire, target) async throws(WireError) in
            try await TestCall.attacked(by: attack, wire, target)
        }
    )

    private static func attack(_ call: TestCall, _ wire: Wire, _ target: Target) async throws(WireError) -> Observation
    {
        let before = try await converse(call)
        guard before.toCallee > 15, before.toCaller > 15 else {
            return .notRun("the phones do not hear each other: \(before.toCallee) and \(before.toCaller) of 20 packets")
        }
        let stranger = try await wire.connect(Endpoint(.udp, port: call.mediaPort))
        var packets = Strays.packets(Limits.sprayedPackets, using: wire.entropy)
        packets += Strays.forged(source: 0x0A0A_0A0A, count: Limits.sprayedPackets, using: wire.entropy)
        packets += await call.callerMedia.overheard
        var back = await sprayAndListen(stranger, packets)
        let strays = await (callee: call.calleeMedia.listen(), caller: call.callerMedia.listen())
        let after = try await converse(call)
        if case .bytes = await stranger.receive(Limits.silence) { back += 1 }
        await stranger.close()
        let leaked = strays.callee.foreign + strays.callee.authentic + strays.caller.foreign + strays.caller.authentic
        let text =
            "\(packets.count) packets: \(back) came back, \(leaked) reached a phone; afterwards the phones heard "
            + "\(after.toCallee) and \(after.toCaller) of 20"
        return back == 0 && leaked == 0 && after.toCallee > 15 && after.toCaller > 15 ? .held(text) : .broken(text)
    }

    /// 20 packets each way.
    static func converse(_ call: TestCall) async throws(WireError) -> (toCallee: Int, toCaller: Int) {
        // The first packets of each side tell the target where they come from.
        try await call.callerMedia.speak(5)
        try await call.calleeMedia.speak(5)
        _ = await (
            call.calleeMedia.listen(within: .milliseconds(200)), call.callerMedia.listen(within: .milliseconds(200))
        )
        try await call.callerMedia.speak(20)
        try await call.calleeMedia.speak(20)
        return await (call.calleeMedia.listen().authentic, call.callerMedia.listen().authentic)
    }

    private static func sprayAndListen(_ link: Link, _ packets: [[UInt8]]) async -> Int {
        var back = 0
        for packet in packets {
            _ = try? await link.send(packet)
            if case .bytes = await link.receive(.zero) { back += 1 }
        }
        while case .bytes = await link.receive(Limits.silence) { back += 1 }
        return back
    }
}

/// Packets that belong to no call.
enum Strays {
    static func packets(_ count: Int, using entropy: Entropy) -> [[UInt8]] {
        (0..<count).map { index in
            switch index % 6 {
            case 0: TestMedia.header(UInt16(truncatingIfNeeded: index), 0x1234_5678) + entropy.bytes(160)
            case 1: binding(using: entropy)
            case 2: TLSHello(version: 0x0303, suites: TLSTrial.strongSuites).bytes(host: "x", using: entropy)
            // A receiver report, and a BYE of a stream (RFC 3550 §6.4.2, §6.6).
            case 3: [0x80, 201, 0, 1, 0x12, 0x34, 0x56, 0x78]
            case 4: [0x81, 203, 0, 1, 0x0A, 0x0A, 0x0A, 0x0A]
            default: entropy.bytes(index % 64)
            }
        }
    }

    /// Audio with a stream number that exists and a tag that cannot fit.
    static func forged(source: UInt32, count: Int, using entropy: Entropy) -> [[UInt8]] {
        (0..<count).map { TestMedia.header(UInt16(1_020 + $0), source) + entropy.bytes(170) }
    }

    /// A STUN binding request (RFC 8489 §5).
    private static func binding(using entropy: Entropy) -> [UInt8] {
        [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + entropy.bytes(12)
    }
}
