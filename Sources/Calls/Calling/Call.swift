// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives
import SIP

/// The two ends of a call, as the business sees them.
enum Side: Hashable, Sendable {
    case caller, callee

    var other: Side { self == .caller ? .callee : .caller }
    var relay: RelaySide { self == .caller ? .a : .b }
}

/// Who a leg belongs to. Never changes; a class, because a leg is passed on often and should cost one reference, not four.
final class Party: Sendable {
    /// By what their calls are found: the user name of a phone, or what ``key(of:)`` makes of a trunk.
    let username: String
    let participant: Participant
    /// `nil` for whom no phone of ours stands.
    let device: DeviceID?
    /// Over which they are reached; `nil` for a phone of ours.
    let trunk: TrunkName?
    /// Where the audio of that trunk comes from; empty for a phone of ours, and where nobody has said so.
    let mediaPrefixes: [IPPrefix]
    let name: String
    /// Wants to stay unknown to the other side (RFC 3323).
    let isPrivate: Bool

    init(_ device: Device, _ subscriber: Extension, isPrivate: Bool = false) {
        (username, self.device, participant) = (device.username, device.id, .extension(device.number))
        (name, self.isPrivate, trunk, mediaPrefixes) = (subscriber.name, isPrivate, nil, [])
    }

    /// Somebody outside.
    init(_ participant: Participant, over trunk: Trunk, name: String, isPrivate: Bool = false) {
        (username, device, self.participant) = (Self.key(of: trunk.name), nil, participant)
        (self.trunk, mediaPrefixes) = (trunk.name, trunk.mediaPrefixes)
        (self.name, self.isPrivate) = (name, isPrivate)
    }

    /// Who is no phone and no trunk.
    init(_ participant: Participant, name: String, username: String) {
        (self.username, device, self.participant) = (username, nil, participant)
        (self.name, isPrivate, trunk, mediaPrefixes) = (name, false, nil, [])
    }

    /// The same, unknown to the other side.
    var hidden: Party { Party(hiding: self) }

    private init(hiding other: Party) {
        (username, device, participant) = (other.username, other.device, other.participant)
        (trunk, mediaPrefixes, name, isPrivate) = (other.trunk, other.mediaPrefixes, other.name, true)
    }

    /// `nil` for whom no extension stands.
    var number: ExtensionNumber? { participant.number }

    /// No phone has such a user name, because of the space.
    static func key(of trunk: TrunkName) -> String { "trunk \(trunk.text)" }
}

/// One call: two dialogs that know nothing of each other, and what ties them together (RFC 7092, a signalling and media
/// back-to-back user agent).
struct Call: Sendable {
    /// What a call is doing. Each case holds what is true only then.
    enum Phase: Sendable {
        case ringing(Ringing)
        /// A phone answered; the caller hears of it when the record is on disk.
        case answering(Answering)
        /// The call will not be; the caller hears of it when the record is on disk.
        case refusing(Refusing)
        case talking(Conversation)
    }

    struct Ringing: Sendable {
        var branches: [Branch] = []
        var giveUp: MonotonicTime
        var isAnnounced = false
        /// Whether the next phone that rings is announced though one was before: the call rings elsewhere now.
        var isAnnouncedAgain = false
        /// Where it was sent by phones (RFC 3261 §21.3), by settings and by groups, in order.
        var forwards: [Placement] = []
        /// Trunks that did not take the location of who calls for help.
        var withoutLocation: Set<TrunkName> = []
        /// Why it did not go on by the next trunk after one had failed.
        var refusedTry: Refused?
        /// Why it did not go where a phone sent it.
        var refusedForward: Refused?
    }

    struct Answering: Sendable {
        var callee: Endpoint
        let ticket: Ticket
        let giveUp: MonotonicTime
    }

    struct Refusing: Sendable {
        let refused: Refused
        let ticket: Ticket
        let giveUp: MonotonicTime
        /// When the caller may hear of it, once it is on disk.
        let toldFrom: MonotonicTime
        var isStored = false
    }

    struct Conversation: Sendable {
        var caller: Endpoint
        var callee: Endpoint
        /// A change of media that one side asked for and the other has not answered yet.
        var change: Change?
    }

    /// Why there is a call.
    enum Origin: Sendable {
        /// A phone called.
        case asked(Incoming)
        /// A phone that is in another call transferred its partner.
        case transfer(Standing)
        /// An operator has an extension place it.
        case clicked(Click)
    }

    /// The caller's INVITE; what we answer is written from it. Never changes; a class for the same reason as ``Party``.
    final class Incoming: Sendable {
        let request: Message
        let transaction: UInt64
        let flow: Flow
        /// Our tag towards the caller.
        let tag: String
        /// The dialog that the first response but 100 makes.
        let dialog: Dialog
        /// `nil` when the caller wants us to offer (§13.2.1).
        let offer: SessionDescription?
        /// Where the audio of a provider that encrypts nothing will come to; `nil` for everybody else.
        let plain: Negotiation?

        init(
            request: Message,
            transaction: UInt64,
            flow: Flow,
            tag: String,
            dialog: Dialog,
            offer: SessionDescription?,
            plain: Negotiation?
        ) {
            (self.request, self.transaction, self.flow) = (request, transaction, flow)
            (self.tag, self.dialog, self.offer, self.plain) = (tag, dialog, offer, plain)
        }
    }

    /// The call that is transferred.
    struct Standing: Sendable {
        let call: UInt64
        /// What the phone that is transferred can do.
        let audio: AudioDescription?
        /// Who transfers it.
        let referrer: Party
    }

    /// A call whose caller is called first.
    struct Click: Sendable {
        /// As if it was dialled at the phone.
        let dialled: String
        /// Whom the phones show while they ring.
        let target: Party
        /// The phone that picked up; `nil` while they ring.
        var leg: Leg?
        /// The first branch of whom it calls.
        var firstBranch = 0
    }

    let serial: UInt64
    var record: CallRecord
    /// When what the record tells of began.
    var begun: Moment
    /// Who the called phone talks to.
    var caller: Party
    var origin: Origin
    /// What lets it be; `nil` for one that is refused.
    var grounds: Grounds?
    /// How many transfers led here (row S20).
    var hops = 0
    var phase: Phase
    /// Set while it has a relay, also before the answer: the mark under which it was opened.
    var relayed: RelayMark?
    /// The earliest moment this call is in the deadline queue for; later ones need no entry of their own.
    var wake: MonotonicTime?
    /// When audio that moves to and fro was last reported.
    var foreignMediaToldAt: MonotonicTime?

    /// The user names of the devices that take part.
    var usernames: [String] {
        switch phase {
        case .ringing, .refusing: [caller.username]
        case .answering(let answering): Self.names(caller.username, answering.callee.username)
        case .talking(let conversation): Self.names(conversation.caller.username, conversation.callee.username)
        }
    }

    /// In one allocation: calls end often.
    private static func names(_ one: String?, _ other: String?) -> [String] {
        guard let one else { return other.map { [$0] } ?? [] }
        return other.map { [one, $0] } ?? [one]
    }

    /// `nil` where no phone dialled.
    var incoming: Incoming? {
        switch origin {
        case .asked(let incoming): incoming
        case .transfer, .clicked: nil
        }
    }

    /// What the side that is not called can do; `nil` when it left the offer to us.
    var audio: AudioDescription? {
        switch origin {
        case .asked(let incoming): incoming.offer?.audio
        case .transfer(let standing): standing.audio
        case .clicked(let click): click.leg?.media.remote
        }
    }

    /// Whom it was placed to.
    var callee: ExtensionNumber? { grounds?.placement.target.number }

    var relay: RelayID { RelayID(rawValue: serial) }

    /// The time of day for the record: as long after its begin as it really is, whatever somebody did to the clock meanwhile.
    func time(at now: Moment) -> WallTime { begun.wall + (now.monotonic - begun.monotonic) }
}

/// One phone that rings for a call, or one trunk that it leaves by.
struct Branch: Sendable {
    /// Another one once a provider has asked who we are.
    var key: BranchKey
    /// What lets it ring.
    let placement: Placement
    /// What lets it leave; `nil` for a phone.
    var permit: TrunkPermit?
    let party: Party
    let flow: Flow
    /// What it was offered.
    let media: Negotiation
    /// Whether a provider was told where the caller is.
    var hasLocation = false
    /// The final status it gave, other than 2xx; `nil` while it rings.
    var status: Int?
    /// Whether that was a 3xx that was followed: then it says nothing about the person.
    var isForwarded = false
}

/// One side of an answered call.
struct Leg: Sendable {
    let party: Party
    /// `nil` while the phone's connection is gone.
    var flow: Flow?
    /// Whether its signalling is encrypted. It stays so: it carries the keys of the audio (RFC 4568 §7).
    let isEncrypted: Bool
    /// Where the phone's signalling comes from; its media is looked for there first.
    var source: IPAddress
    var dialog: Dialog
    var media: Negotiation
    /// A 2xx of ours that the phone has not acknowledged.
    var unacknowledged: Unacknowledged?
    var liveness: Liveness
    /// `nil` while nobody asked for one (RFC 4028).
    var session: SessionTimer?
    /// Whether an INVITE of ours inside this dialog waits for its answer; the phone's own is refused until then (§14.2).
    var isAsked = false
    /// Set while the phone has to be told of a new partner.
    var introduction: Introduction?
    /// When the call ends if it has not been told by then.
    var introduceBy: MonotonicTime?
    /// The INVITE that tells it; what is answered to an earlier one is about somebody else.
    var introducing: BranchKey?
    /// The phone has hung up; somebody else will take its place, or the call ends.
    var hasLeft = false
    /// Whether a REFER came in this dialog before.
    var hasReferred = false
    /// What let it leave by a trunk, and since when it costs; `nil` for a phone and for who called in.
    var permit: TrunkPermit?
    var since: MonotonicTime?
}

/// A 2xx is repeated until it is acknowledged, over every transport (§13.3.1.4).
struct Unacknowledged: Sendable {
    let bytes: [UInt8]
    /// Of the INVITE; its ACK carries the same.
    let sequence: UInt32
    /// Whether the ACK brings the answer to our offer.
    let expectsAnswer: Bool
    /// Whether it answers a re-INVITE.
    let isChange: Bool
    var next: MonotonicTime
    var interval: Duration
    let giveUp: MonotonicTime
}

/// When a leg was last known to live.
struct Liveness: Sendable {
    var heard: MonotonicTime
    var isProbing = false
    /// Set while the phone's connection is gone.
    var lost: MonotonicTime?
    var report = LegReportSummary()
    /// How often its audio came from elsewhere lately.
    var moves = MoveWatch()
}

/// A request of a phone that changes its side of a call, and how it is answered.
struct Asked: Sendable {
    enum Kind: Sendable {
        /// A re-INVITE, with its transaction. Its 2xx is repeated until the ACK comes.
        case invite(UInt64)
        /// An UPDATE (RFC 3311). Answered once.
        case update
    }

    let request: Message
    let owner: DialogOwner
    let flow: Flow
    let kind: Kind
    /// What the 2xx says about the session timer.
    let session: SessionTimer?
}

/// A change from one side, offered to the other.
struct Change: Sendable {
    let asked: Asked
    let offer: SessionDescription
    let proposed: Negotiation
    let key: BranchKey
}
