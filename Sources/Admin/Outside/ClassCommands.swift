// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// Lets calls go to a class of numbers, at home and in countries that are open.
public struct AllowClass: Command {
    public static let name = "class.allow"
    public static let rights: [Right] = [.openDialling]

    public let numberClass: NumberClass
    public let answer: CallAnswer
    /// Whether calls may be forwarded and transferred there too.
    public let onward: Bool
    /// For the extensions of one profile only.
    public let profile: String?
    /// As typed: `8h`, `2026-12-24`; `nil` for good. For a while no call is forwarded there.
    public var until: String?
    /// Why, and who decided, where it is for a while.
    public var reason: String?

    public init(_ numberClass: NumberClass, answer: CallAnswer = .allow, onward: Bool = false, profile: String? = nil) {
        (self.numberClass, self.answer, self.onward, self.profile) = (numberClass, answer, onward, profile)
    }

    /// Of a class that nobody may open.
    public static func harmless(_: ExtensionNumber) -> Self { Self(.unknown) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowDialing.Reply {
        if let refusal = PremiumRules.refusal(ofAllowing: numberClass) { throw refusal }
        guard answer != .refuse else { throw .refusesOnly("ringfence class refuse \(numberClass.rawValue)") }
        if let until { return try await release(until, in: administrator, for: caller) }
        let new = try administrator.store.snapshot.outside.dialing.changing(profile) { rights in
            rights.classes[numberClass] = answer
            if onward { rights.onwardClasses.insert(numberClass) } else { rights.onwardClasses.remove(numberClass) }
        }
        let change = DialingChange(profile: profile, newAnswer: answer, onward: onward)
        let reply = try await administrator.answer(numberClass, new, change, Self.name, "open", by: caller)
        if onward {
            let undo = "ringfence class refuse \(numberClass.rawValue)"
            administrator.alertOfOnward(numberClass.plural, undo: undo, profile: profile, by: caller)
        }
        return reply
    }

    /// Lets calls go there for a while.
    private func release(
        _ until: String,
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowDialing.Reply {
        let old = administrator.store.snapshot.outside.dialing
        let release = try administrator.release(.numberClass(numberClass), until, reason, profile, old, by: caller)
        let new = try old.adding(release)
        try await administrator.dial(
            new,
            caller.draft(Self.name, numberClass.rawValue, JournalDetail.of(nil, became: release)),
            notice: "Calls to \(numberClass.plural) are open until \(release.until), by \(caller.name)"
        )
        return ShowDialing.Reply(settings: new, at: administrator.now())
    }
}

/// Lets no call go to a class of numbers, whoever had leave. Calls that are up go on.
public struct RefuseClass: Command {
    public static let name = "class.refuse"
    public static let rights: [Right] = [.closeDialling]

    public let numberClass: NumberClass
    /// For the extensions of one profile only; `nil` for everybody, those of all profiles included.
    public let profile: String?

    public init(_ numberClass: NumberClass, profile: String? = nil) {
        (self.numberClass, self.profile) = (numberClass, profile)
    }

    /// Of a class that is never called.
    public static func harmless(_: ExtensionNumber) -> Self { Self(.unknown) }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> ShowDialing.Reply {
        // What cannot be opened is refused as it comes.
        guard PremiumRules.refusal(ofAllowing: numberClass) == nil else { throw .classIsSo(numberClass) }
        var new = try administrator.store.snapshot.outside.dialing.changing(profileOrAll: profile) { rights in
            rights.classes[numberClass] = .refuse
            rights.onwardClasses.remove(numberClass)
        }
        if profile == nil { new.endRelease(of: .numberClass(numberClass)) }
        let change = DialingChange(profile: profile, newAnswer: .refuse)
        return try await administrator.answer(numberClass, new, change, Self.name, "refused", by: caller)
    }
}

extension Administrator {
    fileprivate func answer(
        _ numberClass: NumberClass,
        _ new: DialingSettings,
        _ change: DialingChange,
        _ action: String,
        _ words: String,
        by caller: Caller
    ) async throws(Refusal) -> ShowDialing.Reply {
        let old = store.snapshot.outside.dialing
        guard new != old else { throw .classIsSo(numberClass) }
        var change = change
        change.oldAnswer = old.rights(profile: change.profile).classes[numberClass]
        try await dial(
            new,
            caller.draft(action, numberClass.rawValue, JournalDetail.of(change)),
            notice: "Calls to \(numberClass.plural) are \(words), by \(caller.name)"
        )
        return ShowDialing.Reply(settings: new, at: now())
    }
}

/// Lets calls go to one number that who is called is paid for, for a while.
public struct ApprovePremium: Command {
    public static let name = "premium.approve"
    public static let rights: [Right] = [.openDialling]

    /// As typed, and so are the others.
    public let number: String
    public let until: String
    public let reason: String

    public init(number: String, until: String, reason: String) {
        (self.number, self.until, self.reason) = (number, until, reason)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", until: "-", reason: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PremiumApproval {
        let old = administrator.store.snapshot.outside.dialing
        let number = try PhoneNumber(typed: number)
        let facts = NumberPlan.facts(of: number, own: old.ranges)
        if let refusal = PremiumRules.refusal(ofApproving: facts) { throw refusal }
        let approval = PremiumApproval(
            number,
            from: administrator.now(),
            until: try administrator.end(until),
            approvedBy: caller.shortName,
            reason: try administrator.reason(reason)
        )
        guard let approval else { throw .approvalTooLong(number) }
        var new = old
        guard new.put(approval) else { throw .tooManyOfThese(Model.Limits.premiumApprovals) }
        let before = old.approvals.first { $0.number == number }
        try await administrator.dial(
            new,
            caller.draft(Self.name, number.text, JournalDetail.of(before, became: approval)),
            notice:
                "\(number), of the \(facts.numberClass.plural), may be called until \(approval.until), by \(caller.name)"
        )
        return approval
    }
}

/// Takes that back before its time.
public struct WithdrawPremium: Command {
    public static let name = "premium.withdraw"
    public static let rights: [Right] = [.closeDialling]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(
        in administrator: isolated Administrator,
        for caller: Caller
    ) async throws(Refusal) -> PremiumApproval {
        let number = try PhoneNumber(typed: number)
        var new = administrator.store.snapshot.outside.dialing
        guard let old = new.approvals.first(where: { $0.number == number }) else { throw .notApproved(number) }
        new.withdrawApproval(of: number)
        try await administrator.dial(
            new,
            caller.draft(Self.name, number.text, JournalDetail.of(old, became: nil)),
            notice: "\(number) may not be called any more, by \(caller.name)"
        )
        return old
    }
}

extension Refusal {
    fileprivate static func classIsSo(_ numberClass: NumberClass) -> Self {
        Self(
            problem: "Calls to \(numberClass.plural) are as you want it already.",
            reason: "there is nothing to change",
            remedy: "see where calls may go: ringfence country list"
        )
    }

    fileprivate static func approvalTooLong(_ number: PhoneNumber) -> Self {
        Self(
            .premiumNumbers,
            problem: "\(number) was not approved.",
            reason: "an approval lasts \(Model.Limits.longestApproval.components.seconds / 86_400) days at most",
            remedy: "choose an end in that time: --until 90d"
        )
    }

    fileprivate static func notApproved(_ number: PhoneNumber) -> Self {
        Self(
            problem: "There is no approval of \(number) to take back.",
            reason: "nobody has approved it, or the approval ended",
            remedy: "see those that hold: ringfence premium list"
        )
    }
}
