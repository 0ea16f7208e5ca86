// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// Why there is no subscription, or not a longer one.
enum SubscribeRefused: Error {
    case malformed, notYours, unknownEvent, otherEvent, filtered, forbidden, notAcceptable, tooBrief, tooMany, full,
        tooFast, tooLong

    var status: Int {
        switch self {
        case .malformed: 400
        case .notYours, .forbidden, .tooMany: 403
        case .notAcceptable: 406
        case .filtered: 415
        case .tooBrief: 423
        case .otherEvent: 481
        case .unknownEvent: 489
        case .full, .tooFast: 503
        case .tooLong: 513
        }
    }

    /// What helps the phone to do better.
    ///
    /// - Parameter wait: Seconds until it may ask again, where that is the matter.
    func write(for request: Message, wait: Int, into writer: inout MessageWriter) {
        switch self {
        case .unknownEvent: writer.field(.allowEvents, EventPackage.all)
        case .tooBrief: writer.field(.minExpires, Int(Limits.shortestSubscription))
        case .notAcceptable:
            if let package = EventPackage.named(in: request)?.package {
                writer.field(.accept, "\(package.contentType)")
            }
        case .full, .tooFast: writer.field(.retryAfter, wait)
        case .malformed, .notYours, .otherEvent, .filtered, .forbidden, .tooMany, .tooLong: break
        }
    }
}
