// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import SIP

/// Who or what stands at one end of an answered call. What is done to calls asks here, and need not know who is no phone.
enum Endpoint: Sendable {
    /// A phone, reached over a dialog.
    case phone(Leg)
    /// Somebody outside, reached over a dialog with a provider.
    case trunk(Leg)
    /// The server itself.
    case service(CallService)

    init(_ leg: Leg) { self = leg.party.trunk == nil ? .phone(leg) : .trunk(leg) }

    /// Over which it is reached; `nil` for an end of our own.
    var leg: Leg? {
        switch self {
        case .phone(let leg), .trunk(let leg): leg
        case .service: nil
        }
    }

    var participant: Participant {
        switch self {
        case .phone(let leg), .trunk(let leg): leg.party.participant
        case .service(let service): .service(service)
        }
    }

    /// What the relay has to know; `nil` until both sides have said what they use.
    var media: MediaEnd? {
        switch self {
        case .phone(let leg), .trunk(let leg): leg.relayEnd
        // Who is told that something is done hears that the call stands.
        case .service(let service): service.speaks ? .studio : .echo
        }
    }

    /// How the other end is answered that offered this; `nil` when it left the offer to us.
    func answer(to offer: AudioDescription?) -> (formats: [AudioFormat], packetTime: Int?, direction: MediaDirection) {
        switch self {
        case .phone(let leg), .trunk(let leg):
            (leg.media.formats, leg.media.remote?.packetTime, leg.media.remote?.direction ?? .sendReceive)
        case .service(let service) where service.speaks:
            ((offer?.formats ?? AudioFormat.usual).spokenByStudio, offer?.packetTime, .sendReceive)
        case .service:
            (offer?.formats ?? AudioFormat.usual, offer?.packetTime, .sendReceive)
        }
    }

    /// Of the device there; `nil` for an end of our own.
    var username: String? { leg?.party.username }

    /// What protects its leg; `nil` for an end of our own.
    var protection: LegProtection? { leg?.protection }

    /// Whether it has yet to answer an offer of ours.
    var owesAnswer: Bool { leg?.unacknowledged?.expectsAnswer == true }

    mutating func change(_ change: (inout Leg) -> Void) {
        guard var leg else { return }
        change(&leg)
        self = Endpoint(leg)
    }
}

extension Call.Conversation {
    subscript(side: Side) -> Endpoint {
        get {
            switch side {
            case .caller: caller
            case .callee: callee
            }
        }
        set {
            switch side {
            case .caller: caller = newValue
            case .callee: callee = newValue
            }
        }
    }

    /// Whether it is so at both ends.
    func allSatisfy(_ isSo: (Endpoint) -> Bool) -> Bool { isSo(caller) && isSo(callee) }
}

extension CallTable {
    /// The server answers itself, as a phone would that is picked up.
    mutating func answer(_ serial: UInt64, by service: CallService, _ desk: inout Desk) {
        wait(for: .service(service), by: nil, in: serial, &desk)
    }

    /// Whether a service can take one more call, which is there already. What a phone asks for beyond that is not done.
    func hasRoom(for service: CallService, besides serial: UInt64) -> Bool {
        let others = values.count { $0.serial != serial && $0.service?.isLike(service) == true }
        return others < service.mostCalls
    }
}

extension Call {
    /// The service that it is with, or on its way to.
    fileprivate var service: CallService? {
        let callee: Endpoint? =
            switch phase {
            case .answering(let answering): answering.callee
            case .talking(let conversation): conversation.callee
            case .ringing, .refusing: nil
            }
        if case .service(let service)? = callee { return service }
        if case .service(let service)? = grounds?.placement.target { return service }
        return nil
    }
}

extension CallService {
    /// Calls at once that it answers.
    fileprivate var mostCalls: Int {
        switch self {
        case .echo, .feature, .parking: Limits.callsOfService
        case .messages, .deposit, .menu, .greeting: Limits.callsOfVoice
        case .room: Limits.callsOfRooms
        case .queue: Limits.callsOfQueues
        }
    }

    /// Whether both count towards one limit: all that speak do, but conferences and queues.
    fileprivate func isLike(_ other: CallService) -> Bool {
        switch (self, other) {
        case (.echo, .echo), (.feature, .feature), (.parking, .parking), (.room, .room), (.queue, .queue): true
        case (_, .room), (.room, _), (_, .queue), (.queue, _): false
        case (.messages, _), (.deposit, _), (.menu, _), (.greeting, _): other.speaks
        case (.echo, _), (.feature, _), (.parking, _): false
        }
    }
}
