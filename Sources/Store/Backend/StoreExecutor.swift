// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// A thread for one actor that waits for a database: what it decides and what it writes are not torn apart, and no thread of
/// Swift's tasks waits with it.
public final class StoreExecutor: SerialExecutor {
    private let queue: DispatchQueue

    public init(label: String) { queue = DispatchQueue(label: label) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
