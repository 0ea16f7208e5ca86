// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// What is watched, and who is stopped.
public struct ShowPatterns: Command {
    public static let name = "pattern.show"
    public static let rights: [Right] = [.seePatterns]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> PatternOverview {
        await administrator.patterns()
    }
}

/// Says from where on people are told of a pattern, and from where on calls are stopped.
public struct SetPattern: Command {
    public static let name = "pattern.set"
    public static let rights: [Right] = [.changePatterns]

    public let rule: PatternRule
    /// In the unit of the rule, and minutes that a stop lasts; all three, or none for the starting values.
    public let warn: Int?
    public let block: Int?
    public let minutes: Int?

    public init(_ rule: PatternRule, warn: Int? = nil, block: Int? = nil, minutes: Int? = nil) {
        (self.rule, self.warn, self.block, self.minutes) = (rule, warn, block, minutes)
    }

    /// Of a threshold that there cannot be.
    public static func harmless(_: ExtensionNumber) -> Self { Self(.allHour, warn: 0, block: 0, minutes: 0) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PatternOverview {
        guard rule.hasThreshold else { throw .countsNothing(rule) }
        let old = administrator.store.snapshot.outside.patterns
        var new = old
        guard new.set(rule, to: try threshold()) else { throw .tooWide(rule) }
        guard new != old else { throw .patternIsSo }
        return try await administrator.watch(
            new,
            caller.draft(Self.name, rule.name, JournalDetail.of(old[rule], became: new[rule])),
            notice: "The call pattern \(rule.name) tells from \(new[rule].warn) and stops from \(new[rule].block) on, "
                + "by \(caller.name)"
        )
    }

    private func threshold() throws(Refusal) -> PatternThreshold? {
        guard warn != nil || block != nil || minutes != nil else { return nil }
        guard let warn, let block, let minutes,
            let threshold = PatternThreshold(warn: warn, block: block, minutes: minutes)
        else { throw .noThreshold }
        return threshold
    }
}

/// Says what counts as costly and as usual. What is left out stays.
public struct AdjustPatterns: Command {
    public static let name = "pattern.adjust"
    public static let rights: [Right] = [.changePatterns]

    public var newCountry: PatternSettings.NewCountry?
    /// Countries that are no news, as typed: `FR`; they take the place of those before.
    public var usual: [String]?
    /// Amounts for a minute, as typed, from where on a call counts as costly, and a number as high-risk.
    public var costly: String?
    public var highRisk: String?
    /// Hundredths of each threshold that remain for a day after a change of a password or network.
    public var afterChange: Int?

    public init() {}

    /// Of a percentage that there cannot be.
    public static func harmless(_: ExtensionNumber) -> Self {
        var command = Self()
        command.afterChange = -1
        return command
    }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PatternOverview {
        let old = administrator.store.snapshot.outside.patterns
        var new = old
        if let newCountry { new.newCountry = newCountry }
        if let usual {
            var regions: [Region] = []
            for text in usual { regions.append(try Region(typed: text)) }
            guard new.setUsualRegions(regions) else { throw .patternRange }
        }
        let prices = (
            try costly.map { text throws(Refusal) in try Money(typed: text).micros } ?? old.costlyPrice,
            try highRisk.map { text throws(Refusal) in try Money(typed: text).micros } ?? old.highRiskPrice
        )
        guard new.setPrices(costly: prices.0, highRisk: prices.1),
            new.setAfterChange(percent: afterChange ?? old.afterChange)
        else { throw .patternRange }
        guard new != old else { throw .patternIsSo }
        return try await administrator.watch(
            new,
            caller.draft(Self.name, "patterns", JournalDetail.of(old, became: new)),
            notice: "What counts as a costly call was changed by \(caller.name)"
        )
    }
}

/// Lets somebody call again who was stopped.
public struct ReleaseStop: Command {
    public struct Reply: Codable, Hashable, Sendable {
        public let subject: String

        public init(subject: String) { self.subject = subject }
    }

    public static let name = "pattern.release"
    public static let rights: [Right] = [.releaseStops]

    /// `204`, `business`, `high-risk` or `+37190123`, as typed.
    public let subject: String
    /// Why, and who decided.
    public let reason: String

    public init(subject: String, reason: String) { (self.subject, self.reason) = (subject, reason) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(subject: "-", reason: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        guard let stopped = PatternFinding.Subject(argument: subject) else { throw .noStop(subject) }
        let reason = try administrator.reason(reason)
        let stops = await administrator.engine.live(.stops).stops
        guard let stop = stops.first(where: { $0.subject == stopped.argument }) else { throw .noStop(subject) }
        // Before it ends: what leaves no trace is not done.
        let draft = caller.draft(Self.name, stopped.argument, JournalDetail.release(of: stop, because: reason))
        try administrator.writing { try $0.append(draft, at: administrator.now()) }
        guard await administrator.engine.release(stopped) else { throw .noStop(subject) }
        administrator.tell(draft, "Calls of \(stopped.argument) go on, by \(caller.name): \(reason)")
        return Reply(subject: stopped.argument)
    }
}

extension Administrator {
    func patterns() async -> PatternOverview {
        let stops = await engine.live(.stops).stops
        let outside = store.snapshot.outside
        return PatternOverview(
            patterns: outside.patterns,
            callLimits: outside.callLimits,
            afterHours: outside.afterHours,
            stops: stops
        )
    }

    fileprivate func watch(
        _ settings: PatternSettings,
        _ draft: JournalDraft,
        notice: String
    ) async throws(Refusal) -> PatternOverview {
        try await change([.outside(.watch(settings))], [draft], notice: notice)
        return await patterns()
    }
}

extension PatternRule {
    /// Whether it counts something, so that there is a number to set: others look at one call alone.
    public var hasThreshold: Bool { ![.newCountry, .newNetwork, .closedClass].contains(self) }
}

extension Refusal {
    fileprivate static func countsNothing(_ rule: PatternRule) -> Self {
        Self(
            problem: "The call pattern \(rule.name) was not changed.",
            reason: "it looks at one call and counts nothing",
            remedy:
                "say what becomes of such calls: ringfence pattern adjust --new-country warn, ringfence after-hours set"
        )
    }

    fileprivate static func tooWide(_ rule: PatternRule) -> Self {
        Self(
            problem: "The call pattern \(rule.name) was not changed.",
            reason: "no rule can be turned off, and it stops calls from \(rule.widest) on at the latest",
            remedy: "choose less: ringfence pattern set \(rule.name) --warn 40 --block 60 --minutes 240"
        )
    }

    fileprivate static let noThreshold = Self(
        problem: "The call pattern was not changed.",
        reason:
            "people are told before calls are stopped, and a stop lasts \(Model.Limits.patternMinutes.lowerBound) to "
            + "\(Model.Limits.patternMinutes.upperBound) minutes",
        remedy: "give all three: ringfence pattern set costly-hour --warn 40 --block 60 --minutes 240"
    )

    static let patternIsSo = Self(
        problem: "Nothing was changed.",
        reason: "it is as you want it already",
        remedy: "see it: ringfence pattern show"
    )

    fileprivate static let patternRange = Self(
        problem: "What is watched was not changed.",
        reason: "a minute counts as high-risk from where on it is at least costly, and 1 to 100 hundredths remain",
        remedy: "give values like these: --costly 0.50 --high-risk 1.00 --after-change 25"
    )

    fileprivate static func noStop(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not stopped.",
            reason: "no call pattern stops it now; a stop also ends by itself",
            remedy: "see who is: ringfence pattern show"
        )
    }
}
