// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// A thread for one actor that waits for a database: what it decides and what it writes are not torn apart, and no thread of
/// Swift's tasks waits with it.
public final class StoreExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// The thread that writes for all businesses of the process.
    public static let writer = StoreExecutor(StoreThreads.writer)

    public convenience init(label: String) { self.init(DispatchQueue(label: label)) }

    private init(_ queue: DispatchQueue) { self.queue = queue }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
