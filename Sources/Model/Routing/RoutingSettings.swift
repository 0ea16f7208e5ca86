// SPDX-License-Identifier: Apache-2.0

/// Which way calls take inside of the business, and which do not get in.
public struct RoutingSettings: Hashable, Sendable {
    public private(set) var groups: [ShortName: RingGroup] = [:]
    /// Of extensions that have some.
    public private(set) var forwards: [ExtensionNumber: ForwardSettings] = [:]
    /// Of the whole business.
    public private(set) var blocks = BlockList.none
    /// Of extensions that have some.
    public private(set) var ownBlocks: [ExtensionNumber: BlockList] = [:]
    /// Whether somebody overrides the opening hours.
    public private(set) var night = NightMode.automatic
    /// Extensions whose phones may do so by a code.
    public private(set) var nightPhones: Set<ExtensionNumber> = []
    public private(set) var parking = ParkingSettings.usual
    public private(set) var music = MusicSettings.usual
    /// Of the whole business.
    public private(set) var speedDials = SpeedDials.none
    /// Of extensions that have some, which count first.
    public private(set) var ownSpeedDials: [ExtensionNumber: SpeedDials] = [:]
    /// Extensions one phone of which answers by itself when certain others call it so.
    public private(set) var intercoms: [ExtensionNumber: IntercomOpening] = [:]
    public private(set) var mailboxes: [ExtensionNumber: Mailbox] = [:]
    public private(set) var menus: [ShortName: VoiceMenu] = [:]
    public private(set) var rooms: [ShortName: ConferenceRoom] = [:]
    /// Groups by the number that phones dial for them.
    private var numbers: [ExtensionNumber: ShortName] = [:]
    /// Menus by theirs.
    private var menuNumbers: [ExtensionNumber: ShortName] = [:]
    /// Rooms by theirs.
    private var roomNumbers: [ExtensionNumber: ShortName] = [:]
    /// Members of groups for which it counts when they talked last.
    public private(set) var idlers: Set<ExtensionNumber> = []

    public init() {}

    public init(_ changes: [RoutingChange]) {
        for change in changes { take(change) }
        index()
    }

    public func group(numbered number: ExtensionNumber) -> RingGroup? { numbers[number].flatMap { groups[$0] } }

    public func menu(numbered number: ExtensionNumber) -> VoiceMenu? { menuNumbers[number].flatMap { menus[$0] } }

    public func room(numbered number: ExtensionNumber) -> ConferenceRoom? { roomNumbers[number].flatMap { rooms[$0] } }

    /// What has a number inside that is no extension's, for people: `group sales`; `nil` for nobody.
    public func owner(of number: ExtensionNumber) -> String? {
        group(numbered: number).map { "group \($0.name)" } ?? menu(numbered: number).map { "menu \($0.name)" }
            ?? room(numbered: number).map { "room \($0.name)" }
    }

    /// Whether the business is open.
    ///
    /// - Parameter hours: What the opening hours and the holidays say.
    public func isOpen(by hours: Bool) -> Bool {
        switch night {
        case .automatic: hours
        case .open: true
        case .closed: false
        }
    }

    /// What a speed dial stands for at an extension.
    public func target(of key: SpeedDials.Key, at number: ExtensionNumber) -> Forward.Target? {
        ownSpeedDials[number]?[key] ?? speedDials[key]
    }

    /// Whether the limits of the day hold: nobody opens them by the switch, which phones and who may not change limits can turn.
    ///
    /// - Parameter hours: As above.
    public func isDay(by hours: Bool) -> Bool { hours && night != .closed }

    public mutating func apply(_ change: RoutingChange) {
        take(change)
        index()
    }

    private mutating func take(_ change: RoutingChange) {
        switch change {
        case .putGroup(let group): groups[group.name] = group
        case .removeGroup(let name): groups[name] = nil
        case .forward(let number, let settings): forwards[number] = settings == .none ? nil : settings
        case .block(let list, nil): blocks = list
        case .block(let list, let number?): ownBlocks[number] = list == .none ? nil : list
        case .switchNight(let mode): night = mode
        case .letSwitchNight(let numbers): nightPhones = numbers
        case .park(let new): parking = new
        case .playMusic(let new): music = new
        case .speedDial(let dials, nil): speedDials = dials
        case .speedDial(let dials, let number?): ownSpeedDials[number] = dials == .none ? nil : dials
        case .openIntercom(let number, let opening): intercoms[number] = opening
        case .keepMessages(let number, let mailbox): mailboxes[number] = mailbox
        case .putMenu(let menu): menus[menu.name] = menu
        case .removeMenu(let name): menus[name] = nil
        case .putRoom(let room): rooms[room.name] = room
        case .removeRoom(let name): rooms[name] = nil
        }
    }

    private mutating func index() {
        numbers = Dictionary(
            groups.values.compactMap { group in group.number.map { ($0, group.name) } },
            uniquingKeysWith: { one, _ in one }
        )
        menuNumbers = Dictionary(
            menus.values.compactMap { menu in menu.number.map { ($0, menu.name) } },
            uniquingKeysWith: { one, _ in one }
        )
        roomNumbers = Dictionary(rooms.values.map { ($0.number, $0.name) }, uniquingKeysWith: { one, _ in one })
        idlers = Set(groups.values.filter { $0.order == .longestIdle }.flatMap(\.members))
    }
}

/// One change of ``RoutingSettings``.
public enum RoutingChange: Sendable {
    /// Adds a group, or replaces the one with its name.
    case putGroup(RingGroup)
    case removeGroup(ShortName)
    /// Takes the place of what an extension had.
    case forward(ExtensionNumber, ForwardSettings)
    /// Of one extension, or of the business.
    case block(BlockList, of: ExtensionNumber?)
    case switchNight(NightMode)
    /// Takes the place of those before.
    case letSwitchNight(Set<ExtensionNumber>)
    case park(ParkingSettings)
    case playMusic(MusicSettings)
    /// Of one extension, or of the business.
    case speedDial(SpeedDials, of: ExtensionNumber?)
    /// `nil` for nobody.
    case openIntercom(ExtensionNumber, IntercomOpening?)
    /// `nil` for no mailbox.
    case keepMessages(ExtensionNumber, Mailbox?)
    /// Adds a menu, or replaces the one with its name.
    case putMenu(VoiceMenu)
    case removeMenu(ShortName)
    /// Adds a conference room, or replaces the one with its name.
    case putRoom(ConferenceRoom)
    case removeRoom(ShortName)
}
