// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// The addresses from which phones have shown valid credentials of late, so that they are given more time and more places
/// when they all come back at once.
///
/// Only a valid credential puts an address here, so strangers cannot fill it.
public struct KnownSources: Sendable {
    /// Until when each is known.
    private var known: [IPAddress: MonotonicTime] = [:]
    private let capacity: Int

    public init(capacity: Int = Limits.knownSources) {
        self.capacity = capacity
    }

    /// With those of earlier runs, for as long as they were known then.
    ///
    /// - Parameter logins: Where phones logged in from, the oldest first.
    public init(
        recalling logins: [PhoneLogin],
        at now: MonotonicTime,
        on date: WallTime,
        capacity: Int = Limits.knownSources
    ) {
        self.init(capacity: capacity)
        for login in logins {
            let age = max(date - login.at, .zero)
            if age < Limits.knownFor { know(login.source, until: now + (Limits.knownFor - age)) }
        }
    }

    public func contains(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        known[source.accountable].map { now < $0 } ?? false
    }

    public mutating func authenticated(_ source: IPAddress, at now: MonotonicTime) {
        know(source, until: now + Limits.knownFor)
    }

    /// When there is no room for one more, the half that was not heard from for longest is forgotten.
    private mutating func know(_ source: IPAddress, until end: MonotonicTime) {
        let key = source.accountable
        if known[key] == nil, known.count >= capacity {
            let ends = known.values.sorted()
            let median = ends[ends.count / 2]
            known = known.filter { $0.value > median }
        }
        known[key] = end
    }
}
