// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A telephone number that a provider gave the business: callers outside reach somebody by it, and calls go out under it.
public struct OwnedNumber: Hashable, Sendable, Codable {
    public let number: PhoneNumber
    /// The trunk that it belongs to; `nil` for whichever brings its calls.
    public var trunk: TrunkName?
    /// Who gets its calls; `nil` for nobody: it is only shown by calls that go out.
    public var destination: Destination?
    public let createdAt: WallTime

    public init(number: PhoneNumber, trunk: TrunkName? = nil, destination: Destination?, createdAt: WallTime) {
        (self.number, self.trunk, self.destination, self.createdAt) = (number, trunk, destination, createdAt)
    }
}

/// Where a call goes that came for a number of the business.
public enum Destination: Hashable, Sendable {
    case `extension`(ExtensionNumber)

    /// What is typed for it, and kept of it: `101`.
    public var text: String {
        switch self {
        case .extension(let number): number.text
        }
    }

    /// Reads ``text``.
    public init?(parsing text: some StringProtocol) {
        guard let number = ExtensionNumber(parsing: text) else { return nil }
        self = .extension(number)
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
