// SPDX-License-Identifier: Apache-2.0

import Media

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
