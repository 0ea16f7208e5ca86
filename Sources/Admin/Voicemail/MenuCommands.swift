// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// The menus of the business.
public struct ListMenus: Command {
    public static let name = "menu.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> [VoiceMenu] {
        administrator.store.snapshot.outside.routing.menus.values.sorted { $0.name < $1.name }
    }
}

/// Makes a menu, or changes one: what is not named stays.
public struct PutMenu: Command {
    public static let name = "menu.add"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so are the others.
    public let menu: String
    /// Whether it has to be there already.
    public let isChange: Bool
    /// What keys lead to: `1=extension 101`; `1=nothing` takes the key away.
    public var keys: [String] = []
    /// `none` for none, and so it is for the voice.
    public var number: String?
    public var dialsExtensions: Bool?
    /// Where who chooses nothing goes.
    public var fallback: String?
    public var voice: String?

    public init(menu: String, isChange: Bool = false) { (self.menu, self.isChange) = (menu, isChange) }

    public static func harmless(_: ExtensionNumber) -> Self { Self(menu: "-", isChange: true) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> VoiceMenu {
        let routing = administrator.store.snapshot.outside.routing
        guard let name = ShortName(parsing: menu) else { throw .badMenuName(menu) }
        let old = routing.menus[name]
        guard isChange == (old != nil) else { throw isChange ? .noMenu(menu) : .menuExists(name) }
        guard old != nil || routing.menus.count < Model.Limits.voiceMenus else { throw .tooManyMenus }
        var new = old ?? VoiceMenu(name: name, createdAt: administrator.now())
        try change(&new, in: administrator)
        guard new != old else { throw .menuIsSo(name) }
        try await administrator.change(
            [.outside(.route(.putMenu(new)))],
            [caller.draft(Self.name, name.text, JournalDetail.of(old, became: new))],
            notice: "Menu \(name) leads to \(new.words), by \(caller.name)"
        )
        return new
    }

    private func change(_ menu: inout VoiceMenu, in administrator: isolated Administrator) throws(Refusal) {
        if let dialsExtensions { menu.dialsExtensions = dialsExtensions }
        if let number {
            menu.number = number == "none" ? nil : try administrator.freeNumber(number, of: "menu \(menu.name)")
        }
        if let voice { menu.voice = voice == "none" ? nil : try administrator.find(voice).number }
        if let fallback { menu.fallback = try administrator.target(fallback, from: menu.name) }
        for text in keys {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let key = MenuKey(parsing: parts[0]) else { throw .badMenuKey(text) }
            menu[key] = parts[1] == "nothing" ? nil : try administrator.target(String(parts[1]), from: menu.name)
        }
    }
}

/// Ends a menu that no number, no group and no other menu leads to.
public struct RemoveMenu: Command {
    public static let name = "menu.remove"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed.
    public let menu: String

    public init(menu: String) { self.menu = menu }

    public static func harmless(_: ExtensionNumber) -> Self { Self(menu: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> VoiceMenu {
        let outside = administrator.store.snapshot.outside
        guard let old = ShortName(parsing: menu).flatMap({ outside.routing.menus[$0] }) else { throw .noMenu(menu) }
        if let (user, remedy) = outside.user(of: .menu(old.name)) { throw .menuInUse(old.name, by: user, remedy) }
        try await administrator.change(
            [.outside(.route(.removeMenu(old.name)))],
            [caller.draft(Self.name, old.name.text, JournalDetail.of(old, became: nil))],
            notice: "Menu \(old.name) was removed by \(caller.name)"
        )
        return old
    }
}

extension OutsideSettings {
    /// Who sends calls to a group or a menu, and what sends them elsewhere; `nil` for nobody.
    func user(of place: Destination) -> (name: String, remedy: String)? {
        if let user = numbers.values.sorted(by: { $0.number < $1.number })
            .first(where: { $0.destination == place || $0.closed == place })
        {
            return ("\(user.number)", "ringfence number route \(user.number) --to extension 101")
        }
        let groups = routing.groups.values.sorted { $0.name < $1.name }
        if let user = groups.first(where: { $0.fallback == place }) {
            return ("group \(user.name)", "ringfence group change \(user.name) --then nobody")
        }
        if let user = groups.first(where: { $0.queue?.overflow == .to(place) }) {
            return ("the queue of group \(user.name)", "ringfence queue set \(user.name) --then goodbye")
        }
        let menus = routing.menus.values.sorted { $0.name < $1.name }
        guard let user = menus.first(where: { $0.targets.contains(.to(place)) && .menu($0.name) != place }) else {
            return nil
        }
        let key = user.choices.first { $0.target == .to(place) }?.key
        let option = key.map { "--key \($0.character)=nothing" } ?? "--then goodbye"
        return ("menu \(user.name)", "ringfence menu change \(user.name) \(option)")
    }
}

extension Administrator {
    /// Somewhere a key may lead: `extension 101`, `group sales`, `menu office`, `mailbox 101` or `goodbye`.
    ///
    /// - Parameter name: The menu; `nil` for a queue.
    func target(_ text: String, from name: ShortName?) throws(Refusal) -> VoiceMenu.Target {
        switch VoiceMenu.Target(parsing: text) {
        case .hangUp: return .hangUp
        case .mailbox(let number):
            guard store.snapshot.outside.routing.mailboxes[number] != nil else { throw .menuMailbox(number) }
            return .mailbox(number)
        // It may lead to itself before it is there: so who presses the key hears it again.
        case .to(.menu(let other)) where other == name: return .to(.menu(other))
        case .to, nil:
            guard let place = try destination(text) else { throw .badMenuKey(text) }
            return .to(place)
        }
    }
}

extension VoiceMenu {
    /// For people: `extension 101 by 1, goodbye else`.
    public var words: String {
        let keys = choices.map { "\($0.target.words) by \($0.key.character)" }
        let all = keys + (dialsExtensions ? ["any extension by its number"] : [])
        return (all + ["\(fallback.words) for who chooses nothing"]).joined(separator: ", ")
    }
}

extension VoiceMenu.Target {
    /// For people: `extension 101`.
    public var words: String {
        switch self {
        case .to(let destination): destination.words
        case .mailbox(let number): "the mailbox of extension \(number)"
        case .hangUp: "goodbye"
        }
    }
}

extension Refusal {
    static func noMenu(_ text: String) -> Self {
        Self(
            problem: "There is no menu \(quoted(text)).",
            reason: "nobody has made it, or it was removed",
            remedy: "look which there are: ringfence menu list"
        )
    }

    fileprivate static func badMenuName(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is no name for a menu.",
            reason: "a name is 1 to 32 letters, digits and hyphens",
            remedy: "give one like this: ringfence menu add main --key '1=extension 101'"
        )
    }

    fileprivate static func menuExists(_ name: ShortName) -> Self {
        Self(
            problem: "Menu \(name) cannot be added.",
            reason: "it is there already",
            remedy: "change it: ringfence menu change \(name) --help"
        )
    }

    fileprivate static let tooManyMenus = Self(
        problem: "No more menus can be added.",
        reason: "a business has at most \(Model.Limits.voiceMenus) of them",
        remedy: "remove those that are not used any more: ringfence menu list"
    )

    fileprivate static func menuIsSo(_ name: ShortName) -> Self {
        Self(
            problem: "Menu \(name) is as you want it already.",
            reason: "there is nothing to change",
            remedy: "look at it: ringfence menu show \(name)"
        )
    }

    fileprivate static func badMenuKey(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is nothing that a key can do.",
            reason: "a key is 0 to 9, * or #, and leads to somebody of the business, never to a number outside",
            remedy: "write it like this: --key '1=extension 101' '2=group sales' '3=mailbox 101' '9=goodbye'"
        )
    }

    fileprivate static func menuMailbox(_ number: ExtensionNumber) -> Self {
        Self(
            problem: "No key leads to the mailbox of extension \(number).",
            reason: "it has none",
            remedy: "give it one first: ringfence voicemail box add \(number)"
        )
    }

    fileprivate static func menuInUse(_ name: ShortName, by user: String, _ remedy: String) -> Self {
        Self(
            problem: "Menu \(name) was not removed.",
            reason: "calls of \(user) go to it",
            remedy: "send them elsewhere first: \(remedy)"
        )
    }
}
