// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import NIOCore
import NIOPosix

/// Event loops that the businesses of one process share: each business lives on one, and they are dealt out in turn.
final class SignallingLoops: Sendable {
    /// Where a business lives, and what it shares with those that live there too.
    struct Home: Sendable {
        let eventLoop: any EventLoop
        let gate: NIOLoopBoundBox<LoopGate>
    }

    private let group: MultiThreadedEventLoopGroup
    private let homes: [Home]

    /// - Parameters:
    ///   - count: One for each processor that signalling may use.
    ///   - gate: What those on one loop may use up together.
    init(count: Int, gate: LoopGate) {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        self.group = group
        homes = group.makeIterator().map { eventLoop in
            Home(eventLoop: eventLoop, gate: .makeBoxSendingValue(gate, eventLoop: eventLoop))
        }
    }

    func home(of business: UInt16) -> Home { homes[Int(business) % homes.count] }

    /// Ends the loops. The servers on them have to be stopped before.
    func stop() async {
        try? await group.shutdownGracefully()
    }
}
