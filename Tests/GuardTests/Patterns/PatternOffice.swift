// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

/// A business at home in Germany whose clock only the test turns.
struct PatternOffice {
    var patterns: CallPatterns
    /// Seconds since the start.
    var seconds: Double = 1_000
    private var nextCall: UInt64 = 1

    init(
        extensions: Int = 20,
        settings: PatternSettings = PatternSettings(),
        afterHours: AfterHoursSettings = AfterHoursSettings()
    ) throws {
        patterns = CallPatterns(
            home: try .parsed("DE"),
            extensions: extensions,
            settings: settings,
            afterHours: afterHours,
            seed: (1, 2),
            at: at(0)
        )
    }

    /// One whose owner calls these countries every day.
    static func calling(_ regions: [String], extensions: Int = 20) throws -> PatternOffice {
        try PatternOffice(extensions: extensions, settings: .usual(regions))
    }

    var now: MonotonicTime { at(seconds) }

    mutating func wait(_ more: Double) { seconds += more }

    mutating func judge(_ attempt: OutsideAttempt) -> PatternVerdict { patterns.judge(attempt, at: now) }

    /// Places a call when it may leave, and ends it.
    ///
    /// - Parameter answered: Seconds of talk; `nil` when nobody answers.
    @discardableResult
    mutating func call(_ attempt: OutsideAttempt, answered: Double? = 60, cost: Int64 = 0) -> PatternVerdict {
        let verdict = judge(attempt)
        guard verdict.leaves || attempt.isConfirmed else { return verdict }
        let name = begin(attempt)
        if let answered {
            patterns.answered(name, at: now)
            wait(answered)
        }
        patterns.ended(name, after: .seconds(answered ?? 0), cost: cost, at: now)
        return verdict
    }

    /// Reports a call that goes on.
    mutating func begin(_ attempt: OutsideAttempt, isAnswered: Bool = false) -> UInt64 {
        nextCall += 1
        patterns.started(nextCall, attempt, at: now)
        if isAnswered { patterns.answered(nextCall, at: now) }
        return nextCall
    }

    /// Goes on in a new process, `away` seconds later.
    mutating func restart(away: Double = 0) throws {
        let snapshot = patterns.snapshot(at: now)
        seconds += away
        let restored = CallPatterns(
            restoring: snapshot,
            away: .seconds(away),
            home: try .parsed("DE"),
            extensions: 20,
            at: now
        )
        patterns = try #require(restored)
    }
}

extension PatternSettings {
    static func usual(_ regions: [String]) throws -> Self {
        var settings = PatternSettings()
        try expect(settings.setUsualRegions(try regions.map { try .parsed($0) }))
        settings.newCountry = .warn
        return settings
    }
}

extension Region {
    static func parsed(_ text: String) throws -> Region { try #require(Region(parsing: text)) }
}

extension OutsideAttempt {
    /// From extension 201, to a landline, two hundredths a minute.
    static func to(
        _ number: String,
        _ region: String,
        from caller: String = "201",
        _ kind: NumberClass = .geographic,
        price: Int64 = 20_000,
        isOpen: Bool = true,
        isConfirmed: Bool = false
    ) throws -> OutsideAttempt {
        var attempt = OutsideAttempt(
            caller: try .parsed(caller),
            number: try #require(PhoneNumber(parsing: number)),
            region: try .parsed(region),
            numberClass: kind,
            minutePrice: price,
            isOpen: isOpen
        )
        attempt.isConfirmed = isConfirmed
        return attempt
    }
}

extension PatternVerdict {
    var rule: PatternRule? { finding?.rule }

    /// Whether a call that is judged so is placed.
    var leaves: Bool { refusal == nil }

    var isBlocked: Bool { if case .block = self { true } else { false } }
    var isAsked: Bool { if case .confirm = self { true } else { false } }
    var isWarned: Bool { if case .warn = self { true } else { false } }
}

/// Like `#expect`, for conditions that change what they look at.
func expect(
    _ condition: @autoclosure () throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) rethrows {
    let holds = try condition()
    #expect(holds, sourceLocation: sourceLocation)
}
