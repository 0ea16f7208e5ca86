// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Store

extension Administrator {
    /// What is arranged with the outside world for an extension that goes: whoever gets its number next gets none of it.
    func outsideTraces(of number: ExtensionNumber, by caller: Caller) -> [(change: Change, draft: JournalDraft)] {
        let outside = store.snapshot.outside
        return routes(to: number, outside, by: caller) + callerNumbers(of: number, outside, by: caller)
    }

    private func routes(
        to number: ExtensionNumber,
        _ outside: OutsideSettings,
        by caller: Caller
    ) -> [(change: Change, draft: JournalDraft)] {
        outside.numbers.values.filter { $0.destination == .extension(number) }.sorted { $0.number < $1.number }.map {
            old in
            var new = old
            new.destination = nil
            let detail = JournalDetail.of(old, became: new)
            return (.outside(.own(new)), caller.draft(RouteNumber.name, old.number.text, detail))
        }
    }

    private func callerNumbers(
        of number: ExtensionNumber,
        _ outside: OutsideSettings,
        by caller: Caller
    ) -> [(change: Change, draft: JournalDraft)] {
        let old = outside.callerNumbers
        guard old.own[number] != nil else { return [] }
        let new = old.without(number)
        let draft = caller.draft(SetCallerNumber.name, "extension \(number)", JournalDetail.of(old, became: new))
        return [(.outside(.showCallers(new)), draft)]
    }
}
