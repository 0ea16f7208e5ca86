// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import SIP

extension Desk {
    /// That somebody here sent a call on, in the field that the provider reads.
    ///
    /// - Parameter target: Where it goes now, as the URI that is called.
    func writeForwards(
        _ diversions: [Diversion],
        to target: String,
        over way: TrunkWay,
        into writer: inout MessageWriter
    ) {
        guard !diversions.isEmpty else { return }
        let numbers = TrunkNumbers(way.trunk.numbers, snapshot.outside.dialing)
        let known = diversions.map { diversion in
            // As with callers: a number that is withheld is told to who keeps it, and to nobody else.
            let isTold = !diversion.isWithheld || way.trunk.keepsWithheld
            return (
                address: isTold
                    ? "sip:\(numbers.written(diversion.number))@\(way.host);user=phone"
                    : "sip:anonymous@anonymous.invalid",
                diversion: diversion
            )
        }
        switch way.trunk.forwardField {
        case .nothing: break
        case .diversion:
            for (address, diversion) in known.reversed() {
                let privacy = diversion.isWithheld ? "full" : "off"
                writer.field(
                    .diversion,
                    "<\(address)>;reason=\(diversion.reason.diversion);counter=\(diversion.count);privacy=\(privacy);screen=no"
                )
            }
        case .history:
            var (index, entries): (String, [String]) = ("1", [])
            var cause = ""
            for (address, diversion) in known {
                let privacy = diversion.isWithheld ? "?Privacy=history" : ""
                let mapped = entries.isEmpty ? "" : ";mp=\(index.dropLast(2))"
                entries.append("<\(address)\(cause)\(privacy)>;index=\(index)\(mapped)")
                cause = ";cause=\(diversion.reason.cause)"
                index += ".1"
            }
            entries.append("<\(target)\(cause)>;index=\(index);mp=\(index.dropLast(2))")
            writer.field(.historyInfo, entries.joined(separator: ", "))
        }
    }
}

extension CallStep.Reason {
    /// RFC 5806 §4 `diversion-reason`.
    fileprivate var diversion: String {
        switch self {
        case .always: "unconditional"
        case .busy: "user-busy"
        case .noAnswer: "no-answer"
        case .unreachable: "unavailable"
        case .follow: "follow-me"
        case .phone: "deflection"
        case .closed: "time-of-day"
        case .member, .nobody, .diverted, .parked, .chosen, .waited: "unknown"
        }
    }

    /// RFC 4458 §2.
    fileprivate var cause: Int {
        switch self {
        case .always, .closed, .follow: 302
        case .busy: 486
        case .noAnswer: 408
        case .unreachable: 503
        case .phone: 480
        case .member, .nobody, .diverted, .parked, .chosen, .waited: 404
        }
    }
}
