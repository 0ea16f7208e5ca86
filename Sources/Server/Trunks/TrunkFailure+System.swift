// SPDX-License-Identifier: Apache-2.0

import Calls
import Glibc

extension TrunkFailure {
    /// What an error number of the system means for a connection (`man 2 connect`).
    init(errno code: CInt) {
        switch code {
        case ECONNREFUSED: self = .refused
        case ECONNRESET, EPIPE: self = .closed
        case ETIMEDOUT: self = .silent
        default: self = .unreachable(String(cString: strerror(code)))
        }
    }
}
