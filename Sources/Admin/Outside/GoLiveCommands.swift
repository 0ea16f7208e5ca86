// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// What has to be seen to before the first call outside, and what of it is left.
public struct GoLiveReport: Hashable, Sendable, Codable {
    public let goLive: GoLive
    public let missing: [GoLive.Duty]
    public let at: WallTime

    public init(_ goLive: GoLive, at time: WallTime) {
        (self.goLive, at) = (goLive, time)
        missing = goLive.missing(at: time)
    }
}

public struct ShowGoLive: Command {
    public static let name = "live.show"
    public static let rights: [Right] = [.seeNetwork]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> GoLiveReport {
        GoLiveReport(administrator.store.snapshot.outside.goLive, at: administrator.now())
    }
}

/// Says that something has been seen to.
public struct ConfirmDuty: Command {
    public static let name = "live.confirm"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed.
    public let duty: String

    public init(_ duty: String) { self.duty = duty }

    public static func harmless(_: ExtensionNumber) -> Self { Self("-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> GoLiveReport {
        let duty = try GoLive.Duty(typed: duty)
        let operators = administrator.store.snapshot.operators
        let (signIns, standings) = try await administrator.reading { (try $0.signIns(), try $0.channelStandings()) }
        let owners = operators.count { $0.role == .owner && signIns.contains($0.account) }
        let now = administrator.now()
        let stolen = Finding(Finding.Code(.callsStopped), .critical, "Calls were stopped.")
        let reaching = administrator.store.snapshot.outside.alerts.sorted.count { access in
            access.channel.hears.includes(stolen) && AlertRules.isConfirmed(standings[access.channel.name], at: now)
        }
        let refusal = GoLiveRules.refusal(ofConfirming: duty, ownersWithCodes: owners, channelsThatReach: reaching)
        if let refusal { throw refusal }
        let word = GoLive.Word(by: caller.name, at: now)
        return try await administrator.take([(duty, word)], Self.name, by: caller)
    }
}

/// Lets something wait, or all that is left of it, for a reason and for a while.
public struct ExceptDuty: Command {
    public static let name = "live.except"
    public static let rights: [Right] = [.changeNetwork]

    /// As typed; `all` for all that is left.
    public let duty: String
    /// `7d`, as typed.
    public let until: String
    public let reason: String

    public init(_ duty: String, until: String, reason: String) {
        (self.duty, self.until, self.reason) = (duty, until, reason)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self("-", until: "1h", reason: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> GoLiveReport {
        let now = administrator.now()
        let duties =
            duty == "all"
            ? administrator.store.snapshot.outside.goLive.missing(at: now) : [try GoLive.Duty(typed: duty)]
        guard !duties.isEmpty else { throw .nothingLeft }
        let (end, reason) = (try administrator.end(until), try administrator.reason(reason))
        guard let word = GoLive.Word(by: caller.name, at: now, waitingUntil: end, reason: reason) else {
            throw .waitsTooLong
        }
        return try await administrator.take(duties.map { ($0, word) }, Self.name, by: caller)
    }
}

/// Closes calls outside until everything has been seen to, for a business that was never asked.
public struct AskGoLive: Command {
    public static let name = "live.ask"
    public static let rights: [Right] = [.changeNetwork]

    public init() {}

    /// It would close calls: refused where it is asked for already, and an attack runs where it is not.
    public static func harmless(_: ExtensionNumber) -> Self { Self(isRehearsal: true) }

    private var isRehearsal = false

    private init(isRehearsal: Bool) { self.isRehearsal = isRehearsal }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> GoLiveReport {
        let old = administrator.store.snapshot.outside.goLive
        guard !old.isAsked, !isRehearsal else { throw .askedAlready }
        try await administrator.change(
            [.outside(.goLive(.asked(since: administrator.now())))],
            [caller.draft(Self.name, "go-live", "{}")],
            notice: "Calls outside wait until defaults are gone and alerts arrive, by \(caller.name)"
        )
        return GoLiveReport(administrator.store.snapshot.outside.goLive, at: administrator.now())
    }
}

extension Administrator {
    fileprivate func take(
        _ words: [(duty: GoLive.Duty, word: GoLive.Word)],
        _ action: String,
        by caller: Caller
    ) async throws(Refusal) -> GoLiveReport {
        let old = store.snapshot.outside.goLive
        guard old.isAsked else { throw .notAsked }
        let new = words.reduce(old) { $0.with($1.word, for: $1.duty) }
        let drafts = words.map {
            caller.draft(action, $0.duty.rawValue, JournalDetail.of(old[$0.duty], became: $0.word))
        }
        let names = words.map(\.duty.rawValue).joined(separator: ", ")
        // One change for all of them, with a line for each.
        try await change(
            [.outside(.goLive(new))],
            drafts,
            notice:
                "Before the first call outside: \(names) \(action == ConfirmDuty.name ? "is done" : "may wait"), by \(caller.name)"
        )
        return GoLiveReport(new, at: now())
    }
}

extension GoLive.Duty {
    init(typed text: String) throws(Refusal) {
        guard let duty = Self(rawValue: text) else { throw .noDuty(text) }
        self = duty
    }
}

extension Refusal {
    fileprivate static func noDuty(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is nothing that is asked for.",
            reason: "it is one of \(GoLive.Duty.allCases.map(\.rawValue).joined(separator: ", "))",
            remedy: "see what is left: ringfence live show"
        )
    }

    fileprivate static let notAsked = Self(
        problem: "Nothing was changed.",
        reason: "nothing is asked for before the first call outside of this business",
        remedy: "ask for it, which closes calls outside until it is done: ringfence live ask"
    )

    fileprivate static let askedAlready = Self(
        problem: "Nothing was changed.",
        reason: "it is asked for already",
        remedy: "see what is left: ringfence live show"
    )

    fileprivate static let nothingLeft = Self(
        problem: "Nothing was changed.",
        reason: "nothing is left that could wait",
        remedy: "see who has seen to it: ringfence live show"
    )

    fileprivate static let waitsTooLong = Self(
        .noDefaults,
        problem: "Nothing was changed.",
        reason: "nothing may wait for more than \(Model.Limits.longestRelease.components.seconds / 86_400) days",
        remedy: "choose an end in that time, such as --until 14d"
    )
}
