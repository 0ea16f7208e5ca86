// SPDX-License-Identifier: Apache-2.0

import Calls
import Foundation  // owns timespec where the whole module is compiled at once (release)
import Glibc
import NIOCore
import Primitives

/// The clocks of the machine: the only place below the command line that looks at them.
enum SystemClock {
    /// The loop's own clock, so that a ``MonotonicTime`` is also an `NIODeadline`.
    static var monotonic: MonotonicTime {
        MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
    }

    static var wall: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    static var now: Moment { Moment(monotonic: monotonic, wall: wall) }
}

extension NIODeadline {
    init(_ time: MonotonicTime) {
        self = .uptimeNanoseconds(time.nanoseconds)
    }
}
