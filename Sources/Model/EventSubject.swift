// SPDX-License-Identifier: Apache-2.0

/// Whom something that was noticed is about.
public enum EventSubject: Hashable, Sendable {
    /// A digest user name as somebody claimed it; there need not be such an account. Untrusted: shown as text only.
    case account(String)
    case phone(DeviceID, extension: ExtensionNumber, label: String)
    case `extension`(ExtensionNumber)
    /// As the journal names them: `alice (uid 1001)`.
    case `operator`(String)
    case trunk(TrunkName)

    public init(_ device: Device) { self = .phone(device.id, extension: device.number, label: device.label) }

    /// How it is kept: the kind, then what tells it from others. Nobody can choose a name that reads as another kind.
    public var key: String {
        switch self {
        case .account(let name): "account:\(name)"
        case .phone(let id, let number, let label): "phone:\(id.text):\(number):\(label)"
        case .extension(let number): "extension:\(number)"
        case .operator(let name): "operator:\(name)"
        case .trunk(let name): "trunk:\(name)"
        }
    }

    /// Reads a ``key``, and what older versions kept: a bare text.
    public init(key: String) {
        let parts = key.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        let name = String(key.drop { $0 != ":" }.dropFirst())
        switch parts[0] {
        case "account" where parts.count > 1: self = .account(name)
        case "operator" where parts.count > 1: self = .operator(name)
        case "trunk": self = TrunkName(parsing: name).map(Self.trunk) ?? .account(key)
        case "extension":
            self = ExtensionNumber(parsing: name).map(Self.extension) ?? .account(key)
        case "phone" where parts.count == 4:
            guard let id = DeviceID(parsing: parts[1]), let number = ExtensionNumber(parsing: parts[2]) else {
                self = .account(key)
                return
            }
            self = .phone(id, extension: number, label: parts[3])
        default: self = .account(key)
        }
    }
}

extension EventSubject: CustomStringConvertible {
    /// For people: `'Reception' of extension 204`.
    public var description: String {
        switch self {
        case .account(let name), .operator(let name): name
        case .phone(_, let number, let label): "'\(label)' of extension \(number)"
        case .extension(let number): number.text
        case .trunk(let name): "trunk \(name)"
        }
    }
}
