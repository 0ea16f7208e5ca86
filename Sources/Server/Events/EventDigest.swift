// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Security events between two reports: repeats counted, so that a flood fills neither memory nor disk.
///
/// At most ``Limits/eventKinds`` different ones are told apart; what goes beyond is one event that says how much. What strangers do
/// takes no room from what is grave: of each kind of that, ``Limits/graveEvents`` have places of their own.
struct EventDigest {
    private struct Key: Hashable {
        let kind: SecurityEventKind
        let source: EventSource
        let subject: EventSubject?
    }

    private var events: [Key: SecurityEvent] = [:]
    /// How many of `events` have a place of their own, by kind.
    private var grave: [SecurityEventKind: Int] = [:]
    /// How many of `events` have none.
    private var plain = 0
    private var beyond = 0

    var isEmpty: Bool { events.isEmpty && beyond == 0 }

    /// Whether there are some, and so few that they need not wait to be merged.
    var hasFew: Bool { beyond == 0 && (1...Limits.fewEvents).contains(events.count) }

    mutating func add(_ event: SecurityEvent) {
        let key = Key(kind: event.kind, source: event.source, subject: event.subject)
        if let seen = events[key] {
            events[key]?.count = seen.count + event.count
        } else if event.isGrave, grave[event.kind, default: 0] < Limits.graveEvents {
            grave[event.kind, default: 0] += 1
            events[key] = event
        } else if plain < Limits.eventKinds {
            plain += 1
            events[key] = event
        } else {
            beyond += event.count
        }
    }

    /// Takes everything out, oldest first.
    mutating func drain(at now: WallTime) -> [SecurityEvent] {
        defer { self = EventDigest() }
        var list = events.values.sorted { ($0.at, $0.source) < ($1.at, $1.source) }
        if beyond > 0 {
            let detail = "events of more than \(Limits.eventKinds) kinds and sources at once"
            list.append(
                SecurityEvent(
                    at: now,
                    kind: .flood,
                    source: .many,
                    detail: detail,
                    count: beyond
                )
            )
        }
        return list
    }
}

extension SecurityEvent {
    /// Whether it may not be lost among what strangers do: the system itself noticed it, it is critical, or it costs money.
    fileprivate var isGrave: Bool {
        source == .machine || kind.traits.alarm?.severity == .critical || kind.group == .fraud
            || kind.group == .emergency
    }
}
