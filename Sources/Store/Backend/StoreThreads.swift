// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Model

/// The threads on which databases are used: one that writes for all businesses of the process, because they share its disk, and
/// a few that read beside it. None of those that Swift's tasks run on.
enum StoreThreads {
    static let writer = DispatchQueue(label: "ringfence-store")

    private static let readers = (0..<Limits.readers).map { DispatchQueue(label: "ringfence-store-\($0)") }

    /// Those of one business come one after the other: who reads much of one keeps few others waiting.
    static func readers(of business: BusinessID) -> DispatchQueue {
        readers[Int(business.value % UInt64(readers.count))]
    }

    static func run<Value: Sendable>(
        on queue: DispatchQueue,
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
