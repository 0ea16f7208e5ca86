// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A telephone number that a provider gave the business: callers outside reach somebody by it, and calls go out under it.
public struct OwnedNumber: Hashable, Sendable, Codable {
    public let number: PhoneNumber
    /// The trunk that it belongs to; `nil` for whichever brings its calls.
    public var trunk: TrunkName?
    /// Who gets its calls; `nil` for nobody: it is only shown by calls that go out.
    public var destination: Destination?
    /// Who gets them instead while the business is closed; `nil` for the same.
    public var closed: Destination?
    public let createdAt: WallTime

    public init(
        number: PhoneNumber,
        trunk: TrunkName? = nil,
        destination: Destination?,
        closed: Destination? = nil,
        createdAt: WallTime
    ) {
        (self.number, self.trunk, self.createdAt) = (number, trunk, createdAt)
        (self.destination, self.closed) = (destination, closed)
    }

    /// Who gets a call for it now.
    public func destination(isOpen: Bool) -> Destination? { isOpen ? destination : closed ?? destination }
}

/// Where a call goes that came for a number of the business, or that nobody of a group took.
public enum Destination: Hashable, Sendable {
    case `extension`(ExtensionNumber)
    case group(ShortName)
    case menu(ShortName)
    /// A conference room that is open to callers from outside.
    case room(ShortName)

    private static let groupWord = "group "
    private static let menuWord = "menu "
    private static let roomWord = "room "

    /// What is typed for it, and kept of it: `101`, `group sales`, `menu main`, `room board`.
    public var text: String {
        switch self {
        case .extension(let number): number.text
        case .group(let name): Self.groupWord + name.text
        case .menu(let name): Self.menuWord + name.text
        case .room(let name): Self.roomWord + name.text
        }
    }

    /// The same as somebody who takes part in a call.
    public var participant: Participant {
        switch self {
        case .extension(let number): .extension(number)
        case .group(let name): .group(name)
        case .menu(let name): .service(.menu(name))
        case .room(let name): .service(.room(name))
        }
    }

    /// Reads ``text``.
    public init?(parsing text: some StringProtocol) {
        if let number = ExtensionNumber(parsing: text) {
            self = .extension(number)
        } else if text.hasPrefix(Self.groupWord),
            let name = ShortName(parsing: text.dropFirst(Self.groupWord.count))
        {
            self = .group(name)
        } else if text.hasPrefix(Self.menuWord),
            let name = ShortName(parsing: text.dropFirst(Self.menuWord.count))
        {
            self = .menu(name)
        } else if text.hasPrefix(Self.roomWord),
            let name = ShortName(parsing: text.dropFirst(Self.roomWord.count))
        {
            self = .room(name)
        } else {
            return nil
        }
    }
}

extension Destination: CustomStringConvertible {
    public var description: String { text }
}

extension Destination: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("nobody who can take a call", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }
}
