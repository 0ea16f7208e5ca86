// SPDX-License-Identifier: Apache-2.0

/// Why a REGISTER changes nothing.
enum RegisterRefused: Error {
    case malformed, notYours, tooMany, poisoned, outOfOrder
    /// A GRUU instead of an address.
    case named
    /// A Path, and a phone that keeps its connection but sits behind another hop.
    case path, hop
    /// The registrar has enough to do.
    case busy(retryAfter: Int)
    /// Shorter than this many seconds.
    case tooBrief(minimum: UInt32)

    var status: Int {
        switch self {
        case .malformed, .poisoned: 400
        case .notYours, .tooMany, .named: 403
        case .path: 420
        case .tooBrief: 423
        case .hop: 439
        case .busy: 503
        case .outOfOrder: 500
        }
    }

    /// What helps the phone to do better.
    var hint: Registrar.Hint {
        switch self {
        case .tooBrief(let minimum): .minimumExpires(minimum)
        case .busy(let seconds): .retryAfter(seconds)
        case .path: .unsupported("path")
        case .malformed, .notYours, .tooMany, .poisoned, .outOfOrder, .named, .hop: .none
        }
    }
}
