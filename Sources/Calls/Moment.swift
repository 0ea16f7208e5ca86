// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Now, on both clocks: one to measure with, one to write down.
public struct Moment: Sendable {
    public let monotonic: MonotonicTime
    public let wall: WallTime

    public init(monotonic: MonotonicTime, wall: WallTime) {
        self.monotonic = monotonic
        self.wall = wall
    }
}
