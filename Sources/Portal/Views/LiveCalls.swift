// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives
import Synchronization

/// The parts of the page of calls that change by themselves: the same for the page and for its stream.
enum LiveCalls {
    static func values(_ calls: [CallReport], _ visit: Visit) -> Templates.Values {
        let (now, mayEnd) = (visit.now, visit.may(.endCalls))
        let currency = visit.business.site.snapshot().outside.spending.currency
        let rows = calls.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }.prefix(Limits.liveCalls).map {
            row($0, visit, now, currency, mayEnd: mayEnd)
        }
        return ["calls": Array(rows), "sum": sum(calls, currency), "isEmpty": calls.isEmpty]
    }

    private static func row(
        _ call: CallReport,
        _ visit: Visit,
        _ now: WallTime,
        _ currency: Currency,
        mayEnd: Bool
    ) -> Templates.Values {
        let lock = Padlock(call)
        return [
            "id": call.id, "from": name(call.caller, visit), "fromMore": call.caller.detail,
            "to": name(call.callee, visit), "toMore": call.callee.detail, "since": since(call, now),
            "lock": lock.words, "lockIcon": lock.icon, "lockClass": Part.given(lock.style),
            "cost": call.cost.map { Shown.money($0, currency) } ?? "none", "mayEnd": mayEnd && !call.callee.isHelp,
        ]
    }

    private static func sum(_ calls: [CallReport], _ currency: Currency) -> String {
        guard !calls.isEmpty else { return "No call at this moment." }
        let outside = calls.count { $0.caller.isOutside || $0.callee.isOutside }
        let cost = calls.compactMap(\.cost).sum
        let open = calls.count { !Padlock($0).isWhole }
        let price =
            outside == 0
            ? "none of them outside. " : "\(outside) of them outside, for \(Shown.money(cost, currency)) at most. "
        return "\(Shown.count(calls.count, "call", "calls")), " + price
            + (open == 0 ? "All encrypted on both sides." : "\(open) not encrypted on both sides yet.")
    }

    static func name(_ participant: Participant, _ visit: Visit) -> String {
        guard let number = participant.number, let value = visit.business.site.snapshot().extensions[number] else {
            return Shown.text(participant.words)
        }
        return Shown.text(value.name)
    }

    static func since(_ call: CallReport, _ now: WallTime) -> String {
        guard let answered = call.answeredAt else { return "rings since \(Shown.clock(call.startedAt))" }
        return "\(Shown.clock(answered)) UTC"
    }

    /// - Parameter address: Where the browser is, which may not be let in any more one day.
    static func stream(_ visit: Visit, to address: IPAddress) -> Response {
        LiveStream.response(visit, to: address, visit.business.callPicture) {
            guard let calls = try? await visit.perform(ListCalls()) else { return nil }
            let values = values(calls, visit)
            return LiveStream.Parts(
                content: [
                    "live-calls": Templates.render("calls-rows", values),
                    "live-empty": Templates.render("calls-empty", values),
                ],
                frame: [
                    "live-sum": Templates.render("calls-sum", values),
                    "live-age": Templates.render("live-age", ["time": Shown.clock(visit.now)]),
                ]
            )
        }
    }
}

/// How a call is protected, as a padlock.
struct Padlock {
    let isWhole: Bool
    let words: String
    let icon: String
    let style: String

    init(_ call: CallReport) {
        let sides: [LegProtection?] =
            switch call.callee {
            case .service: [call.callerProtection]
            case .extension, .group, .outside, .system, .emergency: [call.callerProtection, call.calleeProtection]
            }
        isWhole = sides.allSatisfy { $0?.isComplete == true }
        if isWhole {
            (words, icon, style) = ("Both sides", "lock", "good")
        } else if sides.contains(where: { $0?.isReadable == true }) {
            (words, icon, style) = ("Phone only", "unlock", "bad")
        } else {
            (words, icon, style) = ("Not yet", "clock", "")
        }
    }
}

/// How many live pages there are.
final class StreamBudget: Sendable {
    private let open = Mutex<[String: Int]>([:])

    func enter(_ session: String) -> Bool {
        open.withLock { open in
            let own = open[session, default: 0]
            guard own < Limits.streamsPerSession, open.values.reduce(0, +) < Limits.streams else { return false }
            open[session] = own + 1
            return true
        }
    }

    func leave(_ session: String) {
        open.withLock { open in
            let own = open[session, default: 1] - 1
            open[session] = own > 0 ? own : nil
        }
    }
}

extension Participant {
    /// For people; text from outside.
    var words: String {
        switch self {
        case .extension(let number): number.text
        case .group(let name): name.text
        case .service(let service): service.code
        case .outside(let number): number?.text ?? "number withheld"
        case .system: "the phone system"
        case .emergency(let number): number.text
        }
    }
}
