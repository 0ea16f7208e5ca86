// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives

extension SRTPSuite {
    /// AEAD before the older suite, the longer key first (control `media-encryption`).
    static let preferred: [SRTPSuite] = [.aes256gcm, .aes128gcm, .aes128cmSHA1_80]
}

extension AudioFormat {
    /// What we offer when the caller leaves the offer to us.
    static let usual: [AudioFormat] = [
        AudioFormat(payloadType: 96, name: "OPUS", clockRate: 48_000, channels: 2, parameters: nil),
        AudioFormat(payloadType: 9, name: "G722", clockRate: 8_000, channels: 1, parameters: nil),
        AudioFormat(payloadType: 0, name: "PCMU", clockRate: 8_000, channels: 1, parameters: nil),
        AudioFormat(payloadType: 8, name: "PCMA", clockRate: 8_000, channels: 1, parameters: nil),
        AudioFormat(payloadType: 101, name: "TELEPHONE-EVENT", clockRate: 8_000, channels: 1, parameters: "0-16"),
    ].compactMap(\.self)
}

extension Switchboard {
    /// - Parameter address: Where the phone is. An answer goes by the offer's own address (RFC 6157 §3.1).
    mutating func newLocalMedia(towards address: IPAddress) -> LocalMedia {
        let ours = settings.media(towards: address)
        return LocalMedia(
            address: ours.ip,
            port: ours.port,
            rtcpPort: ours.port + 1,
            // RFC 8866 §5.2 wants a number; 62 bits so that every reader's integer holds it.
            sessionID: entropy.next() >> 2,
            version: 1
        )
    }

    /// A fresh key for every suite we take, best first.
    mutating func newOffers() -> [CryptoAttribute] {
        SRTPSuite.preferred.enumerated().map { index, suite in
            CryptoAttribute(tag: index + 1, key: .generate(suite, using: &entropy))
        }
    }
}
