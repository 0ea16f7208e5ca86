// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Primitives
import Testing

@testable import Server

@Suite("Several businesses in one process")
struct SharedLoopsTests {
    @Test func `are dealt out over the loops, and each serves its own phones`() async throws {
        let loops = SignallingLoops(count: 2)
        try await Office.open(on: loops) { first in
            try await Office.open(on: loops) { second in
                try await Office.open(on: loops) { third in
                    let homes = [first, second, third].map { ObjectIdentifier($0.server.hop.eventLoop) }
                    #expect(Set(homes).count == 2)
                    #expect(homes[0] == homes[2])
                    for office in [first, second, third] {
                        let phone = try await Enrolled("201", in: office)
                        #expect(try await phone.register(over: office.peer()))
                        #expect(await office.server.registrations().count == 1)
                    }
                }
            }
        }
        await loops.stop()
    }

    @Test func `one that stops leaves nothing behind, and the others go on`() async throws {
        let loops = SignallingLoops(count: 1)
        try await Office.open(on: loops) { stays in
            let phone = try await Enrolled("201", in: stays)
            let line = try await stays.peer()
            #expect(try await phone.register(over: line))
            let gone = try await Office.open(on: loops) { goes in
                let stranger = try await goes.peer()
                #expect(try await stranger.waits { $0.isSecured })
                return await goes.server.hop.ask { Weakly($0.loop) }
            }
            #expect(gone != nil)
            var isLeft = true
            for _ in 0..<200 where isLeft {
                try await Task.sleep(for: .milliseconds(20))
                isLeft = await stays.server.hop.ask { _ in gone?.loop != nil } ?? true
            }
            #expect(!isLeft, "the loop still holds the business that stopped")
            line.say(Requests.options(branch: 5))
            #expect(try await line.hears("branch=z9hG4bK-5"))
        }
        await loops.stop()
    }
}

/// Read on the event loop that the business lived on.
private final class Weakly: @unchecked Sendable {
    private(set) weak var loop: SignallingLoop?

    init(_ loop: SignallingLoop) { self.loop = loop }
}
