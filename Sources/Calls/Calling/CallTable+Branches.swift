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
        if status >= 600 {
            // It speaks for the person, not for one phone (§21.6), and not for those that others forwarded to.
            let person = ringing.branches[index].party.number
            for (other, branch) in ringing.branches.enumerated()
            where other != index && branch.status == nil && branch.party.number == person {
                desk.cancel(branch.key)
                finish(other, of: serial, 487, &desk)
            }
        }
        giveUpIfSilent(serial, &desk)
    }

    /// Notes that a phone rings no longer.
    mutating func finish(_ index: Int, of serial: UInt64, _ status: Int, _ desk: inout Desk) {
        guard case .ringing(let ringing)? = self[serial]?.phase else { return }
        updateRinging(serial) { $0.branches[index].status = status }
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
        refuse(serial, Refused(ringing), &desk)
    }
}

extension Refused {
    /// One answer for the caller from what the phones of the callee said: the person's answer before the state of a
    /// phone, and nothing that says how the callee is set up.
    fileprivate init(_ ringing: Call.Ringing) {
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
