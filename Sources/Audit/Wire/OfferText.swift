// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives

/// SDP offers as an attacker writes them.
enum OfferText {
    /// Readable audio (RTP/AVP).
    static let plain = offer(profile: "RTP/AVP", crypto: [])

    /// Encrypted audio, with which nothing is wrong.
    static func encrypted(
        _ suite: SRTPSuite = .aes128gcm,
        address: IPAddress = documentationAddress,
        port: UInt16 = documentationPort,
        using entropy: Entropy
    ) -> [UInt8] {
        offer(profile: "RTP/SAVP", crypto: [key(suite, using: entropy)], address: address, port: port)
    }

    /// A value of `a=crypto` (RFC 4568 §9.1) with a fresh key of the right length.
    static func key(_ suite: SRTPSuite, using entropy: Entropy) -> String {
        "1 \(suite.rawValue) inline:" + Base64.encode(entropy.bytes(suite.keyLength + suite.saltLength))
    }

    private static let documentationAddress = IPAddress(v4: 0xC000_0201)
    private static let documentationPort: UInt16 = 40_404

    /// - Parameter crypto: Values of `a=crypto`.
    static func offer(
        profile: String,
        crypto: [String],
        address: IPAddress = documentationAddress,
        port: UInt16 = documentationPort,
        extra: [String] = []
    ) -> [UInt8] {
        let family = address.isIPv4 ? "IP4" : "IP6"
        let lines =
            [
                "v=0", "o=- 1 1 IN \(family) \(address)", "s=-", "c=IN \(family) \(address)", "t=0 0",
                "m=audio \(port) \(profile) 0 101", "a=rtpmap:0 PCMU/8000", "a=rtpmap:101 telephone-event/8000",
                "a=fmtp:101 0-15",
            ] + crypto.map { "a=crypto:\($0)" } + extra + ["a=sendrecv"]
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }
}
