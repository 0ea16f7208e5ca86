// SPDX-License-Identifier: Apache-2.0

import Primitives
import SIP

/// The branch of a request of ours, by which its responses are known (RFC 3261 §17.1.3). 128 random bits.
struct BranchKey: Hashable, Sendable {
    private static let cookie = "z9hG4bK"
    private let high: UInt64
    private let low: UInt64

    init(using entropy: Entropy) {
        (high, low) = (entropy.next(), entropy.next())
    }

    /// `nil` for a branch that cannot be one of ours.
    init?(_ response: Message) {
        guard let via = try? response.topVia(), let branch = via.branch, branch.count == Self.cookie.utf8.count + 32
        else { return nil }
        let bytes = response.bytes(branch)
        guard bytes.starts(with: Self.cookie.utf8) else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for byte in bytes.dropFirst(Self.cookie.utf8.count) {
            // Only as we write it: digits and lower case.
            guard let digit = Hex.value(byte), byte | 0x20 == byte else { return nil }
            words = (words.0 << 4 | words.1 >> 60, words.1 << 4 | UInt64(digit))
        }
        (high, low) = words
    }

    func write(into value: inout ValueWriter) {
        value.append(Self.cookie)
        value.append(hexadecimal: high)
        value.append(hexadecimal: low)
    }
}

/// An INVITE of ours on its way.
struct InviteClient: Sendable {
    enum Purpose: Sendable {
        /// Rings one phone of the callee.
        case branch(Int)
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
            case .branch: nil
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
    /// Whether a 2xx came.
    var isFinished = false

    var keptBytes: Int { request.bytes.count + (acknowledged?.bytes.count ?? 0) }

    var call: UInt64 { sent.call }
    var purpose: Purpose { sent.purpose }
    var flow: Flow { sent.flow }
    var request: Message { sent.request }

    init(
        call: UInt64,
        purpose: Purpose,
        flow: Flow,
        request: Message,
        transaction: InviteClientTransaction
    ) {
        sent = Sent(call: call, purpose: purpose, flow: flow, request: request)
        self.transaction = transaction
    }
}

/// Another request of ours on its way.
struct RequestClient: Sendable {
    enum Purpose: Sendable {
        /// Whatever the answer is, nothing depends on it.
        case farewell
        /// The PRACK for a phone that rings: of this call, and its branch.
        case acknowledgement(call: UInt64, branch: Int)
        /// The BYE of this dialog.
        case goodbye(DialogKey)
        /// Asks a silent phone whether it is still there.
        case probe(DialogKey)
        /// Tells a subscriber something.
        case notification(UInt64)
        /// Keeps the session of this dialog alive by UPDATE (RFC 4028 §7.4).
        case refresh(DialogKey)

        /// The dialog that its answer says something about.
        var dialog: DialogKey? {
            switch self {
            case .farewell, .acknowledgement, .goodbye, .notification: nil
            case .probe(let dialog), .refresh(let dialog): dialog
            }
        }
    }

    let purpose: Purpose
    let method: Method
    let flow: Flow
    var transaction: NonInviteClientTransaction

    var keptBytes: Int { transaction.keptBytes }
}
