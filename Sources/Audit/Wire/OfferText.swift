// SPDX-License-Identifier: Apache-2.0

import Primitives

/// SDP offers as an attacker writes them.
enum OfferText {
    /// Readable audio (RTP/AVP).
    static let plain = offer(profile: "RTP/AVP", crypto: [])

    /// - Parameter crypto: Values of `a=crypto`.
    static func offer(
        profile: String,
        crypto: [String],
        address: IPAddress = IPAddress(v4: 0xC000_0201),
        port: UInt16 = 40_404,
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
