// SPDX-License-Identifier: Apache-2.0

public import Model

/// Who may come to the door of a conference room. Behind it is asked for the PIN, of everybody.
public enum RoomRules {
    /// Why somebody does not get there; `nil` where they do.
    ///
    /// - Parameter caller: By their credential, or by a provider's word.
    public static func refusal(
        ofEntering name: ShortName,
        by caller: Participant,
        in snapshot: Snapshot
    ) -> CallRefusal? {
        guard let room = snapshot.outside.routing.rooms[name] else {
            return CallRefusal(status: 480, control: nil, reason: "room \(name) does not exist")
        }
        guard !caller.isOutside || room.isOpenOutside else {
            return CallRefusal(status: 480, control: nil, reason: "room \(name) is not open to callers from outside")
        }
        return nil
    }

    /// What their wrong PINs are counted for.
    public static func door(of room: ConferenceRoom, for caller: Participant) -> PINDoor {
        .room(room.name, by: caller.number)
    }

    /// Whether nobody talks in the room before them.
    public static func isModerator(_ caller: Participant, of room: ConferenceRoom) -> Bool {
        room.moderator.map { caller == .extension($0) } ?? false
    }
}
