// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import Testing

@testable import Server

@Suite("Control flood-protection: handshakes that lead to nothing")
struct HandshakeTests {
    /// The first bytes of a ClientHello (RFC 8446 §4.1.2): record and handshake headers, version and the random number.
    private static let beginning: [UInt8] = [22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3] + Array(repeating: 7, count: 32)

    @Test func `D04 handshakes that stop anywhere, and garbage after them, keep nobody else from being served`()
        async throws
    {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            var stopped: [Peer] = []
            for number in 0..<24 {
                let peer = try await Peer.connect(to: office.server.sipTLS, root: nil, from: "127.0.0.77")
                let bytes: [UInt8] =
                    switch number % 4 {
                    case 0: []
                    case 1: Array(Self.beginning.prefix(3 + number / 2))
                    case 2: Self.beginning
                    default: Self.beginning + Array(repeating: 0xFF, count: 400)
                    }
                try? await peer.say(bytes: ByteBuffer(bytes: bytes))
                if number % 3 == 0 { await peer.close() } else { stopped.append(peer) }
            }
            let line = try await office.peer()
            #expect(try await phone.register(over: line))
            for peer in stopped { #expect(try await peer.isClosed(within: .seconds(8))) }
            #expect(!line.state.isClosed)
        }
    }
}
