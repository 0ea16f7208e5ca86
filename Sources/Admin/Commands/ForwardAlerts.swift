// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Administrator {
    /// Tells people at once that somebody gave calls another way: who, from where, and how it is undone. Every command that sets a
    /// forward or a right to forward says so here.
    ///
    /// - Parameters:
    ///   - number: Whose calls; `nil` where it is about several.
    ///   - what: Completes "alice (uid 1001) …".
    ///   - undo: A command.
    func alert(
        _ kind: SecurityEventKind,
        _ number: ExtensionNumber?,
        _ what: String,
        undo: String,
        by caller: Caller,
        from source: EventSource = .machine
    ) {
        let event = SecurityEvent(
            at: now(),
            kind: kind,
            source: source,
            subject: number.map(EventSubject.extension) ?? .operator(caller.name),
            detail: "\(caller.name) \(what); to undo it: \(undo)"
        )
        events.publish(.noticed(event))
    }

    /// The same of extensions that somebody has added.
    func alert(ofAdding numbers: [ExtensionNumber], by caller: Caller) {
        guard let first = numbers.first, let last = numbers.last else { return }
        guard numbers.count > 1 else {
            return alert(
                .extensionAdded,
                first,
                "added extension \(first)",
                undo: "ringfence extension remove \(first)",
                by: caller
            )
        }
        alert(
            .extensionAdded,
            nil,
            "added \(numbers.count) extensions, \(first) to \(last)",
            undo: "ringfence extension remove NUMBER, for each",
            by: caller
        )
    }
}
