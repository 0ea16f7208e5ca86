// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What a ``PaidCallGate`` has counted of calls, as something to keep over a restart: patterns with their stops, and calls to
/// ranges with a quota. Money is not among it: that is in the records of calls.
public struct CountedCalls: Hashable, Sendable, Codable {
    public let at: WallTime
    let patterns: PatternSnapshot
    /// Calls of each range in the hour of ``at`` and in the 24 before it.
    let hotSpots: [NumberPrefix: [UInt32]]

    private enum Key: String, CodingKey { case at, patterns, hotSpots }

    init(at now: WallTime, _ patterns: PatternSnapshot, _ hotSpots: [NumberPrefix: [UInt32]]) {
        (at, self.patterns, self.hotSpots) = (now, patterns, hotSpots)
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        at = try values.decode(WallTime.self, forKey: .at)
        patterns = try values.decode(PatternSnapshot.self, forKey: .patterns)
        let pairs = try values.decode([String: [UInt32]].self, forKey: .hotSpots)
        var hotSpots: [NumberPrefix: [UInt32]] = [:]
        for (text, hours) in pairs {
            guard let prefix = NumberPrefix(parsing: text), hours.count == HotSpotTally.hours,
                pairs.count <= 2 * Model.Limits.hotSpots
            else {
                throw DecodingError.dataCorruptedError(
                    forKey: .hotSpots,
                    in: values,
                    debugDescription: "no range, or not the hours of a day"
                )
            }
            hotSpots[prefix] = hours
        }
        self.hotSpots = hotSpots
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(at, forKey: .at)
        try values.encode(patterns, forKey: .patterns)
        let pairs = hotSpots.map { ($0.key.text, $0.value) }
        try values.encode(Dictionary(uniqueKeysWithValues: pairs), forKey: .hotSpots)
    }
}

extension PaidCallGate {
    /// What there is to keep now. Of a copy, so that the gate itself has no work with it.
    public func counted(at moment: LedgerMoment) -> CountedCalls {
        var patterns = patterns
        return CountedCalls(at: moment.wall, patterns.snapshot(at: moment.now), hotSpots.kept(at: moment.now))
    }

    /// Goes on from what an earlier run has counted.
    ///
    /// - Returns: Whether it could be read; if not, everything is counted anew.
    public mutating func takeUp(_ counted: CountedCalls, in snapshot: Snapshot, at moment: LedgerMoment) -> Bool {
        let settings = snapshot.outside
        // A clock that went back makes stops longer, never shorter.
        let away = max(moment.wall - counted.at, .zero)
        let restored = CallPatterns(
            restoring: counted.patterns,
            away: away,
            home: settings.dialing.numbering.home ?? .international,
            extensions: snapshot.extensions.count,
            settings: settings.patterns,
            afterHours: settings.afterHours,
            at: moment.now
        )
        guard let restored else { return false }
        patterns = restored
        hotSpots = HotSpotTally(keeping: counted.hotSpots, away: away, at: moment.now)
        return true
    }
}
