// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// When the phones that ring for a call stop doing so (RFC 3261 §16.7).
extension CallTable {
    mutating func branchFailed(_ status: Int, _ index: Int, of serial: UInt64, _ desk: inout Desk) {
        guard case .ringing(let ringing)? = self[serial]?.phase, ringing.branches[index].status == nil else {
            return
        }
        finish(index, of: serial, status, &desk)
        if ringing.branches[index].party.trunk != nil, overflow(status, index, of: serial, &desk) { return }
        if status >= 600 {
            // It speaks for the person, not for one phone (§21.6), and not for those that others forwarded to.
            let person = ringing.branches[index].party.participant
            for (other, branch) in ringing.branches.enumerated()
            where other != index && branch.status == nil && branch.party.participant == person {
                desk.cancel(branch.key)
                finish(other, of: serial, 487, &desk)
            }
        }
        giveUpIfSilent(serial, &desk)
    }

    /// Notes that a phone rings no longer.
    mutating func finish(_ index: Int, of serial: UInt64, _ status: Int, _ desk: inout Desk) {
        guard case .ringing(let ringing)? = self[serial]?.phase else { return }
        let before = self[serial]?.openTrunks ?? []
        updateRinging(serial) { $0.branches[index].status = status }
        for trunk in before.subtracting(self[serial]?.openTrunks ?? []) { leave(serial, trunk) }
        leaveEarly(serial, ringing.branches[index], index, &desk)
    }

    mutating func updateRinging(_ serial: UInt64, _ change: (inout Call.Ringing) -> Void) {
        guard case .ringing(var ringing)? = self[serial]?.phase else { return }
        change(&ringing)
        self[serial]?.phase = .ringing(ringing)
    }

    /// Tells the caller when no phone rings any more.
    mutating func giveUpIfSilent(_ serial: UInt64, _ desk: inout Desk) {
        guard case .ringing(let ringing)? = self[serial]?.phase, ringing.ringingPhones == 0 else { return }
        guard let routed = routes[serial] else {
            refuse(serial, self[serial]?.refusal(of: ringing) ?? Refused(ringing), &desk)
            return
        }
        let stop = ringing.since(routed.firstBranch)
        if !goOn(serial, after: stop.ending, &desk) { refuse(serial, .ofStop(Refused(stop), stop), &desk) }
    }
}

extension Refused {
    /// What the last provider said, where the call left by trunks only.
    private init?(trunkOf ringing: Call.Ringing) {
        guard ringing.branches.allSatisfy({ $0.party.trunk != nil }), let branch = ringing.branches.last,
            let name = branch.party.trunk, let status = branch.status
        else { return nil }
        switch status {
        case 486, 600: self.init(status: 486, outcome: .busy, reason: "the number is busy")
        case 480: self.init(status: 480, outcome: .noAnswer, reason: "nobody answered at the number")
        case 404, 410, 484, 604:
            self.init(
                status: 404,
                outcome: .failed,
                reason: "trunk \(name) says that nobody has the number (\(status))"
            )
        case 488, 606, 415:
            self.init(status: 488, outcome: .failed, reason: "trunk \(name) takes no audio as we offer it (\(status))")
        case 408, 500..<600:
            self.init(
                status: 503,
                outcome: .unreachable,
                reason: "no provider could take the call; the last was \(name)"
            )
        case 401, 407:
            self.init(status: 503, outcome: .failed, reason: "trunk \(name) does not take our credentials")
        default:
            self.init(status: 403, outcome: .declined, reason: "trunk \(name) refused the call (\(status))")
        }
        warning = .other
    }

    /// One answer for the caller from what the phones of the callee said: the person's answer before the state of a
    /// phone, and nothing that says how the callee is set up.
    init(_ ringing: Call.Ringing) {
        if let refused = ringing.refusedTry ?? Refused(trunkOf: ringing) {
            self = refused
            return
        }
        let statuses = ringing.branches.compactMap { $0.isForwarded ? nil : $0.status }
        if statuses.contains(where: { $0 >= 600 && $0 != 600 && $0 != 606 }) {
            self.init(status: 603, outcome: .declined, reason: "the call was declined")
        } else if statuses.contains(where: { $0 == 486 || $0 == 600 }) {
            self.init(status: 486, outcome: .busy, reason: "the extension is busy")
        } else if statuses.contains(where: { [488, 606, 415].contains($0) }) {
            self.init(
                status: 488,
                outcome: .failed,
                reason: "no phone of the extension takes this call's audio with encryption"
            )
        } else if let refused = ringing.refusedForward {
            self = refused
        } else if statuses.contains(where: { $0 == 408 || $0 == 480 }) {
            self = .noAnswer
        } else {
            self.init(status: 480, outcome: .failed, reason: "no phone of the extension could take the call")
        }
    }
}
