// SPDX-License-Identifier: Apache-2.0

import SIP

/// Session descriptions as desk phones write them.
enum SDP {
    static let key = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
    static let otherKey = "inline:AVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

    /// An offer as a desk phone makes it.
    static func offer(
        profile: String = "RTP/SAVP",
        port: Int = 30_000,
        direction: String = "sendrecv",
        crypto: [String] = ["1 AES_CM_128_HMAC_SHA1_80 \(key)"],
        address: String = "192.0.2.50",
        formats: String = "0 8 101"
    ) -> String {
        var lines = [
            "v=0", "o=phone 1 1 IN IP4 \(address)", "s=a private name", "c=IN IP4 \(address)", "t=0 0",
            "m=audio \(port) \(profile) \(formats)", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
            "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15",
        ]
        lines += crypto.map { "a=crypto:\($0)" }
        lines.append("a=\(direction)")
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// The answer of a phone that takes the suite every phone knows, out of what it was offered.
    static func answer(to request: Message, port: Int = 31_000, direction: String = "sendrecv") -> String {
        let offered = request.string(request.body).split(whereSeparator: \.isNewline)
        let line = offered.first { $0.contains("AES_CM_128_HMAC_SHA1_80") } ?? "a=crypto:1"
        let tag = line.dropFirst("a=crypto:".count).prefix { $0 != " " }
        return offer(port: port, direction: direction, crypto: ["\(tag) AES_CM_128_HMAC_SHA1_80 \(otherKey)"])
    }
}
