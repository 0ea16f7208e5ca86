// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// An attack on audio from somebody who reads along, and is faster than the phone.
enum MediaRaceAttack {
    static let copies = Attack(
        .mediaSource,
        "M02c",
        "Take a call with a copied packet that arrives first",
        attempted:
            "in an encrypted call, a copy of the caller's first packet from another port, before the packet itself; then the phones talk",
        expected: "the caller's next packet takes the call back",
        run: { (wire, target) async throws(WireError) in
            try await TestCall.attacked(by: attack, wire, target)
        }
    )

    private static func attack(_ call: TestCall, _ wire: Wire, _ target: Target) async throws(WireError) -> Observation
    {
        try await call.calleeMedia.speak(2)
        let thief = try await wire.connect(Endpoint(.udp, port: call.mediaPort))
        let first = try await call.callerMedia.draft()
        _ = try await thief.send(first)
        _ = try await call.callerMedia.send(first)
        // The phone goes on as if nothing had been.
        try await call.callerMedia.speak(3)
        _ = await (
            call.calleeMedia.listen(within: .milliseconds(200)), call.callerMedia.listen(within: .milliseconds(200))
        )
        try await call.callerMedia.speak(20)
        try await call.calleeMedia.speak(20)
        let heard = await (callee: call.calleeMedia.listen().authentic, caller: call.callerMedia.listen().authentic)
        var stolen = 0
        while case .bytes = await thief.receive(Limits.silence) { stolen += 1 }
        await thief.close()
        let text =
            "afterwards the phones heard \(heard.callee) and \(heard.caller) of 20, and \(stolen) packets went to the copy's sender"
        return heard.callee > 15 && heard.caller > 15 && stolen <= 1 ? .held(text) : .broken(text)
    }
}
