// SPDX-License-Identifier: Apache-2.0

import Calls

/// Connections without a credential, in the order in which they go when there is no room for the next one: first who has
/// shown least, and of those who was there for longest.
///
/// Nobody is searched for and taken out: who has moved on, or is gone, is passed over when its turn comes. So a connection
/// has at most three entries, and the rows are put in order when most of them are old.
struct Crowd {
    private struct Row {
        var ids: [FlowID] = []
        var first = 0

        var head: FlowID? { first < ids.count ? ids[first] : nil }

        mutating func next() -> FlowID? {
            guard first < ids.count else { return nil }
            defer { first += 1 }
            return ids[first]
        }
    }

    /// By what they have shown: nothing, TLS, a message.
    private var rows = [Row(), Row(), Row()]
    private var count = 0

    /// Entries, also of those that are gone.
    var size: Int { count }

    /// - Parameters:
    ///   - living: How many are in the crowd, besides.
    ///   - isThere: Whether an entry still says what is so.
    mutating func add(_ id: FlowID, _ phase: Standing.Phase, living: Int, isThere: (FlowID, Standing.Phase) -> Bool) {
        guard let row = phase.row else { return }
        rows[row].ids.append(id)
        count += 1
        if count > 4 * living + Limits.smallCrowd { tidy(isThere) }
    }

    private mutating func tidy(_ isThere: (FlowID, Standing.Phase) -> Bool) {
        for phase in Standing.Phase.ofStrangers {
            guard let row = phase.row else { continue }
            let left = rows[row].ids.dropFirst(rows[row].first).filter { isThere($0, phase) }
            rows[row] = Row(ids: left)
        }
        count = rows.reduce(0) { $0 + $1.ids.count }
    }

    /// Takes out who goes next. Those that have just come have had no time to show anything: they go when nobody else is left.
    mutating func next(
        isYoung: (FlowID) -> Bool = { _ in false },
        _ isThere: (FlowID, Standing.Phase) -> Bool
    ) -> FlowID? {
        for spares in [true, false] {
            for phase in Standing.Phase.ofStrangers {
                guard let row = phase.row else { continue }
                while let id = rows[row].head {
                    if !isThere(id, phase) {
                        _ = rows[row].next()
                    } else if spares, isYoung(id) {
                        // Those behind it are younger.
                        break
                    } else {
                        return rows[row].next()
                    }
                }
            }
        }
        return nil
    }

    /// Who goes next of those that something holds for; it stays in its row, where it will be passed over.
    func first(where isMeant: (FlowID, Standing.Phase) -> Bool) -> FlowID? {
        for phase in Standing.Phase.ofStrangers {
            guard let row = phase.row else { continue }
            if let id = rows[row].ids.dropFirst(rows[row].first).first(where: { isMeant($0, phase) }) { return id }
        }
        return nil
    }
}

extension Standing.Phase {
    fileprivate static let ofStrangers: [Self] = [.handshake, .greeting, .stranger]

    /// Whoever has shown less is in an earlier one.
    fileprivate var row: Int? {
        switch self {
        case .handshake: 0
        case .greeting: 1
        case .stranger: 2
        case .phone: nil
        }
    }
}
