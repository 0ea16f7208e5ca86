// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// The conference rooms of the business.
public struct ListRooms: Command {
    public static let name = "room.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [RoomReport] {
        let rooms = administrator.store.snapshot.outside.routing.rooms
        return rooms.values.sorted { $0.name < $1.name }.map { RoomReport(room: $0) }
    }
}

/// Makes a conference room, or changes one: what is not named stays.
public struct PutRoom: Command {
    public static let name = "room.add"
    /// It shows a PIN, as whoever enrols phones may see one.
    public static let rights: [Right] = [.changeNumbers, .enrolPhones]

    /// As typed, and so are the others.
    public let room: String
    /// Whether it has to be there already.
    public let isChange: Bool
    public var number: String?
    /// `none` for none.
    public var moderator: String?
    public var members: Int?
    public var isOpenOutside: Bool?
    /// One that was chosen.
    public var pin: DeliveredSecret?
    /// Whether it gets a new PIN, which is made where none was chosen. A new room always does.
    public var renewsPIN = false

    public init(room: String, isChange: Bool = false) { (self.room, self.isChange) = (room, isChange) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(room: "-", isChange: true) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RoomReport {
        let (_, draft) = try read(in: administrator)
        let isNewPIN = renewsPIN || pin != nil || !isChange
        let digits = isNewPIN ? try self.digits(for: draft.number, in: administrator) : nil
        var hash: Redacted<String>?
        if let digits { hash = try await administrator.engine.hash(pin: digits) }
        // Others may have changed it while the PIN was hashed.
        var (old, new) = try read(in: administrator)
        if let hash { (new.pin, new.pinSince) = (hash, administrator.now()) }
        guard new != old || hash != nil else { throw .roomIsSo(new.name) }
        let what = (old == nil ? "was made" : "was changed") + (hash == nil ? "" : ", with a new PIN")
        try await administrator.change(
            [.outside(.route(.putRoom(new)))],
            [caller.draft(Self.name, new.name.text, JournalDetail.of(old, became: new))],
            notice: "Room \(new.name) \(what), by \(caller.name)"
        )
        return RoomReport(room: new, pin: pin == nil ? digits.map(DeliveredSecret.init) : nil)
    }

    /// - Returns: What is there, and what it becomes but for the PIN.
    private func read(
        in administrator: isolated Administrator
    ) throws(Refusal) -> (old: ConferenceRoom?, new: ConferenceRoom) {
        let rooms = administrator.store.snapshot.outside.routing.rooms
        guard let name = ShortName(parsing: room) else { throw .badRoomName(room) }
        let old = rooms[name]
        guard isChange == (old != nil) else { throw isChange ? .noRoom(room) : .roomExists(name) }
        guard old != nil || rooms.count < Model.Limits.conferenceRooms else { throw .tooManyRooms }
        let asked = try number.map { text throws(Refusal) in try administrator.freeNumber(text, of: "room \(name)") }
        guard let number = asked ?? old?.number else { throw .roomWithoutNumber(name) }
        let now = administrator.now()
        var new = old ?? ConferenceRoom(name: name, number: number, since: now, createdAt: now)
        new.number = number
        if let isOpenOutside { new.isOpenOutside = isOpenOutside }
        if let members {
            guard Model.Limits.roomMembers.contains(members) else { throw .badRoomMembers }
            new.members = members
        }
        if let moderator { new.moderator = moderator == "none" ? nil : try administrator.find(moderator).number }
        return (old, new)
    }

    private func digits(
        for number: ExtensionNumber,
        in administrator: isolated Administrator
    ) throws(Refusal) -> Redacted<String> {
        let snapshot = administrator.store.snapshot
        guard let pin = pin?.secret else {
            return PINRules.generate(for: number, in: snapshot, using: administrator.entropy)
        }
        let remedy = "ringfence room set \(Refusal.quoted(room)) --new-pin"
        if let refusal = PINRules.refusal(of: pin, for: number, in: snapshot, remedy: remedy) { throw refusal }
        return pin
    }
}

/// Ends a conference room that no number and no menu leads to. Who is in it hears that it is over.
public struct RemoveRoom: Command {
    public static let name = "room.remove"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed.
    public let room: String

    public init(room: String) { self.room = room }

    public static func harmless(_: ExtensionNumber) -> Self { Self(room: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> RoomReport {
        let outside = administrator.store.snapshot.outside
        guard let old = ShortName(parsing: room).flatMap({ outside.routing.rooms[$0] }) else { throw .noRoom(room) }
        if let (user, remedy) = outside.user(of: .room(old.name)) { throw .roomInUse(old.name, by: user, remedy) }
        try await administrator.change(
            [.outside(.route(.removeRoom(old.name)))],
            [caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: nil))],
            notice: "Room \(old.name) was removed by \(caller.name)"
        )
        return RoomReport(room: old)
    }
}

extension Refusal {
    static func noRoom(_ text: String) -> Self {
        Self(
            problem: "There is no room \(quoted(text)).",
            reason: "nobody has made it, or it was removed",
            remedy: "look which there are: ringfence room list"
        )
    }

    static func roomIsClosed(_ name: ShortName) -> Self {
        Self(
            problem: "No number leads to room \(name).",
            reason: "it is not open to callers from outside",
            remedy: "open it first, if its PIN may be tried from anywhere: ringfence room set \(name) --outside"
        )
    }

    static func roomOfGroup(_ name: ShortName) -> Self {
        Self(
            problem: "No group sends calls to room \(name).",
            reason: "a room is for people who have its PIN, and whoever called a group has none",
            remedy: "send them to somebody: --then extension 101"
        )
    }

    fileprivate static func badRoomName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no name for a room.",
            reason: "a name is 1 to 32 letters, digits and hyphens",
            remedy: "give one like this: ringfence room add board 720"
        )
    }

    fileprivate static func roomExists(_ name: ShortName) -> Self {
        Self(
            problem: "Room \(name) cannot be added.",
            reason: "it is there already",
            remedy: "change it: ringfence room set \(name) --help"
        )
    }

    fileprivate static let tooManyRooms = Self(
        problem: "No more rooms can be added.",
        reason: "a business has at most \(Model.Limits.conferenceRooms) of them",
        remedy: "remove those that are not used any more: ringfence room list"
    )

    fileprivate static func roomWithoutNumber(_ name: ShortName) -> Self {
        Self(
            problem: "Room \(name) cannot be added.",
            reason: "it needs a number that phones dial for it",
            remedy: "give it one that nobody has: ringfence room add \(name) 720"
        )
    }

    fileprivate static let badRoomMembers = Self(
        problem: "A room does not take that many.",
        reason:
            "it takes \(Model.Limits.roomMembers.lowerBound) to \(Model.Limits.roomMembers.upperBound) people at once",
        remedy: "say how many: ringfence room set board --members \(Model.Limits.usualRoomMembers)"
    )

    fileprivate static func roomIsSo(_ name: ShortName) -> Self {
        Self(
            problem: "Room \(name) is as you want it already.",
            reason: "there is nothing to change",
            remedy: "look at it: ringfence room list"
        )
    }

    fileprivate static func roomInUse(_ name: ShortName, by user: String, _ remedy: String) -> Self {
        Self(
            problem: "Room \(name) was not removed.",
            reason: "calls of \(user) go to it",
            remedy: "send them elsewhere first: \(remedy)"
        )
    }
}
