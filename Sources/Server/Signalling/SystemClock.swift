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
}

extension NIODeadline {
    init(_ time: MonotonicTime) {
        self = .uptimeNanoseconds(time.nanoseconds)
    }
}
