// SPDX-License-Identifier: Apache-2.0

import Testing

/// For suites that must not run beside each other: phones share the machine's processors, and what they say is listened to.
///
/// `--no-parallel` would do the same for everything; this lets a suite that only waits run beside the others. The scope is
/// the suite's, not the tests', because a test's time limit would count what it waits for.
struct OneAtATime: SuiteTrait, TestScoping {
    private static let turn = Turn()

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.turn.take()
        do { try await function() } catch {
            await Self.turn.giveBack()
            throw error
        }
        await Self.turn.giveBack()
    }

    /// Whose turn it is, in the order in which they came.
    private actor Turn {
        private var isTaken = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func take() async {
            guard isTaken else {
                isTaken = true
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func giveBack() {
            if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
        }
    }
}

extension Trait where Self == OneAtATime {
    static var oneAtATime: Self { Self() }
}
