// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// The addresses from which phones have shown valid credentials of late, so that they are given more time and more places
/// when they all come back at once, and are let in when what strangers may send is used up: by strangers elsewhere, or by
/// whoever shares the phones' address and misbehaves.
///
/// Only a valid credential puts an address here, so strangers cannot fill it; and no login holds more than
/// ``Limits/sourcesOfLogin``, so one that was stolen cannot push the others out.
public struct KnownSources: Sendable {
    private struct Place {
        var until: MonotonicTime
        /// Who was there last.
        var login: DeviceID
        /// What is left of its way back in. Its debt is never more than one guess, or a neighbour could keep phones waiting.
        var bucket = TokenBucket()
    }

    private var known: [IPAddress: Place] = [:]
    /// Where each login was, the latest at the end. Of the addresses that are known and some that no longer are.
    private var held: [DeviceID: [IPAddress]] = [:]
    /// Of all of them together.
    private var together = TokenBucket()
    private let capacity: Int
    private let pace: TokenBucket.Pace
    private let allPace: TokenBucket.Pace

    /// - Parameters:
    ///   - rate: Messages of one address on its way back in.
    ///   - all: The same of all together.
    public init(
        capacity: Int = Limits.knownSources,
        rate: Rate = Limits.returnRate,
        all: Rate = Limits.allReturnsRate
    ) {
        (self.capacity, pace, allPace) = (capacity, TokenBucket.Pace(rate), TokenBucket.Pace(all))
    }

    /// With those of earlier runs, for as long as they were known then.
    ///
    /// - Parameter logins: Where phones logged in from, the oldest first.
    public init(
        recalling logins: [PhoneLogin],
        at now: MonotonicTime,
        on date: WallTime,
        capacity: Int = Limits.knownSources,
        all: Rate = Limits.allReturnsRate
    ) {
        self.init(capacity: capacity, all: all)
        for login in logins {
            let age = max(date - login.at, .zero)
            guard age < Limits.knownFor else { continue }
            know(login.source, login.device, until: now + (Limits.knownFor - age))
        }
    }

    public func contains(_ source: IPAddress, at now: MonotonicTime) -> Bool {
        known[source.accountable].map { now < $0.until } ?? false
    }

    /// Called for each valid credential, so what was renewed less than ``Limits/knownAgain`` ago is left as it is.
    ///
    /// - Parameter login: Whose credential it was.
    public mutating func authenticated(_ source: IPAddress, by login: DeviceID, at now: MonotonicTime) {
        let (key, end) = (source.accountable, now + Limits.knownFor)
        if held[login]?.last == key, let place = known[key], end < place.until + Limits.knownAgain { return }
        know(source, login, until: end)
    }

    /// Whether a known address may send this although strangers there, or all of them, have used up what is theirs.
    public mutating func letsBack(_ source: IPAddress, cost: SourceGate.Cost, at now: MonotonicTime) -> Bool {
        let key = source.accountable
        guard var place = known[key], now < place.until, together.holds(cost.messages, at: now.nanoseconds, allPace),
            place.bucket.spend(cost.messages, at: now.nanoseconds, pace)
        else { return false }
        known[key] = place
        together.take(cost.messages, at: now.nanoseconds, allPace)
        return true
    }

    /// Somebody there did wrong: the way back in bears it too, but only once at a time.
    public mutating func charge(_ source: IPAddress, cost: SourceGate.Cost, at now: MonotonicTime) {
        known[source.accountable]?.bucket.drain(cost.messages, at: now.nanoseconds, pace)
    }

    /// When there is no room for one more, the half that was not heard from for longest is forgotten.
    private mutating func know(_ source: IPAddress, _ login: DeviceID, until end: MonotonicTime) {
        let key = source.accountable
        hold(key, login)
        if known[key] == nil, known.count >= capacity {
            let ends = known.values.map(\.until).sorted()
            let median = ends[ends.count / 2]
            known = known.filter { $0.value.until > median }
            held = held.compactMapValues { places in
                let left = places.filter { known[$0] != nil || $0 == key }
                return left.isEmpty ? nil : left
            }
        }
        known[key, default: Place(until: end, login: login)].until = end
        known[key]?.login = login
    }

    /// One more address of a login; where it was longest ago is forgotten when there are too many, unless another login was
    /// there since.
    private mutating func hold(_ key: IPAddress, _ login: DeviceID) {
        guard held[login]?.last != key else { return }
        var places = held[login] ?? []
        places.removeAll { $0 == key }
        places.append(key)
        if places.count > Limits.sourcesOfLogin {
            let oldest = places.removeFirst()
            if known[oldest]?.login == login { known[oldest] = nil }
        }
        held[login] = places
    }
}
