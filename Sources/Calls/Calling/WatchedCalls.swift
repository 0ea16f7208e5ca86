// SPDX-License-Identifier: Apache-2.0

import Model

/// Every call, by its serial number, and what has changed for those who watch.
///
/// While nobody watches, a change of a call costs one comparison more. While somebody does, the calls that were touched
/// are remembered, and ``takeChanges()`` says for which extensions something is different: whoever changes a call need
/// not think of it.
struct WatchedCalls: Sendable {
    private var calls: [UInt64: Call] = [:]
    private var isWatched = false
    private var touched: Set<UInt64> = []
    /// What each call looked like when changes were last taken. Empty while nobody watches.
    private var views: [UInt64: [CallView]] = [:]
    private var serials: [ExtensionNumber: Set<UInt64>] = [:]

    var count: Int { calls.count }
    var keys: Dictionary<UInt64, Call>.Keys { calls.keys }
    var values: Dictionary<UInt64, Call>.Values { calls.values }
    var hasChanges: Bool { !touched.isEmpty }

    subscript(serial: UInt64) -> Call? {
        get { calls[serial] }
        _modify {
            if isWatched { touched.insert(serial) }
            yield &calls[serial]
        }
    }

    mutating func removeValue(forKey serial: UInt64) -> Call? {
        if isWatched { touched.insert(serial) }
        return calls.removeValue(forKey: serial)
    }

    /// Starts or stops looking.
    mutating func watch(_ isWanted: Bool) {
        guard isWanted != isWatched else { return }
        isWatched = isWanted
        (views, serials, touched) = ([:], [:], isWanted ? Set(calls.keys) : [])
        if isWanted { _ = takeChanges() }
    }

    /// The extensions for which a call looks different than before.
    mutating func takeChanges() -> Set<ExtensionNumber> {
        var changed: Set<ExtensionNumber> = []
        for serial in touched {
            let (old, new) = (views[serial] ?? [], calls[serial]?.views ?? [])
            guard old != new else { continue }
            views[serial] = new.isEmpty ? nil : new
            for view in old where !new.contains(view) { changed.insert(view.number) }
            for view in new where !old.contains(view) { changed.insert(view.number) }
            for view in old { leave(view.number, serial) }
            for view in new { serials[view.number, default: []].insert(serial) }
        }
        touched.removeAll(keepingCapacity: true)
        return changed
    }

    private mutating func leave(_ number: ExtensionNumber, _ serial: UInt64) {
        serials[number]?.remove(serial)
        if serials[number]?.isEmpty == true { serials[number] = nil }
    }

    /// The calls of an extension as they were when changes were last taken, oldest first.
    func shown(of number: ExtensionNumber) -> [ShownCall] {
        (serials[number] ?? []).sorted().flatMap { serial in
            (views[serial] ?? []).filter { $0.number == number }.map {
                ShownCall(call: serial, isInitiator: $0.isInitiator, state: $0.state)
            }
        }
    }
}
