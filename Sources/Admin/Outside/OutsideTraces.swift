// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

/// What is undone where something else goes, and its line in the journal.
typealias Trace = (change: Change, draft: JournalDraft)

extension Administrator {
    /// What is arranged with the outside world for an extension that goes: whoever gets its number next gets none of it.
    func outsideTraces(of number: ExtensionNumber, by caller: Caller) -> [Trace] {
        let outside = store.snapshot.outside
        return routes(to: number, outside, by: caller) + callerNumbers(of: number, outside, by: caller)
            + rights(of: number, outside, by: caller) + limits(of: number, outside, by: caller)
            + notices(to: number, outside, by: caller) + routing(of: number, outside.routing, by: caller)
    }

    private func notices(
        to number: ExtensionNumber,
        _ outside: OutsideSettings,
        by caller: Caller
    ) -> [Trace] {
        let old = outside.emergency
        guard old.told.contains(number) else { return [] }
        let new = old.keeping(phones: { _ in true }, trunks: { _ in true }, extensions: { $0 != number })
        let detail = JournalDetail.ofTold(old.told, became: new.told)
        return [(.outside(.help(new)), caller.draft(SetEmergencyNotice.name, "told", detail))]
    }

    /// What is arranged for a trunk that goes: the next one of its name gets none of it, least of all its prices.
    ///
    /// - Throws: Which route would be left without a trunk: its calls would go wherever there is a way.
    func trunkTraces(of trunk: TrunkName, by caller: Caller) throws(Refusal) -> [Trace] {
        let outside = store.snapshot.outside
        return try routes(over: trunk, outside, by: caller) + numbers(of: trunk, outside, by: caller)
            + helpTraces(of: trunk, by: caller)
            + limits(of: trunk, outside, by: caller) + rates(of: trunk, outside, by: caller)
    }

    private func routes(
        over trunk: TrunkName,
        _ outside: OutsideSettings,
        by caller: Caller
    ) throws(Refusal) -> [Trace] {
        var traces: [Trace] = []
        for old in outside.routes where old.trunks.contains(trunk) {
            guard let new = old.without(trunk) else { throw .lastTrunk(trunk, of: old.name) }
            let draft = caller.draft(AddRoute.name, old.name.text, JournalDetail.of(old, became: new))
            traces.append((.outside(.putRoute(new)), draft))
        }
        return traces
    }

    private func numbers(of trunk: TrunkName, _ outside: OutsideSettings, by caller: Caller) -> [Trace] {
        outside.numbers.values.filter { $0.trunk == trunk }.sorted { $0.number < $1.number }.map { old in
            var new = old
            new.trunk = nil
            let detail = JournalDetail.of(old, became: new)
            return (.outside(.own(new)), caller.draft(RouteNumber.name, old.number.text, detail))
        }
    }

    private func limits(of trunk: TrunkName, _ outside: OutsideSettings, by caller: Caller) -> [Trace] {
        let subject = "trunk \(trunk)"
        var traces: [Trace] = []
        var spending = outside.spending
        if let name = ShortName(parsing: trunk.text), let old = spending.own.removeValue(forKey: .trunk(name)) {
            let detail = JournalDetail.of(old, became: nil)
            traces.append((.outside(.spend(spending)), caller.draft(SetSpendLimits.name, subject, detail)))
        }
        var callLimits = outside.callLimits
        if let old = callLimits.trunks[trunk.text], callLimits.set(nil, ofTrunk: trunk.text) {
            let detail = JournalDetail.of(old, became: nil)
            traces.append((.outside(.limitCalls(callLimits)), caller.draft(SetCallLimit.name, subject, detail)))
        }
        return traces
    }

    private func rates(of trunk: TrunkName, _ outside: OutsideSettings, by caller: Caller) -> [Trace] {
        // The list of all others may have the name of a trunk.
        guard let name = ShortName(parsing: trunk.text), name != RateDecks.usual else { return [] }
        let decks = [
            (outside.rates.waiting[name], RateChange.drop(name), false),
            (outside.rates.active[name], .remove(name), true),
        ]
        return decks.compactMap { deck, change, isActive in
            guard let deck else { return nil }
            let detail = JournalDetail.of(RateSummary(deck, isActive: isActive), became: nil)
            return (.outside(.rate(change)), caller.draft(RemoveRates.name, name.text, detail))
        }
    }

    /// What is arranged for calls for help over a trunk that goes.
    private func helpTraces(of trunk: TrunkName, by caller: Caller) -> [Trace] {
        let old = store.snapshot.outside.emergency
        guard let way = old.ways[trunk] else { return [] }
        let new = old.keeping(phones: { _ in true }, trunks: { $0 != trunk }, extensions: { _ in true })
        let draft = caller.draft(SetEmergencyTrunk.name, trunk.text, JournalDetail.of(way, became: nil))
        return [(.outside(.help(new)), draft)]
    }

    private func limits(
        of number: ExtensionNumber,
        _ outside: OutsideSettings,
        by caller: Caller
    ) -> [Trace] {
        var traces: [Trace] = []
        let subject = "extension \(number)"
        var spending = outside.spending
        for pool in [SpendPool.extension(number), .extensionAtHome(number)] {
            guard let old = spending.own.removeValue(forKey: pool) else { continue }
            let detail = JournalDetail.of(old, became: nil)
            traces.append((.outside(.spend(spending)), caller.draft(SetSpendLimits.name, subject, detail)))
        }
        var callLimits = outside.callLimits
        if let old = callLimits.own[number], callLimits.set(nil, of: number) {
            let detail = JournalDetail.of(old, became: nil)
            traces.append((.outside(.limitCalls(callLimits)), caller.draft(SetCallLimit.name, subject, detail)))
        }
        let old = outside.afterHours
        var afterHours = old
        if old.roster.contains(number), afterHours.setRoster(old.roster.subtracting([number])) {
            let detail = JournalDetail.of(old, became: afterHours)
            traces.append((.outside(.closeAfterHours(afterHours)), caller.draft(SetAfterHours.name, subject, detail)))
        }
        return traces
    }

    private func rights(
        of number: ExtensionNumber,
        _ outside: OutsideSettings,
        by caller: Caller
    ) -> [Trace] {
        let dialing = outside.dialing.without(number, at: now())
        guard dialing != outside.dialing else { return [] }
        let change = DialingChange(reason: "extension \(number) is removed")
        return [
            (.outside(.dial(dialing)), caller.draft(SetProfile.name, "extension \(number)", JournalDetail.of(change)))
        ]
    }

    private func routes(
        to number: ExtensionNumber,
        _ outside: OutsideSettings,
        by caller: Caller
    ) -> [Trace] {
        let gone = Destination.extension(number)
        return outside.numbers.values.filter { $0.destination == gone || $0.closed == gone }
            .sorted { $0.number < $1.number }.map { old in
                var new = old
                if new.destination == gone { new.destination = nil }
                if new.closed == gone { new.closed = nil }
                let detail = JournalDetail.of(old, became: new)
                return (.outside(.own(new)), caller.draft(RouteNumber.name, old.number.text, detail))
            }
    }

    private func callerNumbers(
        of number: ExtensionNumber,
        _ outside: OutsideSettings,
        by caller: Caller
    ) -> [Trace] {
        let old = outside.callerNumbers
        let new = old.without(number)
        guard new != old else { return [] }
        let draft = caller.draft(SetCallerNumber.name, "extension \(number)", JournalDetail.of(old, became: new))
        return [(.outside(.showCallers(new)), draft)]
    }
}
