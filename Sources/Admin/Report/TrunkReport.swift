// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// A trunk as people see it: what was set, and how it is at this moment. Without its secret.
public struct TrunkReport: Codable, Hashable, Sendable {
    public let trunk: Trunk
    public let hasPassword: Bool
    /// Whether it may be used without encryption at this moment.
    public let isPlain: Bool
    /// `nil` when no server runs, or it says nothing of this trunk.
    public let state: TrunkCondition?

    public init(trunk: Trunk, hasPassword: Bool, isPlain: Bool, state: TrunkCondition?) {
        (self.trunk, self.hasPassword, self.isPlain, self.state) = (trunk, hasPassword, isPlain, state)
    }
}

/// How a trunk is at this moment.
public struct TrunkCondition: Codable, Hashable, Sendable {
    public let name: TrunkName
    /// Whether a call could leave by it now.
    public let isUsable: Bool
    /// In words: `registered`, `connecting`, `the provider does not answer`.
    public let words: String
    /// `198.51.100.7:5061`, while there is a connection.
    public var server: String?
    public var registeredUntil: WallTime?
    /// What went wrong last, in words.
    public var failure: String?
    public var failedAt: WallTime?
    public var tlsVersion: String?
    public var cipher: String?
    /// Milliseconds that the provider took for its last answer.
    public var latency: Int?
    /// Calls over it now.
    public var calls: Int?

    public init(name: TrunkName, isUsable: Bool, words: String) {
        (self.name, self.isUsable, self.words) = (name, isUsable, words)
    }
}
