// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Model
import Primitives

/// One way that calls of an extension may take or do, and who said so.
public struct ForwardFacts: Hashable, Sendable {
    public let number: ExtensionNumber
    /// Completes "extension 101 …": `may forward its calls outside`.
    public let what: String
    public let isOutside: Bool
    /// Every line of the journal about it, oldest first, since the extension is there.
    public let history: [JournalEntry]
    /// Whether the last of them says what is set.
    public let isOwnedUp: Bool
    /// A command.
    public let undo: String

    /// What the journal calls a change of the right to forward; every other line is about forwards that are set.
    private static let right = "extension.forwarding"

    /// Each source of forwards is one line here.
    ///
    /// - Parameter journal: The lines of the commands that set them, oldest first.
    public static func all(in snapshot: Snapshot, _ journal: [JournalEntry]) -> [ForwardFacts] {
        let bySubject = Dictionary(grouping: journal, by: \.subject)
        return snapshot.extensions.values.sorted { $0.number < $1.number }.flatMap { value in
            let lines = (bySubject[value.number.text] ?? []).filter { value.createdAt <= $0.at }
            return rights(of: value, lines) + settings(of: value, in: snapshot, lines)
        }
    }

    /// What its phones may do.
    private static func rights(of value: Extension, _ lines: [JournalEntry]) -> [ForwardFacts] {
        guard value.forwarding != .nobody else { return [] }
        let history = lines.filter { $0.action == right }
        let said = history.last.flatMap { change(in: $0, of: Policy.self)?.forwarding }
        return [
            ForwardFacts(
                number: value.number,
                what:
                    "may forward its calls to \(value.forwarding == .outside ? "colleagues and outside" : "colleagues")",
                isOutside: value.forwarding == .outside,
                history: history,
                isOwnedUp: said == value.forwarding.rawValue,
                undo: "ringfence extension forwarding \(value.number) --to nobody"
            )
        ]
    }

    /// What is set for it in the system.
    private static func settings(of value: Extension, in snapshot: Snapshot, _ lines: [JournalEntry]) -> [ForwardFacts]
    {
        guard let set = snapshot.outside.routing.forwards[value.number] else { return [] }
        let history = lines.filter { $0.action != right }
        let said = history.last.flatMap { change(in: $0, of: ForwardSettings.self) }
        let forwards = set.forwards.sorted { $0.key.rawValue < $1.key.rawValue }.map { occasion, forward in
            ForwardFacts(
                number: value.number,
                what: "sends its calls to \(forward.target) (\(occasion.rawValue))",
                isOutside: forward.target.isOutside,
                history: history,
                isOwnedUp: said?.forwards[occasion] == forward,
                undo: "ringfence forward clear \(value.number) \(occasion.rawValue)"
            )
        }
        guard let follow = set.follow else { return forwards }
        let places = follow.targets.map(\.text).joined(separator: ", ")
        let follows = ForwardFacts(
            number: value.number,
            what: "is looked for at \(places)",
            isOutside: follow.targets.contains(where: \.isOutside),
            history: history,
            isOwnedUp: said?.follow == follow,
            undo: "ringfence forward follow \(value.number)"
        )
        return forwards + [follows]
    }

    private struct Policy: Decodable { let forwarding: String }
    private struct Values<New: Decodable>: Decodable { let new: New }

    private static func change<New: Decodable>(in entry: JournalEntry, of type: New.Type) -> New? {
        try? JSONDecoder().decode(Values<New>.self, from: Data(entry.detail.utf8)).new
    }
}

extension Forward.Target {
    fileprivate var isOutside: Bool { if case .outside = self { true } else { false } }
}
