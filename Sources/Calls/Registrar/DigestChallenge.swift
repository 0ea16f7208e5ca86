// SPDX-License-Identifier: Apache-2.0

import SIP

/// The value of `WWW-Authenticate` (RFC 7616 §3.3).
struct DigestChallenge {
    let realm: String
    let nonce: Nonce
    let algorithm: DigestAlgorithm
    let isStale: Bool

    func write(into value: inout ValueWriter) {
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
