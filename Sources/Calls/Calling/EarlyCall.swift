// SPDX-License-Identifier: Apache-2.0

import Media
import Primitives
import SIP

/// What a call that is not answered yet has beside its ringing phones. Only calls have one whose phones acknowledge
/// provisional responses, send UPDATEs before the answer, or play something: the others cost nothing for it.
struct EarlyCall: Sendable {
    /// A provisional response that is repeated until its PRACK comes (RFC 3262 §3).
    struct Provisional: Sendable {
        let rseq: UInt32
        let bytes: [UInt8]
        var next: MonotonicTime
        var interval: Duration = .milliseconds(500)
        let giveUp: MonotonicTime
    }

    /// What the caller was told about media before the answer.
    struct Told: Sendable {
        var media: Negotiation
        var body: [UInt8]
        /// Whether it was an offer of ours, because the INVITE had none: the PRACK brings the answer (§5).
        let isOffer: Bool
        /// Whether it was told reliably, so that nothing else may be told later.
        let isReliable: Bool
    }

    enum Relay: Sendable {
        case closed
        /// Open, but not as the phones have it now. It stays, because the caller's key may not begin anew.
        case stale
        case open
    }

    /// The dialog with a phone that rings.
    struct Phone: Sendable {
        var dialog: Dialog
        /// Of the last provisional response that was taken in order; `nil` before the first reliable one.
        var rseq: UInt32?
        /// What it said about its media.
        var media: Negotiation?
        /// PRACKs that it has not answered.
        var pracks = 0
        /// Whether it said so reliably: then its answer to our offer is final.
        var isSettled = false
    }

    /// The dialog with the caller.
    var dialog: Dialog
    /// The RSeq of the next reliable response.
    var rseq: UInt32
    var pending: Provisional?
    /// What is to be said when the pending one is acknowledged: one at a time (§3).
    var queue: [(status: Int, body: [UInt8])] = []
    var told: Told?
    /// By the number of the branch.
    var phones: [Int: Phone] = [:]
    var relay = Relay.closed
    /// The number of the branch that stands in the relay.
    var heard: Int?
    /// The record is on disk; only the PRACK is missing.
    var isStored = false
}

/// Whose early dialog it is.
struct EarlyOwner: Sendable {
    let call: UInt64
    /// `nil` for the caller's.
    let branch: Int?
}

extension CallTable {
    /// Makes the early dialog with the caller, if there is none.
    mutating func openEarly(_ call: Call, _ incoming: Call.Incoming, _ desk: inout Desk) {
        guard earlyCalls[call.serial] == nil else { return }
        // §3: between 1 and 2³¹-1.
        let rseq = UInt32(truncatingIfNeeded: desk.entropy.next() & 0x3FFF_FFFF) + 1
        earlyCalls[call.serial] = EarlyCall(dialog: incoming.dialog, rseq: rseq)
        earlyDialogs[DialogKey(incoming.dialog)] = EarlyOwner(call: call.serial, branch: nil)
    }

    /// Forgets the early dialog with a phone that rings no longer. If it was heard, nothing goes to it or comes from it any
    /// more.
    mutating func leaveEarly(_ serial: UInt64, _ branch: Branch, _ index: Int, _ desk: inout Desk) {
        guard !earlyCalls.isEmpty, let phone = earlyCalls[serial]?.phones.removeValue(forKey: index)
        else { return }
        earlyDialogs[DialogKey(phone.dialog)] = nil
        guard earlyCalls[serial]?.heard == index, let media = phone.media,
            let end = Leg(branch.party, branch.flow, phone.dialog, media, at: desk.now).relayEnd
        else { return }
        earlyCalls[serial]?.relay = .stale
        earlyCalls[serial]?.heard = nil
        desk.turn.actions.append(.media(.update(RelayID(rawValue: serial), Side.callee.relay, end.left().early())))
    }

    /// A phone answered: one that was heard before and is another goes silent now, not when the record is on disk.
    mutating func silenceOthers(_ serial: UInt64, than callee: Leg, _ desk: inout Desk) {
        guard !earlyCalls.isEmpty, let early = earlyCalls[serial], let index = early.heard,
            let phone = early.phones[index], DialogKey(phone.dialog) != DialogKey(callee.dialog),
            case .ringing(let ringing)? = self[serial]?.phase
        else { return }
        leaveEarly(serial, ringing.branches[index], index, &desk)
    }

    /// Forgets what was early about a call, and closes what only that had opened.
    @discardableResult
    mutating func closeEarly(_ serial: UInt64, keepingRelay: Bool, _ desk: inout Desk) -> EarlyCall? {
        guard !earlyCalls.isEmpty, let early = earlyCalls.removeValue(forKey: serial) else {
            return nil
        }
        earlyDialogs[DialogKey(early.dialog)] = nil
        for phone in early.phones.values { earlyDialogs[DialogKey(phone.dialog)] = nil }
        if !keepingRelay { closeRelay(serial, &desk) }
        return early
    }
}

extension Message {
    /// Whether the caller can acknowledge provisional responses, or insists on it (RFC 3262 §3).
    var knowsReliability: Bool { wantsReliability || hasOption(.supported, "100rel") }

    var wantsReliability: Bool { hasOption(.require, "100rel") }
}
