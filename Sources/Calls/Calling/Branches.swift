// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// When the phones that ring for a call stop doing so (RFC 3261 §16.7).
extension Switchboard {
    mutating func branchFailed(_ status: Int, _ index: Int, of serial: UInt64, _ turn: inout Turn) {
        guard case .ringing(let ringing)? = callTable[serial]?.phase, ringing.branches[index].status == nil else {
            return
        }
        finish(index, of: serial, status, &turn)
        if status >= 600 {
            // It speaks for the person, not for one phone (§21.6), and not for those that others forwarded to.
            let person = ringing.branches[index].party.number
            for (other, branch) in ringing.branches.enumerated()
            where other != index && branch.status == nil && branch.party.number == person {
                cancel(branch.key, &turn)
                finish(other, of: serial, 487, &turn)
            }
        }
        giveUpIfSilent(serial, &turn)
    }

    /// Notes that a phone rings no longer.
    mutating func finish(_ index: Int, of serial: UInt64, _ status: Int, _ turn: inout Turn) {
        guard case .ringing(let ringing)? = callTable[serial]?.phase else { return }
        updateRinging(serial) { $0.branches[index].status = status }
        leaveEarly(serial, ringing.branches[index], index, &turn)
    }

    mutating func updateRinging(_ serial: UInt64, _ change: (inout Call.Ringing) -> Void) {
        guard case .ringing(var ringing)? = callTable[serial]?.phase else { return }
        change(&ringing)
        callTable[serial]?.phase = .ringing(ringing)
    }

    /// Tells the caller when no phone rings any more.
    mutating func giveUpIfSilent(_ serial: UInt64, _ turn: inout Turn) {
        guard case .ringing(let ringing)? = callTable[serial]?.phase, ringing.ringingPhones == 0 else { return }
        refuse(serial, Refused(ringing), &turn)
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
