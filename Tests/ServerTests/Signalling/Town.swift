// SPDX-License-Identifier: Apache-2.0

/// Where offices are open, a dozen at once: all tests begin in the same moment, and servers that wait for each other's
/// processor time take peers that wait for theirs for silent ones.
actor Town {
    private static let town = Town(places: 12)
    /// An office in an office's test is part of it.
    @TaskLocal private static var isInside = false

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    private init(places: Int) {
        free = places
    }

    static func withPlace<Result>(_ work: () async throws -> Result) async throws -> Result {
        guard !isInside else { return try await work() }
        await town.enter()
        do {
            let result = try await $isInside.withValue(true) { try await work() }
            await town.leave()
            return result
        } catch {
            await town.leave()
            throw error
        }
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
