// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

/// Event loops that several businesses of one process share: each business lives on one, and they are dealt out in turn.
///
/// `Docs/decisions/0007-one-business-one-loop.md`.
public final class SignallingLoops: Sendable {
    let group: MultiThreadedEventLoopGroup

    /// - Parameter count: One for each processor that signalling may use.
    public init(count: Int) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: count)
    }

    /// Ends the loops. The servers on them have to be stopped before.
    public func stop() async {
        try? await group.shutdownGracefully()
    }
}
