// SPDX-License-Identifier: Apache-2.0

import CNetwork
import Calls
import NIOCore
import Primitives

/// The clocks of the machine: the only place below the command line that looks at them.
enum SystemClock {
    /// The loop's own clock, so that a ``MonotonicTime`` is also an `NIODeadline`.
    static var monotonic: MonotonicTime {
        MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds)
    }

    static var wall: WallTime {
        WallTime(milliseconds: ringfence_wall_milliseconds())
    }

    static var now: Moment { Moment(monotonic: monotonic, wall: wall) }

    /// The wall clock against the one that nobody sets, in milliseconds.
    static var offset: Int64 {
        let now = now
        return now.wall.milliseconds - Int64(now.monotonic.nanoseconds / 1_000_000)
    }
}

extension NIODeadline {
    init(_ time: MonotonicTime) {
        self = .uptimeNanoseconds(time.nanoseconds)
    }
}
