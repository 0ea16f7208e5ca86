// SPDX-License-Identifier: Apache-2.0

/// Who or what takes part in a call. Not everybody has an extension.
public enum Participant: Hashable, Sendable {
    case `extension`(ExtensionNumber)
    /// Several of them together: whoever of them takes a call is its callee.
    case group(ShortName)
    /// The server itself.
    case service(CallService)
    /// Somebody reached over a trunk; `nil` for who withholds their number, or gave none that can be one.
    case outside(PhoneNumber?)
    /// The phone system by itself: it tries the way to help.
    case system
    /// Who helps, by the number that the network knows: `112`.
    case emergency(DigitString)

    /// `nil` for whom no extension stands.
    public var number: ExtensionNumber? {
        switch self {
        case .extension(let number): number
        case .group, .service, .outside, .system, .emergency: nil
        }
    }

    /// `nil` for who is inside, or withholds their number.
    public var outsideNumber: PhoneNumber? {
        switch self {
        case .outside(let number): number
        case .extension, .group, .service, .system, .emergency: nil
        }
    }

    /// Whether they are called for help.
    public var isHelp: Bool { if case .emergency = self { true } else { false } }

    /// Whether they are reached over a trunk.
    public var isOutside: Bool {
        switch self {
        case .outside, .emergency: true
        case .extension, .group, .service, .system: false
        }
    }

    /// What is dialled for it, and kept of it: `101`, `group:sales`, `*43`, `menu:main`, `+493012345`, `anonymous`, `system`, `sos:112`.
    public var text: String {
        switch self {
        case .extension(let number): number.text
        case .group(let name): Self.group + name.text
        case .service(let service): service.code
        case .outside(let number): number?.text ?? Self.anonymous
        case .system: Self.itself
        case .emergency(let number): Self.help + number.text
        }
    }

    /// What stands before the name of a group.
    private static let group = "group:"
    private static let anonymous = "anonymous"
    private static let itself = "system"
    /// What stands before a number of help, so that none reads as an extension.
    private static let help = "sos:"

    /// Reads ``text``.
    public init?(parsing text: some StringProtocol) {
        if let service = CallService(parsing: String(text)) {
            self = .service(service)
        } else if let number = ExtensionNumber(parsing: text) {
            self = .extension(number)
        } else if let number = PhoneNumber(parsing: text) {
            self = .outside(number)
        } else if text == Self.anonymous {
            self = .outside(nil)
        } else if text == Self.itself {
            self = .system
        } else if text.hasPrefix(Self.group), let name = ShortName(parsing: text.dropFirst(Self.group.count)) {
            self = .group(name)
        } else if text.hasPrefix(Self.help), let number = DigitString(parsing: text.dropFirst(Self.help.count)) {
            self = .emergency(number)
        } else {
            return nil
        }
    }
}

extension Participant: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let participant = Participant(parsing: text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath,
                    debugDescription: "nobody who can take part in a call"
                )
            )
        }
        self = participant
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension Participant: CustomStringConvertible {
    public var description: String { text }
}
