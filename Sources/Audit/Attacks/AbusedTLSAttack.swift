// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension SignallingEncryptionAttack {
    static let abusedTLS = Attack(
        .signallingEncryption,
        "D05",
        "Negotiate a connection twice, and send a request before it is negotiated",
        attempted:
            "\(rounds) times: over TLS 1.2 a second handshake inside of the first, with compression offered; over TLS 1.3 a "
            + "request as early data, by the server's own ticket or a made-up one",
        expected: "neither is taken, however often, and others are served",
        run: { (wire, target) async throws(WireError) in
            let request = RequestDraft.probe(
                "OPTIONS",
                name: "100",
                domain: target.domain.text,
                using: wire.entropy
            ).bytes
            var seen: Set<String> = []
            for _ in 0..<rounds {
                for (name, abuse) in [("renegotiation", TLSAbuse.renegotiation), ("early data", .earlyData(request))] {
                    switch try await patiently(abuse, wire, target) {
                    case .taken: return .broken("\(name) was taken")
                    case .refused(let means): seen.insert("\(name) \(means)")
                    case .failed: return .notRun("\(name): not even an ordinary handshake came about")
                    }
                }
            }
            try await wire.expectAlive(target)
            return .held("\(rounds) times each, refused: \(seen.sorted().joined(separator: "; "))")
        }
    )

    /// A second one that is only refused sometimes would show.
    private static let rounds = 5

    /// A target that has had enough of strangers for now is tried again a little later.
    private static func patiently(
        _ abuse: TLSAbuse,
        _ wire: Wire,
        _ target: Target
    ) async throws(WireError) -> TLSAbuse.Outcome {
        for _ in 0..<Limits.backOffs {
            if let outcome = try? await wire.abuse(abuse, target.tlsPort), outcome != .failed { return outcome }
            await wire.pause(Limits.backOff)
        }
        return try await wire.abuse(abuse, target.tlsPort)
    }
}
