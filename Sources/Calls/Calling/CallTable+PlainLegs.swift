// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Legs in the clear, to a provider that encrypts nothing: each has a port to itself, and ends with the exception of its trunk.
extension CallTable {
    /// Looks after them from now on, as long as there are any.
    mutating func watchPlainLegs(_ desk: inout Desk) {
        guard !isWatchingPlainLegs, desk.plainPorts.count > 0 else { return }
        isWatchingPlainLegs = true
        nextExceptionEnd = desk.nextExceptionEnd
        schedulePlainLegs(at: desk.now.monotonic + Limits.plainReview)
    }

    /// Ends what no exception allows any more, and takes back the ports that nobody has any more.
    mutating func wakePlainLegs(_ desk: inout Desk) {
        isWatchingPlainLegs = false
        endUnexcused(&desk)
        takeBackPlainPorts(&desk)
        watchPlainLegs(&desk)
    }

    /// Takes back the ports that no call has any more.
    func takeBackPlainPorts(_ desk: inout Desk) {
        let trials = helpTrials.values.filter { $0.result == nil }.compactMap(\.media.plainPort)
        desk.plainPorts.keepOnly(Set(values.flatMap(\.plainLegs).map(\.port) + trials), at: desk.now.monotonic)
    }

    /// Calls with a leg in the clear at a port of ours of one version of IP.
    func withPlainLeg(isIPv4: Bool) -> [UInt64] {
        values.filter { call in call.plainLegs.contains { $0.port.ip.isIPv4 == isIPv4 } }.map(\.serial)
    }

    /// Ends legs in the clear whose trunk has no exception that stands now, the oldest call first.
    mutating func endUnexcused(_ desk: inout Desk) {
        nextExceptionEnd = desk.nextExceptionEnd
        guard desk.plainPorts.count > 0 else { return }
        for call in values.sorted(by: { $0.serial < $1.serial }) where !call.isForHelp {
            for plain in call.plainLegs {
                guard let reason = desk.objection(to: plain) else { continue }
                end(plain, of: call, because: reason, &desk)
                break
            }
        }
    }

    private mutating func end(
        _ plain: PlainLegOfCall,
        of call: Call,
        because reason: String,
        _ desk: inout Desk
    ) {
        guard let index = plain.branch, case .ringing(let ringing) = call.phase else {
            end(call.serial, because: reason, &desk)
            return
        }
        desk.cancel(ringing.branches[index].key)
        branchFailed(480, index, of: call.serial, &desk)
    }
}

/// A leg in the clear that stands, or may come about.
struct PlainLegOfCall: Sendable {
    let trunk: TrunkName
    /// Where its audio comes to, and from where it may come.
    let port: SocketAddress
    let prefixes: [IPPrefix]
    /// Of a leg that rings.
    var branch: Int?
}

extension Call {
    /// Its legs in the clear; of a call that is refused none is left.
    fileprivate var plainLegs: [PlainLegOfCall] {
        switch phase {
        case .refusing: []
        case .talking(let conversation): [conversation.caller, conversation.callee].compactMap(\.plainLeg)
        case .answering(let answering): [plainCaller, answering.callee.plainLeg].compactMap(\.self)
        case .ringing(let ringing):
            [plainCaller].compactMap(\.self)
                + ringing.branches.enumerated().compactMap { index, branch in
                    guard branch.status == nil else { return nil }
                    return PlainLegOfCall(branch.media, branch.party, branch: index)
                }
        }
    }

    private var plainCaller: PlainLegOfCall? { incoming?.plain.flatMap { PlainLegOfCall($0, caller) } }
}

extension Endpoint {
    fileprivate var plainLeg: PlainLegOfCall? { leg.flatMap { PlainLegOfCall($0.media, $0.party) } }
}

extension PlainLegOfCall {
    /// `nil` for a leg that has keys.
    fileprivate init?(_ media: Negotiation, _ party: Party, branch: Int? = nil) {
        guard let port = media.plainPort, let trunk = party.trunk else { return nil }
        self.init(trunk: trunk, port: port, prefixes: party.mediaPrefixes, branch: branch)
    }
}

extension Desk {
    /// When the first exception ends of those that stand now; `nil` where no leg is in the clear.
    fileprivate var nextExceptionEnd: WallTime? {
        guard plainPorts.count > 0 else { return nil }
        let now = now.wall
        return snapshot.outside.trunks.values.compactMap { $0.trunk.exception?.until }.filter { $0 > now }.min()
    }

    /// Why a leg may not go on as it is; `nil` while it may.
    fileprivate func objection(to plain: PlainLegOfCall) -> String? {
        guard let trunk = snapshot.outside.trunks[plain.trunk]?.trunk, trunk.isEnabled,
            TrunkRules.isPlain(trunk, at: now.wall)
        else { return "the exception of trunk \(plain.trunk) to go without encryption has ended" }
        return trunk.mediaPrefixes == plain.prefixes
            ? nil : "the networks of trunk \(plain.trunk) are others than they were"
    }
}
