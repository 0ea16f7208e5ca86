// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What lets a program work with the API of the portal: a role, an end, and no person.
public struct APIToken: Hashable, Sendable, Codable {
    public let name: ShortName
    /// SHA-256 of what the program shows. That itself is kept nowhere.
    public let hash: [UInt8]
    public let role: Role
    /// Names of the only commands that it may give; empty for all that its role may and nobody has to prove.
    public let commands: [String]
    /// Who made it, as the journal names them.
    public let issuedBy: String
    public let since: WallTime
    public let until: WallTime

    public init(
        name: ShortName,
        hash: [UInt8],
        role: Role,
        commands: [String],
        issuedBy: String,
        since: WallTime,
        until: WallTime
    ) {
        (self.name, self.hash, self.role, self.commands) = (name, hash, role, commands)
        (self.issuedBy, self.since, self.until) = (issuedBy, since, until)
    }
}
