// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// Where something that was noticed came from.
public enum EventSource: Hashable, Sendable {
    /// One address, without port.
    case address(IPAddress)
    /// The /64 of an IPv6 address: one host owns all of it.
    case network(BanSource)
    /// A socket of ours: `192.0.2.1:5061`.
    case socket(String)
    /// Somebody with an account of this machine, or the system itself.
    case machine
    /// More sources than are told apart.
    case many

    public init(_ source: BanSource) {
        self = source.address.isIPv4 ? .address(source.address) : .network(source)
    }

    /// Reads what ``description`` writes.
    public init(parsing text: String) {
        self =
            switch text {
            case "this machine": .machine
            case "many": .many
            default:
                IPAddress(parsing: text).map(Self.address) ?? BanSource(parsing: text).map(Self.network)
                    ?? .socket(text)
            }
    }
}

extension EventSource: CustomStringConvertible {
    public var description: String {
        switch self {
        case .address(let address): address.description
        case .network(let source): source.description
        case .socket(let text): text
        case .machine: "this machine"
        case .many: "many"
        }
    }
}

extension EventSource: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension EventSource: Codable {
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("where an event came from", Self.init(parsing:))
    }

    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}
