// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import NIOCore

extension Machine {
    /// What a business should know of those it shares the process with: how many there are and how much is left, nothing
    /// of any one of them. Nothing for one that is alone.
    func facts(of business: SignallingHop) async -> [Finding] {
        guard let reception else { return [] }
        let used = try? await business.eventLoop.submit { [gate = business.gate] in
            (gate.value.connections, gate.value.outsiders)
        }.get()
        guard let (connections, strangers) = used else { return [] }
        return [loopFact(connections, strangers), Self.fact(of: reception.figures.counts, reception.onTheWay.count)]
    }

    private func loopFact(_ connections: Int, _ strangers: Int) -> Finding {
        let most = share.strangerPlaces - share.expectedPlaces
        let isCrowded = connections * 10 > share.places * 9 || strangers * 10 > most * 9
        return Finding(
            "shared-loop",
            of: "shared loop",
            isWell: !isCrowded,
            finding: "\(connections) of at most \(share.places) connections, \(strangers) of at most "
                + "\(most) by strangers, of up to \(share.neighbours) businesses of \(share.businesses)",
            remedy: isCrowded ? "serve some of them by another process on another address: ringfence serve" : nil,
            visibleAfter: Limits.crowdPasses
        )
    }

    private static func fact(of counts: ReceptionCounts, _ onTheWay: Int) -> Finding {
        let isCrowded = counts.waiting * 10 > Limits.hellos * 9 || onTheWay * 10 > Limits.onTheWay * 9
        return Finding(
            "shared-addresses",
            of: "shared addresses",
            isWell: !isCrowded,
            finding: "\(counts.passedOn) connections passed on, \(onTheWay) on their way, \(counts.waiting) are to say "
                + "whom they want; \(counts.pauses) rests for want of descriptors; closed: "
                + "\(counts.strayed) for a name that nobody has, \(counts.refused) without TLS, \(counts.overdue) too slow, "
                + "\(counts.crowded) too many",
            remedy: isCrowded ? "somebody opens connections and says nothing: see who with ss -tn" : nil,
            visibleAfter: Limits.crowdPasses
        )
    }
}
