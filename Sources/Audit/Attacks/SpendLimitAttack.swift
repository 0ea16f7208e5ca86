// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Making calls cost more than they may.
enum SpendLimitAttack {
    static let all = [burst, unacknowledged, ceilingAlone]

    private static let burst = Attack(
        .spendLimit,
        "T01s",
        "Begin thirty dear calls at once",
        attempted:
            "in the attacker's own process, by the same program and with the settings of the running server, so that it costs nothing: thirty extensions begin a call at the highest price that is let through, and none hangs up for an hour; then the running server's own books are read",
        expected:
            "all calls are ended before they cost more than the budget of the business for an hour and the published overshoot; no budget of the running server is spent beyond that either",
        run: { (_, target) in
            guard let terms = target.outside else { return .needsTerms }
            guard let standings = terms.standings else { return .notRun("the server does not say what is spent") }
            var seen: [String] = []
            for (isOpen, late) in [(true, 0), (true, 3), (false, 0)] {
                guard let burst = BurstRehearsal(terms.spending, isOpen: isOpen, secondsLate: late, at: terms.at) else {
                    return .notRun("the settings let nothing through that could cost anything")
                }
                seen.append(burst.words)
                guard burst.isHeld else { return .broken(burst.words) }
            }
            for standing in standings {
                guard let line = standing.overspent(unlessChangedAt: terms.spendingChangedAt, at: terms.at).first
                else { continue }
                return .broken("\(standing.pool) of the running server has spent \(line.spent) of \(line.limit)")
            }
            return .held(seen.joined(separator: "; ") + "; \(standings.count) budgets of the running server are within")
        }
    )

    private static let unacknowledged = Attack(
        .spendLimit,
        "T14",
        "Talk without having called",
        attempted:
            "one phone calls another, which answers; the caller never confirms the answer, so that a system that counts from there counts nothing",
        expected:
            "within \(Limits.unconfirmed.components.seconds) seconds the phone that answered is told that the call is over",
        phones: 2,
        run: { (phones, wire, _) async throws(WireError) in
            let draft = try await phones[0].invitation(to: phones[1])
            let invite = try await phones[0].call(draft)
            let ringing = try await phones[1].nextRequest("INVITE")
            guard let offer = HeardMedia(ringing.body) else { return .notRun("the target offered no key") }
            let key = TestCall.key(offer.key.suite, wire)
            try await phones[1].accept(ringing, with: TestCall.description(offer.tag, key, phones[1].line().local))
            guard let answer = try await phones[0].finalAnswer(to: invite), answer.status == 200 else {
                return .notRun("the call was not answered")
            }
            let began = wire.clock()
            while wire.clock() - began < Limits.unconfirmed {
                guard let bye = try? await phones[1].nextRequest("BYE") else { continue }
                try await phones[1].accept(bye, with: [])
                return .held("it was over after \((wire.clock() - began).components.seconds) seconds")
            }
            try await phones[0].confirm(answer, to: invite)
            _ = try await phones[0].hangUp(answer, of: invite)
            return .broken("it stood after \(Limits.unconfirmed.components.seconds) seconds")
        }
    )

    private static let ceilingAlone = Attack(
        .spendLimit,
        "I04c",
        "Raise the ceiling above all budgets alone",
        attempted:
            "over the control socket of the running server, by one account: set the ceiling twice as high at once, set a budget above it, ask for a higher one and agree to it oneself; what was asked for is taken back",
        expected: "all but the asking is refused, and the ceiling is what it was",
        run: { (_, target) async throws(WireError) in
            guard let trials = target.insider?.ceiling else { return .needsInsider }
            let before = try await trials.settings()
            guard let now = target.outside?.at else { return .needsTerms }
            let (held, wanted) = (before.ceiling(at: now), before.ceiling(at: now).doubled)
            guard let wanted, wanted != held else { return .notRun("there is no higher ceiling") }
            var refused: [String] = []
            for (name, step) in [("at once", CeilingTrials.Step.lower(wanted)), ("by a budget", .limit(wanted))] {
                guard try await trials.say(step) != nil else {
                    try await putBack(before, held, trials)
                    return .broken("\(name) it was let through to \(wanted)")
                }
                refused.append(name)
            }
            if before.raise == nil {
                guard try await trials.say(.ask(wanted)) == nil else {
                    return .notRun("nobody may ask for a higher one")
                }
                let alone = try await trials.say(.agree(wanted))
                _ = try await trials.say(.drop(wanted))
                guard alone != nil else { return .broken("who asked for \(wanted) could agree to it") }
                refused.append("by agreeing to oneself")
            }
            let after = try await trials.settings()
            let text = "refused \(refused.joined(separator: ", ")); the ceiling is \(after.ceiling(at: now))"
            return after.ceiling(at: now) == held && after.raise == before.raise ? .held(text) : .broken(text)
        }
    )

    /// What the attack was let through to is undone.
    private static func putBack(
        _ before: SpendSettings,
        _ ceiling: SpendLimits,
        _ trials: CeilingTrials
    ) async throws(WireError) {
        _ = try await trials.say(.limit(before.businessLimits))
        _ = try await trials.say(.lower(ceiling))
    }
}

extension SpendLimits {
    fileprivate var doubled: SpendLimits? {
        SpendLimits(
            hour: Money(clamping: hour.micros * 2),
            day: Money(clamping: day.micros * 2),
            week: Money(clamping: week.micros * 2)
        )
    }
}
