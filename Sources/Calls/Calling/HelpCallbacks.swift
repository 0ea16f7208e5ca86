// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Who called for help of late, so that those who help get through to them: over the provider that took the call, to the number
/// that it showed. Nobody knows the number that they call back from.
struct HelpCallbacks: Sendable {
    private struct Entry: Sendable {
        let trunk: TrunkName
        /// `nil` where the call showed no number of the business: then any of them.
        let shown: PhoneNumber?
        let caller: ExtensionNumber
        let until: MonotonicTime
    }

    /// The last call last.
    private var entries: [Entry] = []

    mutating func note(
        _ caller: ExtensionNumber,
        over trunk: TrunkName,
        showing shown: PhoneNumber?,
        at now: MonotonicTime
    ) {
        entries.removeAll { $0.until <= now || $0.trunk == trunk && $0.caller == caller }
        if entries.count >= Limits.helpCallbacks { entries.removeFirst() }
        entries.append(Entry(trunk: trunk, shown: shown, caller: caller, until: now + Limits.helpCallback))
    }

    /// Whom a call that a provider brings is for, if those who help may be calling.
    func caller(over trunk: TrunkName, called: PhoneNumber?, at now: MonotonicTime) -> ExtensionNumber? {
        if entries.isEmpty { return nil }
        return entries.last { entry in
            entry.until > now && entry.trunk == trunk && (entry.shown == nil || entry.shown == called)
        }?.caller
    }
}
