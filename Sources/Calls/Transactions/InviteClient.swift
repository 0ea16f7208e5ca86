// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives
import SIP

/// An INVITE of ours on its way.
struct InviteClient: Sendable {
    enum Purpose: Sendable {
        /// Rings one phone of the callee, which takes the proof that it may; for a provider the proof that it may leave too.
        case branch(Int, Placement, TrunkPermit?)
        /// Tries the way to help.
        case helpTrial
        /// Passes a change of media on to the phone of this dialog.
        case change(DialogKey)
        /// Keeps the session of this dialog alive (RFC 4028 §7.4).
        case refresh(DialogKey)
        /// Tells the phone of this dialog of a new partner.
        case introduction(DialogKey)

        /// The dialog that it is in; `nil` for one that may make some. A dialog moves from call to call, and another may
        /// take its place in one.
        var dialog: DialogKey? {
            switch self {
            case .branch, .helpTrial: nil
            case .change(let dialog), .refresh(let dialog), .introduction(let dialog): dialog
            }
        }
    }

    /// What does not change while it is on its way, behind one reference.
    private final class Sent: Sendable {
        let call: UInt64
        let purpose: Purpose
        let flow: Flow
        let request: Message

        init(call: UInt64, purpose: Purpose, flow: Flow, request: Message) {
            (self.call, self.purpose, self.flow, self.request) = (call, purpose, flow, request)
        }
    }

    private let sent: Sent
    let since: MonotonicTime
    /// What let it leave by a trunk.
    var permit: TrunkPermit? { if case .branch(_, _, let permit) = purpose { permit } else { nil } }
    var transaction: InviteClientTransaction
    /// A CANCEL may only follow a provisional response (§9.1).
    var isProceeding = false
    var isCancelWanted = false
    /// Why it is cancelled, for the phone (RFC 3326).
    var cancelReason: StaticString?
    /// The ACK of the 2xx that was taken, by its To tag; said again when that 2xx is.
    var acknowledged: (tag: [UInt8], bytes: [UInt8])?
    /// How many 2xx came, each of a dialog of its own.
    var answers = 0
    /// Whether it has its final answer.
    var isFinished = false
    /// Whether it is to be forgotten as soon as its end is dealt with.
    var isOver = false

    var keptBytes: Int { request.bytes.count + (acknowledged?.bytes.count ?? 0) }

    var call: UInt64 { sent.call }
    var purpose: Purpose { sent.purpose }
    var flow: Flow { sent.flow }
    var request: Message { sent.request }
    /// Of the INVITE; its ACK carries the same.
    var sequence: UInt32 { (try? request.cseq().number) ?? 1 }

    init(
        call: UInt64,
        purpose: Purpose,
        flow: Flow,
        request: Message,
        transaction: InviteClientTransaction,
        at now: MonotonicTime
    ) {
        sent = Sent(call: call, purpose: purpose, flow: flow, request: request)
        self.transaction = transaction
        since = now
    }
}
