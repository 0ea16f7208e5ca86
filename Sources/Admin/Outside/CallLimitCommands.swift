// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Says how many calls to the outside an extension or a trunk may have at a time and begin.
public struct SetCallLimit: Command {
    public static let name = "limit.set"
    public static let rights: [Right] = [.changePatterns]

    /// `101`, `trunk main`, `extensions` or `trunks` for all that have none of their own; as typed.
    public let subject: String
    /// All three, or none to take limits of its own away.
    public let simultaneous: Int?
    public let perSecond: Int?
    public let perMinute: Int?

    public init(subject: String, simultaneous: Int? = nil, perSecond: Int? = nil, perMinute: Int? = nil) {
        (self.subject, self.simultaneous) = (subject, simultaneous)
        (self.perSecond, self.perMinute) = (perSecond, perMinute)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(subject: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PatternOverview {
        let old = administrator.store.snapshot.outside.callLimits
        var new = old
        let limit = try limit()
        let before: CallLimitSettings.Limit?
        switch subject {
        case "extensions", "trunks":
            guard let limit else { throw .nothingElseHolds(subject) }
            before = subject == "trunks" ? old.trunk : old.person
            if subject == "trunks" { new.trunk = limit } else { new.person = limit }
        case let name where name.hasPrefix("trunk "):
            let trunk = try administrator.trunk(String(name.dropFirst(6))).trunk.name
            before = old.trunks[trunk.text]
            guard new.set(limit, ofTrunk: trunk.text) else { throw .tooManyCallLimits }
        default:
            let number = try administrator.find(subject).number
            before = old.own[number]
            guard new.set(limit, of: number) else { throw .tooManyCallLimits }
        }
        guard new != old else { throw .patternIsSo }
        try await administrator.change(
            [.outside(.limitCalls(new))],
            [caller.draft(Self.name, subject, JournalDetail.of(before, became: limit))],
            notice: "How many calls \(subject) may have at a time was changed by \(caller.name)"
        )
        return await administrator.patterns()
    }

    private func limit() throws(Refusal) -> CallLimitSettings.Limit? {
        guard simultaneous != nil || perSecond != nil || perMinute != nil else { return nil }
        guard let simultaneous, let perSecond, let perMinute,
            let limit = CallLimitSettings.Limit(
                simultaneous: simultaneous,
                perSecond: perSecond,
                perMinute: perMinute
            )
        else { throw .noCallLimit }
        return limit
    }
}

/// Says how many calls to other countries the business may have at a time: a share of its extensions, and so many in any case.
public struct SetAbroadLimit: Command {
    public static let name = "limit.abroad"
    public static let rights: [Right] = [.changePatterns]

    /// Hundredths of the extensions, rounded down; `nil` for as it is.
    public let percent: Int?
    /// `nil` for as it is.
    public let least: Int?

    public init(percent: Int? = nil, least: Int? = nil) { (self.percent, self.least) = (percent, least) }

    /// Of a share that nothing has.
    public static func harmless(_: ExtensionNumber) -> Self { Self(percent: 0) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PatternOverview {
        let snapshot = administrator.store.snapshot
        let old = snapshot.outside.callLimits
        var new = old
        guard new.setAbroad(percent: percent ?? old.abroadPercent, least: least ?? old.abroadLeast) else {
            throw .noAbroadLimit
        }
        guard new != old else { throw .patternIsSo }
        let count = new.abroad(ofExtensions: snapshot.extensions.count)
        try await administrator.change(
            [.outside(.limitCalls(new))],
            [caller.draft(Self.name, "abroad", JournalDetail.of(AbroadLimit(old), became: AbroadLimit(new)))],
            notice: "Calls abroad at a time: \(count) at most as it stands, by \(caller.name)"
        )
        return await administrator.patterns()
    }
}

/// How many calls abroad there may be, for the journal.
struct AbroadLimit: Encodable {
    let percent: Int
    let least: Int

    init(_ settings: CallLimitSettings) { (percent, least) = (settings.abroadPercent, settings.abroadLeast) }
}

/// Says what becomes of calls abroad while the business is closed. What is left out stays.
public struct SetAfterHours: Command {
    public static let name = "after-hours.set"
    public static let rights: [Right] = [.changePatterns]

    public var abroad: AfterHoursSettings.Abroad?
    /// Who may call abroad then, as typed; they take the place of those before.
    public var roster: [String]?
    /// Kinds of numbers of which people are told; they take the place of those before.
    public var told: [NumberClass]?
    /// Whether people are told of every call abroad then.
    public var tellsAbroad: Bool?

    public init() {}

    /// Of a roster with nobody there could be.
    public static func harmless(_: ExtensionNumber) -> Self {
        var command = Self()
        command.roster = ["-"]
        return command
    }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PatternOverview {
        let old = administrator.store.snapshot.outside.afterHours
        var new = old
        if let abroad { new.abroad = abroad }
        if let told { new.told = Set(told) }
        if let tellsAbroad { new.tellsAbroad = tellsAbroad }
        if let roster {
            var numbers: Set<ExtensionNumber> = []
            for text in roster { numbers.insert(try administrator.find(text).number) }
            guard new.setRoster(numbers) else { throw .longRoster }
        }
        guard new != old else { throw .patternIsSo }
        try await administrator.change(
            [.outside(.closeAfterHours(new))],
            [caller.draft(Self.name, "after hours", JournalDetail.of(old, became: new))],
            notice: "What becomes of calls abroad while the business is closed was changed by \(caller.name)"
        )
        return await administrator.patterns()
    }
}

extension Refusal {
    fileprivate static let noCallLimit = Self(
        problem: "The limits were not changed.",
        reason: "there is one for calls at a time, one for a second and one for a minute, each at least 1",
        remedy: "give all three: ringfence limit set 101 --simultaneous 2 --per-second 2 --per-minute 20"
    )

    fileprivate static let noAbroadLimit = Self(
        problem: "The limit of calls abroad was not changed.",
        reason: "it is 1 to 100 % of the extensions, and 1 to \(Model.Limits.simultaneousCalls) calls in any case",
        remedy: "give them like this: ringfence limit abroad --share 10 --least 2"
    )

    fileprivate static func nothingElseHolds(_ subject: String) -> Self {
        Self(
            problem: "The limits of all \(subject) were not taken away.",
            reason: "nothing else would hold",
            remedy: "give others: ringfence limit set \(subject) --simultaneous 2 --per-second 2 --per-minute 20"
        )
    }

    fileprivate static let tooManyCallLimits = Self(
        problem: "The limits were not changed.",
        reason: "\(Model.Limits.namedExtensions) are named one by one already",
        remedy: "set them for all: ringfence limit set extensions --simultaneous 2 --per-second 2 --per-minute 20"
    )

    fileprivate static let longRoster = Self(
        problem: "The roster was not changed.",
        reason: "it names \(Model.Limits.namedExtensions) extensions at most",
        remedy: "let everybody call abroad then: ringfence after-hours set --abroad allow"
    )
}
