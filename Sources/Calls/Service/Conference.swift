// SPDX-License-Identifier: Apache-2.0

public import Media
import Model
import Primitives

/// What a studio calls one conference: numbered as relays are, so that those of two businesses differ.
public struct ConferenceID: Hashable, Sendable {
    public let id: RelayID

    public init(_ id: RelayID) { self.id = id }
}

/// Who is in a room, and who waits for its moderator. A value that knows neither calls nor sound; whoever is in it has shown the PIN.
struct Conference: Sendable {
    enum Entry: Hashable, Sendable {
        case inside
        /// Until the moderator is there.
        case waits
        case full
    }

    private(set) var id: ConferenceID
    /// In the order in which they came.
    private(set) var members: [UInt64] = []
    private(set) var waiting: [UInt64] = []
    private var moderators: Set<UInt64> = []
    /// When it is over, because its moderator has left.
    private(set) var ends: MonotonicTime?

    init(_ id: ConferenceID) { self.id = id }

    var isEmpty: Bool { members.isEmpty && waiting.isEmpty }

    /// One place is kept for the moderator: nobody who comes earlier takes it.
    mutating func enter(_ call: UInt64, isModerator: Bool, _ room: ConferenceRoom) -> Entry {
        let kept = room.moderator != nil && moderators.isEmpty && !isModerator ? 1 : 0
        guard members.count + waiting.count + kept < room.members else { return .full }
        if isModerator {
            moderators.insert(call)
            ends = nil
        }
        guard room.moderator == nil || !moderators.isEmpty else {
            waiting.append(call)
            return .waits
        }
        members.append(call)
        return .inside
    }

    /// Somebody may begin: those who waited are in it.
    ///
    /// - Returns: Who waited.
    mutating func admit() -> [UInt64] {
        let admitted = waiting
        members += admitted
        waiting = []
        return admitted
    }

    /// Their call is over.
    ///
    /// - Returns: Whether it was the last moderator, so that it ends in a while.
    mutating func leave(_ call: UInt64, at now: MonotonicTime) -> Bool {
        members.removeAll { $0 == call }
        waiting.removeAll { $0 == call }
        guard moderators.remove(call) != nil, moderators.isEmpty, !members.isEmpty else { return false }
        ends = now + Limits.withoutModerator
        return true
    }

    /// It is over for those who are in it; who waits goes on waiting, for another one.
    ///
    /// - Returns: Who was in it.
    mutating func end(_ next: ConferenceID) -> [UInt64] {
        let out = members
        (members, ends, id) = ([], nil, next)
        return out
    }

    /// The room has another moderator, or none.
    ///
    /// - Parameters:
    ///   - isNeeded: Whether it has one.
    ///   - isModerator: Whether a call is theirs.
    /// - Returns: Whether somebody who waits may come in.
    mutating func review(isNeeded: Bool, isModerator: (UInt64) -> Bool) -> Bool {
        moderators = Set((members + waiting).filter(isModerator))
        if !isNeeded || !moderators.isEmpty { ends = nil }
        return !waiting.isEmpty && (!isNeeded || !moderators.isEmpty)
    }
}
