// SPDX-License-Identifier: Apache-2.0

/// What a business wants of the control `after-hours`: what happens to outside calls while it is closed.
public struct AfterHoursSettings: Hashable, Sendable, Codable {
    /// What becomes of a call abroad while the business is closed.
    public enum Abroad: String, CaseIterable, Codable, Hashable, Sendable {
        /// It is placed within the smaller budgets.
        case allow
        /// Whoever calls confirms it with their code.
        case confirm
        /// Only who is on the roster places it.
        case roster
    }

    public var abroad: Abroad = .allow
    /// Who may call abroad while the business is closed, when ``abroad`` is ``Abroad/roster``: night shifts, on-call duty.
    public private(set) var roster: Set<ExtensionNumber> = []
    /// Kinds of numbers of which each first call of an extension in 24 hours is told to people.
    public var told: Set<NumberClass> = [.premium, .satellite, .internationalNetwork, .internationalPremium]
    /// Whether the same holds for every call abroad.
    public var tellsAbroad = false

    public init() {}

    /// - Returns: Whether they were taken: not more than ``Limits/namedExtensions``.
    public mutating func setRoster(_ extensions: Set<ExtensionNumber>) -> Bool {
        guard extensions.count <= Limits.namedExtensions else { return false }
        roster = extensions
        return true
    }
}
