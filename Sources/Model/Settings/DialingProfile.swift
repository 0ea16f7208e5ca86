// SPDX-License-Identifier: Apache-2.0

/// Rights of some extensions instead of those of the business, under a name such as `sales`.
public struct DialingProfile: Hashable, Sendable, Codable {
    public let name: PickupGroup
    public var rights: DialingRights
    public var extensions: Set<ExtensionNumber>

    /// - Parameter name: Of the same letters as that of a pick-up group.
    public init(name: PickupGroup, rights: DialingRights, extensions: Set<ExtensionNumber> = []) {
        (self.name, self.rights, self.extensions) = (name, rights, extensions)
    }
}
