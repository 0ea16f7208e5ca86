// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// One of the keys of a telephone that a menu may give a meaning to: `0` to `9`, `*` and `#`.
public struct MenuKey: Hashable, Sendable, Comparable {
    public let character: Character

    public init?(_ character: Character) {
        guard "0123456789*#".contains(character) else { return nil }
        self.character = character
    }

    public init?(parsing text: some StringProtocol) {
        guard text.count == 1, let first = text.first else { return nil }
        self.init(first)
    }

    public var isDigit: Bool { character.isNumber }

    /// `1` to `9`, then `0`, then `*` and `#`: as they stand on a telephone.
    public static func < (one: Self, other: Self) -> Bool { one.place < other.place }

    private var place: Int { Array("1234567890*#").firstIndex(of: character) ?? 0 }
}

extension MenuKey: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a key is 0 to 9, * or #", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(String(character)) }
}

/// An automatic attendant, such as `main`: it asks callers by keys where they want to go.
///
/// No choice of it leads outside: there is no value for that.
public struct VoiceMenu: Hashable, Sendable {
    /// Where a key leads.
    public enum Target: Hashable, Sendable {
        case to(Destination)
        /// Straight into the mailbox of an extension.
        case mailbox(ExtensionNumber)
        case hangUp
    }

    public struct Choice: Hashable, Sendable, Codable {
        public let key: MenuKey
        public let target: Target

        public init(_ key: MenuKey, _ target: Target) { (self.key, self.target) = (key, target) }
    }

    public let name: ShortName
    /// What phones of the business dial for it; `nil` where only numbers of the business and other menus lead to it.
    public var number: ExtensionNumber?
    /// In the order of ``MenuKey``, each key once.
    public private(set) var choices: [Choice] = []
    /// Whether callers may also dial any extension.
    public var dialsExtensions: Bool
    /// Where who chooses nothing goes.
    public var fallback: Target
    /// The extension whose phones record what it says; `nil` for none.
    public var voice: ExtensionNumber?
    public let createdAt: WallTime

    public init(
        name: ShortName,
        number: ExtensionNumber? = nil,
        dialsExtensions: Bool = false,
        fallback: Target = .hangUp,
        voice: ExtensionNumber? = nil,
        createdAt: WallTime
    ) {
        (self.name, self.number, self.dialsExtensions) = (name, number, dialsExtensions)
        (self.fallback, self.voice, self.createdAt) = (fallback, voice, createdAt)
    }

    public subscript(key: MenuKey) -> Target? {
        get { choices.first { $0.key == key }?.target }
        set {
            choices.removeAll { $0.key == key }
            if let newValue { choices.append(Choice(key, newValue)) }
            choices.sort { $0.key < $1.key }
        }
    }

    /// Everywhere that it leads, for whoever removes something of that.
    public var targets: [Target] { choices.map(\.target) + [fallback] }

    /// The first people it leads to, of whom the last resort comes first; `nil` where it leads to none.
    public var people: Destination? {
        for case .to(let destination) in [fallback] + choices.map(\.target) {
            switch destination {
            case .extension, .group: return destination
            case .menu, .room: continue
            }
        }
        return nil
    }

    /// The same without keys that lead to a place; who chooses nothing hears goodbye where they went there.
    public func without(_ isGone: (Target) -> Bool) -> Self {
        var menu = self
        menu.choices.removeAll { isGone($0.target) }
        if isGone(menu.fallback) { menu.fallback = .hangUp }
        return menu
    }
}

extension VoiceMenu.Target {
    private static let mailboxWord = "mailbox "
    private static let hangUpWord = "goodbye"

    /// What is typed for it, and kept of it: `101`, `group sales`, `menu office`, `mailbox 101`, `goodbye`.
    public var text: String {
        switch self {
        case .to(let destination): destination.text
        case .mailbox(let number): Self.mailboxWord + number.text
        case .hangUp: Self.hangUpWord
        }
    }

    /// Reads ``text``.
    public init?(parsing text: some StringProtocol) {
        if text == Self.hangUpWord {
            self = .hangUp
        } else if text.hasPrefix(Self.mailboxWord) {
            guard let number = ExtensionNumber(parsing: text.dropFirst(Self.mailboxWord.count)) else { return nil }
            self = .mailbox(number)
        } else if let destination = Destination(parsing: text) {
            self = .to(destination)
        } else {
            return nil
        }
    }

    /// Whether an extension is what it leads to.
    public func isAt(_ number: ExtensionNumber) -> Bool {
        switch self {
        case .to(.extension(number)), .mailbox(number): true
        case .to, .mailbox, .hangUp: false
        }
    }
}

extension VoiceMenu.Target: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("no place that a key of a menu leads to", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}

extension VoiceMenu: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, number, choices, dialsExtensions, fallback, voice, createdAt
    }

    /// What somebody else wrote is as valid as what the functions above make.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try container.decode(ShortName.self, forKey: .name),
            number: try container.decodeIfPresent(ExtensionNumber.self, forKey: .number),
            dialsExtensions: try container.decode(Bool.self, forKey: .dialsExtensions),
            fallback: try container.decode(Target.self, forKey: .fallback),
            voice: try container.decodeIfPresent(ExtensionNumber.self, forKey: .voice),
            createdAt: try container.decode(WallTime.self, forKey: .createdAt)
        )
        for choice in try container.decode([Choice].self, forKey: .choices) { self[choice.key] = choice.target }
    }
}
