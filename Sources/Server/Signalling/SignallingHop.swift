// SPDX-License-Identifier: Apache-2.0

import Guard
import NIOCore
import Synchronization

/// The way from other threads onto the signalling loop.
struct SignallingHop: Sendable {
    /// Where the business lives, and its number in this process.
    let eventLoop: any EventLoop
    let business: UInt16
    /// What it uses up together with those that live there too.
    let gate: NIOLoopBoundBox<LoopGate>
    private let box: NIOLoopBoundBox<Signalling?>
    private let end = End()

    /// A loop that has been shut down answers nobody, not even that it is gone.
    private final class End: Sendable {
        let isReached = Mutex(false)
    }

    init(_ business: UInt16, at home: SignallingLoops.Home) {
        (self.business, eventLoop, gate) = (business, home.eventLoop, home.gate)
        box = .makeEmptyBox(valueType: Signalling.self, eventLoop: eventLoop)
    }

    /// On the loop: what the way leads to. Until then, and after `nil`, nothing that is told arrives.
    func lead(to signalling: Signalling?) {
        box.value = signalling
    }

    /// From now on nobody is let through.
    ///
    /// - Returns: Whether this was the first call.
    func close() -> Bool {
        end.isReached.withLock { isReached in
            defer { isReached = true }
            return !isReached
        }
    }

    /// Lets go of what it led to, so that nothing of it stays on a loop that others share.
    func forget() async {
        try? await eventLoop.submit { [box] in box.value = nil }.get()
    }

    /// Says something and does not wait.
    func tell(_ message: @escaping @Sendable (Signalling) -> Void) {
        eventLoop.execute { [box] in
            if let signalling = box.value { message(signalling) }
        }
    }

    /// On the loop: says something at once.
    func visit(_ message: (Signalling) -> Void) {
        if let signalling = box.value { message(signalling) }
    }

    /// Asks something.
    ///
    /// - Returns: `nil` when the server has stopped.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (Signalling) -> Answer) async -> Answer? {
        guard !end.isReached.withLock({ $0 }) else { return nil }
        return try? await eventLoop.submit { [box] in box.value.map(question) }.get()
    }
}
