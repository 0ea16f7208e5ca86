// SPDX-License-Identifier: Apache-2.0

import Model
import Store

extension RecordWriter {
    /// Keeps what the stack noticed. The rest has a line of the journal, or a place of its own.
    func keep(_ event: Event) {
        switch event {
        case .noticed(let event): enqueue(event)
        case .banned, .unbanned, .changed, .found: break
        }
    }
}
