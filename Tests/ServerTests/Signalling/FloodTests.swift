// SPDX-License-Identifier: Apache-2.0

import Calls
import NIOCore
import Primitives
import Testing

@testable import Server

@Suite("Control intrusion-detection: a flood from one host")
struct FloodTests {
    /// `Scripts/flood-test` sends a million and measures memory; here it is counted what is kept.
    @Test func `D02 fifty thousand requests leave nothing behind, and a phone at the same address is served`()
        async throws
    {
        try await Office.open { office in
            let phone = try await Enrolled("201", in: office)
            let line = try await office.peer()
            #expect(try await phone.register(over: line))

            for round in 0..<10 {
                let stranger = try await office.patientPeer()
                let requests = (0..<5_000).map { index in
                    let serial = round * 5_000 + index
                    return serial % 2 == 0
                        ? Requests.register("9\(serial)", branch: serial) : Requests.options(branch: serial)
                }
                try? await stranger.say(bytes: ByteBuffer(string: requests.joined()))
                line.say(Requests.options(branch: 1_000_000 + round))
                #expect(try await line.hears("branch=z9hG4bK-\(1_000_000 + round)"))
                #expect(try await stranger.isClosed())
            }
            let isDone = try await office.eventually { $0.figures.overBudget == 10 }
            #expect(isDone)
            let kept = try #require(
                await office.server.hop.ask { ($0.loop.switchboard.figures, $0.loop.connections.count) }
            )
            #expect(kept.0.registrations == 1)
            #expect(kept.0.calls == 0)
            #expect(kept.1 == 1)
        }
    }
}

extension Office {
    /// A source that owes is not let in before it has waited.
    func patientPeer(from source: String? = nil) async throws -> Peer {
        for _ in 0..<200 {
            if let peer = try? await peer(from: source), try await peer.waits(until: { $0.isSecured || $0.isClosed }),
                !peer.state.isClosed
            {
                return peer
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CancellationError()
    }

    /// Waits until the server's loop is as it should be.
    func eventually(_ isTrue: @escaping @Sendable (SignallingLoop) -> Bool) async throws -> Bool {
        for _ in 0..<3_000 {
            if await server.hop.ask({ isTrue($0.loop) }) == true { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
