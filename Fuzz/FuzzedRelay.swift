// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import TestKit

/// The media relay of a fuzzed office: a real one with few places, so that it is full now and then.
final class FuzzedRelay {
    /// Relays at once.
    static let capacity = 3
    private var relay: MediaRelay

    init() {
        var generator = SplitMix()
        relay = MediaRelay(capacity: Self.capacity, using: &generator)
    }

    var count: Int { relay.count }

    var reports: [RelayReport] {
        var reports: [RelayReport] = []
        relay.reports(into: &reports)
        return reports
    }

    /// - Returns: The relay whose call has to hear that it was refused.
    func apply(_ command: RelayCommand, at now: MonotonicTime) -> RelayID? {
        relay.apply(command, at: now) ? nil : command.subject
    }
}
