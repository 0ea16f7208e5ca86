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
        voices[serial]?.end = desk.now.monotonic + Limits.longestConference
        for each in admitted {
            guard let relay = self[each]?.relay else { continue }
            desk.turn.actions.append(.voice(.join(relay, conference.id)))
        }
        for each in admitted { tell(each, .room(.admitted(others: conference.members.count - 1)), &desk) }
        switch entry {
        case .inside: break
        case .waits: tell(serial, .room(.waits), &desk)
        case .full: tell(serial, .room(.full), &desk)
        }
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
        for member in conferences[name]?.end() ?? [] { tell(member, .room(.over), &desk) }
        if conferences[name]?.isEmpty == true { conferences[name] = nil }
    }

    /// Ends calls that are in a room by a PIN which is good no longer, or where they may not be any more.
    mutating func reviewConferences(_ desk: inout Desk) {
        let rooms = desk.snapshot.outside.routing.rooms
        for (serial, voice) in voices.sorted(by: { $0.key < $1.key }) {
            guard case .room(let name) = voice.kind, let caller = self[serial]?.caller.participant else { continue }
            guard rooms[name]?.pinSince == voice.pinSince,
                RoomRules.refusal(ofEntering: name, by: caller, in: desk.snapshot) == nil
            else {
                end(serial, because: "its room has another PIN, is closed to them, or is no more", &desk)
                continue
            }
        }
    }

    /// Whether a call is in a conference room, where what a phone on hold plays is for nobody.
    func isInRoom(_ serial: UInt64) -> Bool {
        if case .room? = voices[serial]?.kind { true } else { false }
    }
}
