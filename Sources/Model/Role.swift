// SPDX-License-Identifier: Apache-2.0

/// What an operator is there for. What that lets them do is decided by `Guard.Authoriser`.
public enum Role: Hashable, Sendable {
    /// Everything, and who else may do what.
    case owner
    /// The daily work: extensions, phones, calls, the certificate.
    case administrator
    /// Who is shut out, what was noticed, and what may be done without encryption.
    case security
    /// Who called whom, for the bill.
    case billing
    /// Who is there and who talks, for whoever answers the main number.
    case frontDesk
    /// Looks at everything and changes nothing.
    case auditor
    /// Looks at what belongs to one extension.
    case ownExtension(ExtensionNumber)

    /// The name that the last one begins with.
    public static let ownExtensionName = "own-extension"

    /// - Returns: `nil` unless `text` is the name of a role: `front-desk`, `own-extension:204`.
    public init?(parsing text: some StringProtocol) {
        switch text {
        case "owner": self = .owner
        case "administrator": self = .administrator
        case "security": self = .security
        case "billing": self = .billing
        case "front-desk": self = .frontDesk
        case "auditor": self = .auditor
        default:
            let prefix = Self.ownExtensionName + ":"
            guard text.hasPrefix(prefix), let number = ExtensionNumber(parsing: text.dropFirst(prefix.count)) else {
                return nil
            }
            self = .ownExtension(number)
        }
    }

    /// One of each, the last for `number`.
    public static func all(ownExtension number: ExtensionNumber) -> [Role] {
        [.owner, .administrator, .security, .billing, .frontDesk, .auditor, .ownExtension(number)]
    }
}

extension Role: CustomStringConvertible {
    public var description: String {
        switch self {
        case .owner: "owner"
        case .administrator: "administrator"
        case .security: "security"
        case .billing: "billing"
        case .frontDesk: "front-desk"
        case .auditor: "auditor"
        case .ownExtension(let number): "\(Self.ownExtensionName):\(number)"
        }
    }
}

extension Role: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a role is owner, administrator, … or own-extension:204", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}
