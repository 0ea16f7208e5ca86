// SPDX-License-Identifier: Apache-2.0

import Admin
import Audit
import Model
import Store

extension ForwardFacts {
    /// Commands that set them, and whose lines in the journal say who did.
    private static let actions = [
        ForwardExtension.name, SetForward.name, ClearForward.name, SetFollowMe.name, Administrator.dialledCode,
    ]

    /// As they are kept; `nil` when they cannot be read.
    static func all(_ store: BusinessStore) async -> [ForwardFacts]? {
        let lines = try? await store.read { backend in
            try actions.flatMap { try backend.journal(JournalQuery(limit: Store.Limits.listedRows, action: $0)) }
        }
        return lines.map { all(in: store.snapshot, $0.sorted { $0.sequence < $1.sequence }) }
    }
}
