// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Who waits for a member of a group, who longest first. A value that knows neither calls nor sound.
struct CallQueue: Sendable {
    private struct Place: Sendable {
        let call: UInt64
        let since: MonotonicTime
        /// How many were said to be before them.
        var told: Int?
    }

    private var places: [Place] = []

    var isEmpty: Bool { places.isEmpty }
    var count: Int { places.count }

    mutating func join(_ call: UInt64, at now: MonotonicTime) {
        guard !places.contains(where: { $0.call == call }) else { return }
        places.append(Place(call: call, since: now))
    }

    mutating func leave(_ call: UInt64) { places.removeAll { $0.call == call } }

    /// What one who waits is told now, if anything.
    mutating func look(_ call: UInt64, _ settings: QueueSettings, at now: MonotonicTime) -> QueueNews? {
        guard let before = places.firstIndex(where: { $0.call == call }) else { return nil }
        guard now - places[before].since < .seconds(settings.seconds) else { return .over(settings.overflow) }
        guard places[before].told == before else {
            places[before].told = before
            return .place(before: before)
        }
        return before == 0 ? .turn : nil
    }
}
