// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
import Primitives
import Store

/// The numbers of the business.
public struct ListNumbers: Command {
    public static let name = "number.list"
    public static let rights: [Right] = [.seeNumbers]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async -> OwnedNumbers {
        let outside = administrator.store.snapshot.outside
        return OwnedNumbers(
            numbers: outside.numbers.values.sorted { $0.number < $1.number },
            callers: outside.callerNumbers
        )
    }
}

/// Says that a number belongs to the business, and who gets its calls.
public struct AddNumber: Command {
    public static let name = "number.add"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so are the others.
    public let number: String
    /// Who gets its calls; `nil` for nobody.
    public let destination: String?
    /// Who gets them while the business is closed; `nil` for the same.
    public let closed: String?
    /// The trunk that brings them; `nil` for whichever does.
    public let trunk: String?

    public init(number: String, destination: String?, closed: String? = nil, trunk: String? = nil) {
        (self.number, self.destination, self.closed, self.trunk) = (number, destination, closed, trunk)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", destination: nil) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> OwnedNumber {
        let outside = administrator.store.snapshot.outside
        let number = try PhoneNumber(typed: number)
        guard outside.numbers[number] == nil else { throw .numberExists(number) }
        if let refusal = HelpRules.refusal(ofOwning: number, by: DialPlan(outside.dialing)) { throw refusal }
        guard outside.numbers.count < Limits.numbers else { throw .tooManyNumbers() }
        let new = OwnedNumber(
            number: number,
            trunk: try trunk.map { name throws(Refusal) in try administrator.trunk(name).trunk.name },
            destination: try administrator.destination(destination),
            closed: try administrator.destination(closed),
            createdAt: administrator.now()
        )
        try await administrator.own(new, instead: nil, Self.name, by: caller)
        return new
    }
}

/// Says who gets the calls for a number from now on. Those that ring or talk are left alone.
public struct RouteNumber: Command {
    public static let name = "number.route"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed, and so are the others.
    public let number: String
    /// `nil` for nobody.
    public let destination: String?
    /// Who gets them while the business is closed; `nil` for the same.
    public let closed: String?

    public init(number: String, destination: String?, closed: String? = nil) {
        (self.number, self.destination, self.closed) = (number, destination, closed)
    }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-", destination: nil) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> OwnedNumber {
        let old = try administrator.owned(number)
        var new = old
        new.destination = try administrator.destination(destination)
        new.closed = try administrator.destination(closed)
        try await administrator.own(new, instead: old, Self.name, by: caller)
        return new
    }
}

/// Says that a number is no longer the business's own. No call shows it from then on.
public struct RemoveNumber: Command {
    public static let name = "number.remove"
    public static let rights: [Right] = [.changeNumbers]

    /// As typed.
    public let number: String

    public init(number: String) { self.number = number }

    public static func harmless(_: ExtensionNumber) -> Self { Self(number: "-") }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> OwnedNumber {
        let old = try administrator.owned(number)
        let callers = administrator.store.snapshot.outside.callerNumbers
        let rest = callers.without(old.number)
        var (changes, drafts) = (
            [Change.outside(.disown(old.number))],
            [caller.draft(Self.name, old.number.text, JournalDetail.of(old, became: nil))]
        )
        if rest != callers {
            changes.append(.outside(.showCallers(rest)))
            drafts.append(caller.draft(SetCallerNumber.name, "caller numbers", JournalDetail.of(callers, became: rest)))
        }
        let notice = "\(old.number) is no longer a number of the business, by \(caller.name)"
        try await administrator.change(changes, drafts, notice: notice)
        return old
    }
}

extension Administrator {
    func owned(_ text: String) throws(Refusal) -> OwnedNumber {
        let number = try PhoneNumber(typed: text)
        guard let owned = store.snapshot.outside.numbers[number] else { throw .notOwned(number) }
        return owned
    }

    /// Somebody there is, from `extension 101`, `101`, `group sales`, `menu main` or `room board`.
    func destination(_ text: String?) throws(Refusal) -> Destination? {
        guard let text else { return nil }
        let word = "extension "
        guard let destination = Destination(parsing: text.hasPrefix(word) ? String(text.dropFirst(word.count)) : text)
        else { throw .noDestination(text) }
        switch destination {
        case .extension(let number):
            guard store.snapshot.extensions[number] != nil else { throw .noExtension(number) }
        case .group(let name):
            guard store.snapshot.outside.routing.groups[name] != nil else { throw .noGroup(name.text) }
        case .menu(let name):
            guard store.snapshot.outside.routing.menus[name] != nil else { throw .noMenu(name.text) }
        case .room(let name):
            guard let room = store.snapshot.outside.routing.rooms[name] else { throw .noRoom(name.text) }
            guard room.isOpenOutside else { throw .roomIsClosed(name) }
        }
        return destination
    }

    fileprivate func own(
        _ new: OwnedNumber,
        instead old: OwnedNumber?,
        _ action: String,
        by caller: Caller
    ) async throws(Refusal) {
        let closed = new.closed.map { ", and \($0.words) while the business is closed" } ?? ""
        let place = (new.destination.map { "reaches \($0.words)" } ?? "reaches nobody") + closed
        try await change(
            [.outside(.own(new))],
            [caller.draft(action, new.number.text, JournalDetail.of(old, became: new))],
            notice: "\(new.number) \(place), by \(caller.name)"
        )
    }
}

extension Destination {
    /// For people: `extension 101`.
    public var words: String {
        switch self {
        case .extension(let number): "extension \(number)"
        case .group(let name): "group \(name)"
        case .menu(let name): "menu \(name)"
        case .room(let name): "room \(name)"
        }
    }
}

extension PhoneNumber {
    /// - Throws: How a number is written.
    init(typed text: String) throws(Refusal) {
        guard let number = Self(parsing: text) else { throw .noPhoneNumber(text) }
        self = number
    }
}

extension Refusal {
    fileprivate static func noPhoneNumber(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is not a telephone number.",
            reason:
                "it is a plus, the code of the country and the rest, digits only, so that nobody reads it as another",
            remedy: "write it like this: +493012345678"
        )
    }

    fileprivate static func numberExists(_ number: PhoneNumber) -> Self {
        Self(
            problem: "\(number) cannot be added.",
            reason: "it is a number of the business already",
            remedy: "say who gets its calls: ringfence number route \(number) --to extension 101"
        )
    }

    fileprivate static func tooManyNumbers() -> Self {
        Self(
            problem: "No more numbers can be added.",
            reason: "a business has at most \(Limits.numbers) of them",
            remedy: "remove those that are not yours any more: ringfence number list"
        )
    }

    fileprivate static func notOwned(_ number: PhoneNumber) -> Self {
        Self(
            problem: "\(number) is not a number of the business.",
            reason: "nobody has added it, or it was removed, and calls show numbers of your own only",
            remedy: "add it if your provider gave it to you: ringfence number add \(number)"
        )
    }

    fileprivate static func noDestination(_ text: String) -> Self {
        Self(
            problem: "\(quoted(text)) is nobody who can take a call.",
            reason: "calls go to an extension, a ring group, a menu or a conference room",
            remedy: "name one: --to extension 101, --to group sales, --to menu main, or --to room board"
        )
    }
}
