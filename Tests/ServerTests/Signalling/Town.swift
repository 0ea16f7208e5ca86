// SPDX-License-Identifier: Apache-2.0

import TestKit

/// Where offices are open, a dozen at once: all tests begin in the same moment, and servers that wait for each other's
/// processor time take peers that wait for theirs for silent ones.
enum Town {
    private static let gate = Turnstile(places: 12)
    /// An office in an office's test is part of it.
    @TaskLocal private static var isInside = false

    static func withPlace<Result>(_ work: () async throws -> Result) async throws -> Result {
        guard !isInside else { return try await work() }
        await gate.enter()
        do {
            let result = try await withTaskExecutorPreference(NetworkThreads.shared) {
                try await $isInside.withValue(true) { try await work() }
            }
            await gate.leave()
            return result
        } catch {
            await gate.leave()
            throw error
        }
    }
}
