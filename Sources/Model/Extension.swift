// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A number of the business that can be called, with the phones enrolled for it.
public struct Extension: Hashable, Sendable, Codable {
    public let number: ExtensionNumber
    public var name: String
    /// A disabled extension registers no phone, makes no call and takes none.
    public var isEnabled: Bool
    public let createdAt: WallTime

    public init(number: ExtensionNumber, name: String, isEnabled: Bool = true, createdAt: WallTime) {
        (self.number, self.name, self.isEnabled, self.createdAt) = (number, name, isEnabled, createdAt)
    }
}
