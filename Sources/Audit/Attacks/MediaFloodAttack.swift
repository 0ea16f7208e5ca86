// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// An attack on the audio of everybody by a phone that sends more than phones do.
enum MediaFloodAttack {
    static let all = [flood]

    private static let flood = Attack(
        .floodProtection,
        "D15m",
        "Flood a call of one's own with audio",
        attempted:
            "\(Limits.mediaFlood.portions * Limits.mediaFlood.packets) authentic packets in a call between two own phones, as fast as they can be made",
        expected: "the other phone gets no more than what a phone needs",
        run: { (wire, target) async throws(WireError) in
            try await TestCall.attacked(by: attack, wire, target)
        }
    )

    private static func attack(_ call: TestCall, _: Wire, _: Target) async throws(WireError) -> Observation {
        try await call.calleeMedia.speak(2)
        let start = try await call.callerMedia.send(call.callerMedia.draft())
        var (heard, end) = (0, start)
        for _ in 0..<Limits.mediaFlood.portions {
            try await call.callerMedia.speak(Limits.mediaFlood.packets)
            heard += await call.calleeMedia.listen(within: .milliseconds(5)).authentic
            end = try await call.callerMedia.send(call.callerMedia.draft())
        }
        let seconds = (end - start) / .seconds(1)
        let most = Int(Limits.mediaRate.once + seconds * Limits.mediaRate.each)
        let text = "\(heard) packets passed in \(Int(seconds * 1_000)) ms, at most \(most) may"
        guard heard > 0 else { return .notRun("the phones do not hear each other") }
        return heard <= most ? .held(text) : .broken(text)
    }
}
