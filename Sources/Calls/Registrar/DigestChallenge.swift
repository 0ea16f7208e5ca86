// SPDX-License-Identifier: Apache-2.0

import Model
import SIP

/// The values of `WWW-Authenticate` (RFC 7616 §3.3), one for each algorithm (RFC 8760 §2.3). One nonce is enough for them: a
/// phone answers one of them.
struct DigestChallenge {
    let realm: String
    let nonce: Nonce
    /// The strongest first.
    let algorithms: [DigestStrength]
    let isStale: Bool

    func write(into writer: inout MessageWriter) {
        for algorithm in algorithms { writer.field(.wwwAuthenticate) { write(DigestAlgorithm(algorithm), into: &$0) } }
    }

    private func write(_ algorithm: DigestAlgorithm, into value: inout ValueWriter) {
        value.append("Digest realm=\"")
        value.append(realm)
        value.append("\", nonce=\"")
        value.append(nonce)
        value.append("\", algorithm=")
        value.append(algorithm.rawValue)
        value.append(", qop=\"auth\"")
        if isStale { value.append(", stale=true") }
    }
}
