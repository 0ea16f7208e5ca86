// SPDX-License-Identifier: Apache-2.0

/// What the server answers itself, instead of a phone.
public enum CallService: Hashable, Sendable {
    /// Says back what it hears, so that somebody can hear whether their phone works.
    case echo
    /// Does what a phone wants changed, and confirms it.
    case feature(FeatureRequest)
    /// Parks the call that the phone has on hold in the first free place, and confirms it.
    case parking
    /// Plays the messages of the phone's own extension.
    case messages
    /// Takes a message for an extension.
    case deposit(ExtensionNumber)
    /// Records what callers hear of the phone's own mailbox, or of the menu with this number.
    case greeting(ofMenu: ExtensionNumber?)
    /// Asks by keys where somebody wants to go. No code leads there: the menu has a number of its own, or others lead to it.
    case menu(ShortName)
    /// Lets who knows its PIN talk with all others in a room. No code leads there: the room has a number of its own.
    case room(ShortName)
    /// Lets callers of a group wait until a member takes their call. No code leads there: the group has a number.
    case queue(ShortName)

    /// What a phone dials for it.
    public var code: String {
        switch self {
        case .echo: "*43"
        case .feature(let request): request.code
        case .parking: ParkingPlace.code
        case .messages: "*97"
        case .deposit(let number): Self.depositCode + number.text
        case .greeting(let number): Self.greetingCode + (number?.text ?? "")
        case .menu(let name): Self.menuWord + name.text
        case .room(let name): Self.roomWord + name.text
        case .queue(let name): Self.queueWord + name.text
        }
    }

    /// What stands before the extension that a message is for: `*96101`.
    private static let depositCode = "*96"
    /// Alone, or before the number of a menu: `*98700`.
    private static let greetingCode = "*98"
    /// What stands before the name of a menu, which nobody can dial.
    private static let menuWord = "menu:"
    private static let roomWord = "room:"
    private static let queueWord = "queue:"

    /// Reads ``code``, also of what nobody dials.
    public init?(parsing text: String) {
        if text.hasPrefix(Self.menuWord), let name = ShortName(parsing: text.dropFirst(Self.menuWord.count)) {
            self = .menu(name)
        } else if text.hasPrefix(Self.roomWord), let name = ShortName(parsing: text.dropFirst(Self.roomWord.count)) {
            self = .room(name)
        } else if text.hasPrefix(Self.queueWord), let name = ShortName(parsing: text.dropFirst(Self.queueWord.count)) {
            self = .queue(name)
        } else {
            self.init(dialled: text)
        }
    }

    public init?(dialled: String) {
        guard dialled.utf8.first == UInt8(ascii: "*") else { return nil }
        if dialled == Self.echo.code {
            self = .echo
        } else if dialled == Self.parking.code {
            self = .parking
        } else if dialled == Self.messages.code {
            self = .messages
        } else if dialled.hasPrefix(Self.depositCode),
            let number = ExtensionNumber(parsing: dialled.dropFirst(Self.depositCode.count))
        {
            self = .deposit(number)
        } else if dialled == Self.greetingCode {
            self = .greeting(ofMenu: nil)
        } else if dialled.hasPrefix(Self.greetingCode),
            let number = ExtensionNumber(parsing: dialled.dropFirst(Self.greetingCode.count))
        {
            self = .greeting(ofMenu: number)
        } else if let request = FeatureRequest(dialled: dialled) {
            self = .feature(request)
        } else {
            return nil
        }
    }
}
