// SPDX-License-Identifier: Apache-2.0

import Primitives
import Testing

@Suite("The earlier of two moments")
struct EarliestTests {
    private static let soon = MonotonicTime(nanoseconds: 1)
    private static let later = MonotonicTime(nanoseconds: 2)

    @Test func `the earlier of two moments, whichever stands first`() {
        #expect(MonotonicTime.earliest(Self.soon, Self.later) == Self.soon)
        #expect(MonotonicTime.earliest(Self.later, Self.soon) == Self.soon)
    }

    @Test func `what never comes is later than everything`() {
        #expect(MonotonicTime.earliest(nil, Self.later) == Self.later)
        #expect(MonotonicTime.earliest(Self.soon, nil) == Self.soon)
        #expect(MonotonicTime.earliest(nil, nil) == nil)
    }
}
