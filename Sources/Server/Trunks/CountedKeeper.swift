// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation
import Guard
import Model
import Primitives
import Store

/// Keeps what is counted of calls outside, so that a restart is no way out of a stop.
enum CountedKeeper {
    /// Writes it down. The loop makes the copy, and whoever asks writes it out.
    static func keep(_ hop: SignallingHop, _ store: BusinessStore) async throws {
        let asked = await hop.ask { signalling in
            let switchboard = signalling.loop.switchboard
            return switchboard.gate.map { ($0, switchboard.ledgerMoment(at: SystemClock.now)) }
        }
        guard let (gate, moment) = asked ?? nil else { return }
        let bytes = Array(try JSONEncoder().encode(gate.counted(at: moment)))
        try await store.write { try $0.keepCounted(bytes, at: moment.wall) }
    }

    /// What an earlier run has counted.
    static func read(_ store: RingfenceStore) -> Kept {
        do {
            guard let bytes = try store.counted() else { return .nothing }
            return .counted(try JSONDecoder().decode(CountedCalls.self, from: Data(bytes)))
        } catch {
            return .unreadable
        }
    }

    enum Kept: Sendable {
        case nothing, unreadable
        case counted(CountedCalls)
    }
}
