// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Calls in conference rooms: who comes, who goes, and when it is over. Nobody is in one whom the others did not hear coming.
extension CallTable {
    /// Lets somebody in who knows the PIN.
    mutating func enter(_ name: ShortName, _ serial: UInt64, _ desk: inout Desk) {
        guard let call = self[serial], let room = desk.snapshot.outside.routing.rooms[name],
            RoomRules.refusal(ofEntering: name, by: call.caller.participant, in: desk.snapshot) == nil
        else { return end(serial, because: "its room is closed, or is no more", &desk) }
        var conference = conferences[name] ?? Conference(ConferenceID(RelayID(rawValue: nextSerial())))
        let isModerator = RoomRules.isModerator(call.caller.participant, of: room)
        let entry = conference.enter(serial, isModerator: isModerator, room)
        let admitted = entry == .inside ? conference.admit() + [serial] : []
        if !conference.isEmpty { conferences[name] = conference }
        admit(admitted, to: conference, &desk)
        switch entry {
        case .inside: break
        case .waits:
            voices[serial]?.end = desk.now.monotonic + Limits.awaitingModerator
            tell(serial, .room(.waits), &desk)
        case .full: tell(serial, .room(.full), &desk)
        }
    }

    /// Lets calls be heard by the others, who hear them come.
    private mutating func admit(_ calls: [UInt64], to conference: Conference, _ desk: inout Desk) {
        for each in calls {
            voices[each]?.end = desk.now.monotonic + Limits.longestConference
            guard let relay = self[each]?.relay else { continue }
            desk.turn.actions.append(.voice(.join(relay, conference.id)))
        }
        for each in calls { tell(each, .room(.admitted(others: conference.members.count - 1)), &desk) }
    }

    /// A call that was in a room is over.
    mutating func leaveConference(_ serial: UInt64, _ name: ShortName, _ desk: Desk) {
        guard var conference = conferences[name] else { return }
        let endsSoon = conference.leave(serial, at: desk.now.monotonic)
        conferences[name] = conference.isEmpty ? nil : conference
        guard endsSoon, let ends = conference.ends else { return }
        for member in conference.members { schedule(member, at: ends) }
    }

    /// Ends the conference of a call whose moderator has not come back.
    mutating func wakeConference(_ serial: UInt64, _ name: ShortName, _ desk: inout Desk) {
        guard let conference = conferences[name], let ends = conference.ends, conference.members.contains(serial) else {
            return
        }
        guard ends <= desk.now.monotonic else { return schedule(serial, at: ends) }
        let next = ConferenceID(RelayID(rawValue: nextSerial()))
        for member in conferences[name]?.end(next) ?? [] { tell(member, .room(.over), &desk) }
        if conferences[name]?.isEmpty == true { conferences[name] = nil }
    }

    /// Ends calls that are in a room by a PIN which is good no longer, or where they may not be any more.
    mutating func reviewConferences(_ desk: inout Desk) {
        let rooms = desk.snapshot.outside.routing.rooms
        for (serial, voice) in voices.sorted(by: { $0.key < $1.key }) {
            guard case .room(let name) = voice.kind, let caller = self[serial]?.caller.participant else { continue }
            if rooms[name]?.pinSince != voice.pinSince
                || RoomRules.refusal(ofEntering: name, by: caller, in: desk.snapshot) != nil
            {
                end(serial, because: "its room has another PIN, is closed to them, or is no more", &desk)
            }
        }
        for (name, conference) in conferences.sorted(by: { $0.key < $1.key }) {
            guard let room = rooms[name] else { continue }
            var conference = conference
            let admits = conference.review(isNeeded: room.moderator != nil) { serial in
                self[serial].map { RoomRules.isModerator($0.caller.participant, of: room) } == true
            }
            let admitted = admits ? conference.admit() : []
            conferences[name] = conference
            admit(admitted, to: conference, &desk)
        }
    }

    /// Whether a call is in a conference room, where what a phone on hold plays is for nobody.
    func isInRoom(_ serial: UInt64) -> Bool {
        if case .room? = voices[serial]?.kind { true } else { false }
    }
}
