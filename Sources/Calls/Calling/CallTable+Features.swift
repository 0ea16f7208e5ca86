// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
public import Model
public import Primitives

/// What a phone wants changed by a code, for whoever changes settings.
public struct FeatureAsk: Sendable {
    public let request: FeatureRequest
    /// By its credential.
    public let phone: Device
    public let source: IPAddress
}

/// A call that only says that something is done.
struct Confirmation: Sendable {
    let ends: MonotonicTime
    /// What, for the record.
    let words: String
}

/// Codes by which a phone has something changed. Settings are changed by whoever may, never here: they are asked, and the call is
/// answered when it is stored, for as long as it takes to notice.
extension CallTable {
    /// Lets the server itself take a call.
    mutating func serve(_ service: CallService, _ serial: UInt64, _ desk: inout Desk) {
        guard hasRoom(for: service, besides: serial) else {
            refuse(serial, .busyService, &desk)
            return
        }
        switch service {
        case .echo: answer(serial, by: service, &desk)
        case .feature(let request): ask(request, serial, &desk)
        case .parking: parkHeld(serial, &desk)
        case .messages, .deposit, .menu, .room, .queue, .greeting:
            guard self[serial]?.audio.map({ !$0.formats.spokenByStudio.isEmpty }) ?? true else {
                return refuse(serial, .noCodec, &desk)
            }
            answer(serial, by: service, &desk)
        }
    }

    private mutating func ask(_ request: FeatureRequest, _ serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial], let phone = call.grounds?.placement.payer.device, let incoming = call.incoming
        else {
            refuse(serial, .notDone, &desk)
            return
        }
        let ticket = Ticket(serial: nextSerial())
        asked[ticket] = serial
        let ask = FeatureAsk(request: request, phone: phone, source: incoming.flow.remote.ip)
        desk.turn.actions.append(.change(ask, ticket))
        let giveUp = desk.now.monotonic + Limits.storing
        updateRinging(serial) { $0.giveUp = giveUp }
        schedule(serial, at: giveUp)
    }

    /// It is stored, or may not be.
    mutating func changed(_ ticket: Ticket, _ refusal: CallRefusal?, _ desk: inout Desk) {
        guard let serial = asked.removeValue(forKey: ticket), case .ringing? = self[serial]?.phase else { return }
        if let refusal {
            // Who tries by codes what is open tries it as who dials.
            if let number = self[serial]?.grounds?.placement.payer.number {
                noteRefused(refusal, .forwarded, by: number, &desk)
            }
            refuse(serial, .explained(refusal), &desk)
        } else {
            confirm(serial, "it is done", &desk)
        }
    }

    /// Answers for as long as it takes to notice.
    ///
    /// - Parameter words: What was done, for the record.
    mutating func confirm(_ serial: UInt64, _ words: String, _ desk: inout Desk) {
        guard case .service(let service)? = self[serial]?.grounds?.placement.target else { return }
        confirmations[serial] = Confirmation(ends: desk.now.monotonic + Limits.confirmation, words: words)
        answer(serial, by: service, &desk)
    }

    /// Hangs up on a phone that was told that it is done.
    ///
    /// - Returns: Whether it did.
    mutating func endConfirmation(_ serial: UInt64, _ desk: inout Desk) -> Bool {
        guard !confirmations.isEmpty, let confirmation = confirmations[serial] else { return false }
        guard confirmation.ends <= desk.now.monotonic else {
            schedule(serial, at: confirmation.ends)
            return false
        }
        self.end(serial, because: confirmation.words, &desk)
        return true
    }
}

extension Refused {
    /// With the reason for the person at the phone.
    static func explained(_ refusal: CallRefusal) -> Refused {
        var refused = Refused(refusal)
        refused.warning = .other
        return refused
    }

    fileprivate static let notDone = Refused(
        status: 404,
        outcome: .refused,
        reason: "no extension has the number that was dialled"
    )
}
