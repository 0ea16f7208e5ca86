// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Everything that ``CallPatterns`` knows, but for calls in progress, as something to keep: what was counted, what is usual and
/// what is stopped.
public struct PatternSnapshot: Hashable, Sendable, Codable {
    /// Which fields the bytes hold, in which order.
    static let currentVersion = 2
    let version: Int
    /// Of the tables' hash, so that every record finds its place again. Who knows it can choose which records push out others, so
    /// that it is shown to nobody.
    let seed: [UInt64]
    /// Base 64 of numbers of seven bits a byte.
    let counters: String

    /// How long it is when it is written.
    public var bytes: Int { counters.utf8.count }
}

extension CallPatterns {
    /// What there is to keep now. Take it from time to time, and when the process ends.
    public mutating func snapshot(at now: MonotonicTime) -> PatternSnapshot {
        _ = clock.read(at: now)
        var (copy, coder) = (self, PatternCoder())
        copy.code(&coder)
        return PatternSnapshot(
            version: PatternSnapshot.currentVersion,
            seed: [seed.0, seed.1],
            counters: Base64.encode(coder.bytes)
        )
    }

    /// Goes on from a snapshot. Calls that were in progress are not known any more.
    ///
    /// - Parameter away: How long it was between the snapshot and now; less than it was makes every stop longer.
    /// - Returns: `nil` for a snapshot that is damaged or of another version: then begin anew and say so.
    public init?(
        restoring snapshot: PatternSnapshot,
        away: Duration,
        home: Region,
        extensions: Int,
        settings: PatternSettings = PatternSettings(),
        afterHours: AfterHoursSettings = AfterHoursSettings(),
        at now: MonotonicTime
    ) {
        guard snapshot.version == PatternSnapshot.currentVersion, snapshot.bytes <= Limits.patternSnapshotBytes,
            snapshot.seed.count == 2,
            let bytes = Base64.decode(Array(snapshot.counters.utf8))
        else { return nil }
        self.init(
            home: home,
            extensions: extensions,
            settings: settings,
            afterHours: afterHours,
            seed: (snapshot.seed[0], snapshot.seed[1]),
            at: now
        )
        var coder = PatternCoder(reading: bytes)
        code(&coder)
        guard !coder.isDamaged, coder.isAtEnd else { return nil }
        let gone = UInt32(clamping: max(away.components.seconds, 0))
        clock = PatternClock(base: clock.latest.later(by: gone), at: now)
    }

    private mutating func code(_ coder: inout PatternCoder) {
        var seconds = clock.latest
        coder.code(&seconds)
        // Only `latest` matters here: the origin follows when everything was read.
        if coder.direction == .reading { clock = PatternClock(base: seconds, at: MonotonicTime(nanoseconds: 0)) }
        business.code(&coder)
        regions.code(&coder)
        extensions.code(&coder)
        hundreds.code(&coder)
        thousands.code(&coder)
        rings.code(&coder)
    }
}
