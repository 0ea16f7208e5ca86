// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import Testing

/// A description from the lines that differ; the ones every description has are put before them.
func sdp(
    _ lines: String...,
    head: String = "v=0\r\no=- 7 3 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0"
) -> [UInt8] {
    Array(([head] + lines).joined(separator: "\r\n").utf8) + Array("\r\n".utf8)
}

func parse(_ bytes: [UInt8]) throws(SDPError) -> SessionDescription { try SessionDescription(parsing: bytes.span) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A key whose bytes count up from `first`.
func key(_ suite: SRTPSuite, first: UInt8 = 1) throws -> SRTPKey {
    let material = (0..<suite.materialLength).map { first &+ UInt8(truncatingIfNeeded: $0) }
    return try #require(SRTPKey(suite: suite, material: material))
}

func inline(_ suite: SRTPSuite, first: UInt8 = 1) throws -> String {
    Base64.encode(try key(suite, first: first).material.reveal { $0 })
}

func format(
    _ payloadType: UInt8,
    _ name: String,
    _ clockRate: UInt32 = 8_000,
    _ channels: UInt8 = 1
) throws -> AudioFormat {
    try #require(AudioFormat(payloadType: payloadType, name: name, clockRate: clockRate, channels: channels))
}

let here = LocalMedia(
    address: IPAddress(v4: 0xCB00_7101),  // 203.0.113.1
    port: 40_000,
    rtcpPort: 40_001,
    sessionID: 99,
    version: 1
)
