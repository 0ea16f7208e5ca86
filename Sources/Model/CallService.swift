// SPDX-License-Identifier: Apache-2.0

/// What the server answers itself, instead of a phone.
public enum CallService: String, Hashable, Sendable, CaseIterable {
    /// Says back what it hears, so that somebody can hear whether their phone works.
    case echo
    /// Confirms what a phone had changed by a code.
    case confirmation

    /// What a phone dials for it.
    public var code: String {
        switch self {
        case .echo: "*43"
        case .confirmation: "*0"
        }
    }

    public init?(dialled: String) {
        guard let service = Self.allCases.first(where: { $0.code == dialled }) else { return nil }
        self = service
    }
}
