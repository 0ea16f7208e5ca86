// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Threads for tests that speak to a server, which measures the time that they take.
///
/// The tasks' own threads are as many as the processors, and each of a thousand tests that only compute keeps one until it is
/// through: who waits for the next line of a conversation would wait for all of them.
final class NetworkThreads: TaskExecutor {
    static let shared = NetworkThreads(count: 32)

    private let jobs = Mutex<[UnownedJob]>([])
    private let isThere = DispatchSemaphore(value: 0)

    private init(count: Int) {
        for index in 0..<count {
            let thread = Thread { [self] in run() }
            thread.name = "network-\(index)"
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        isThere.signal()
    }

    private func run() {
        while true {
            isThere.wait()
            guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
