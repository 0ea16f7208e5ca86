// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// The addresses from which phones have shown valid credentials of late, so that they are given more time and more places
/// when they all come back at once.
///
/// Only a valid credential puts an address here, so strangers cannot fill it.
public struct KnownSources: Sendable {
    private var seen: [IPAddress: MonotonicTime] = [:]
    private let capacity: Int

    public init(capacity: Int = Limits.knownSources) {
        self.capacity = capacity
    }

    public func contains(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        guard let time = seen[source.accountable] else { return false }
        return now < time + Limits.knownFor
    }

    /// When there is no room for one more, the half that was not heard from for longest is forgotten.
    public mutating func authenticated(_ source: IPAddress, at now: MonotonicTime) {
        let key = source.accountable
        if seen[key] == nil, seen.count >= capacity {
            let times = seen.values.sorted()
            let median = times[times.count / 2]
            seen = seen.filter { $0.value > median }
        }
        seen[key] = now
    }
}
