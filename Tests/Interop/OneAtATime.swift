// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// For suites that must not run beside each other: phones share the machine's processors, and what they say is listened to.
///
/// `--no-parallel` would do the same for everything; this lets a suite that only waits run beside the others. The scope is
/// the suite's, not the tests', because a test's time limit would count what it waits for.
struct OneAtATime: SuiteTrait, TestScoping {
    private static let turn = Turnstile(places: 1)

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        await Self.turn.enter()
        do { try await function() } catch {
            await Self.turn.leave()
            throw error
        }
        await Self.turn.leave()
    }
}

extension Trait where Self == OneAtATime {
    static var oneAtATime: Self { Self() }
}
