// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// A second factor of an operator that an authenticator keeps the private key of (WebAuthn Level 3 §4, credential record).
public struct Passkey: Hashable, Sendable {
    /// The credential ID: bytes that the authenticator chose.
    public let id: [UInt8]
    /// Whose it is: their name among the operators.
    public let owner: String
    /// By which they know it; each of theirs has another one.
    public let name: ShortName
    /// A point on P-256, x and y of 32 bytes each. No secret.
    public let key: [UInt8]
    /// The signature counter that was seen last; 0 of an authenticator that does not count.
    public let counter: UInt32
    public let since: WallTime
    /// `nil` where it was not used yet.
    public let lastUsed: WallTime?

    public init(
        id: [UInt8],
        owner: String,
        name: ShortName,
        key: [UInt8],
        counter: UInt32,
        since: WallTime,
        lastUsed: WallTime? = nil
    ) {
        (self.id, self.owner, self.name, self.key) = (id, owner, name, key)
        (self.counter, self.since, self.lastUsed) = (counter, since, lastUsed)
    }
}
