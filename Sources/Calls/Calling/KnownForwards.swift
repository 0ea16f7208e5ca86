// SPDX-License-Identifier: Apache-2.0

import Model

/// Where phones have sent calls on to the outside since the start, so that people hear once of each way that a call takes.
struct KnownForwards: Sendable {
    private struct Way: Hashable {
        let owner: ExtensionNumber
        let target: Participant
    }

    private var ways: Set<Way> = []

    /// Whether it was not known; from now on it is. Too many at once are forgotten together: people hear of some again.
    mutating func isNew(_ owner: ExtensionNumber, _ target: Participant) -> Bool {
        let way = Way(owner: owner, target: target)
        guard !ways.contains(way) else { return false }
        if ways.count >= Limits.knownForwards { ways.removeAll(keepingCapacity: true) }
        ways.insert(way)
        return true
    }
}
