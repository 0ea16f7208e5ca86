// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Whether a business may call outside yet: not before somebody has seen to what attackers try first.
public enum GoLiveRules {
    /// Why no call leaves by a trunk; `nil` when calls do. Calls for help are not asked about.
    public static func refusal(in settings: OutsideSettings, at now: WallTime) -> CallRefusal? {
        let missing = settings.goLive.missing(at: now)
        guard !missing.isEmpty else { return nil }
        let words = missing.map(\.words).joined(separator: "; ")
        return CallRefusal(status: 403, control: .noDefaults, reason: "before the first call outside: \(words)")
    }

    /// Why somebody's word is not taken that a duty is done; `nil` when it is.
    ///
    /// - Parameter ownersWithCodes: Owners who sign in with a second factor.
    public static func refusal(ofConfirming duty: GoLive.Duty, ownersWithCodes: Int) -> Refusal? {
        guard duty == .secondFactor, ownersWithCodes == 0 else { return nil }
        return Refusal(
            .noDefaults,
            problem: "That is not so.",
            reason: "no owner signs in to the portal with a second factor",
            remedy: "invite one: ringfence operator invite NAME --role owner"
        )
    }
}

extension GoLive.Duty {
    /// What is to be done, as the end of a sentence.
    public var words: String {
        switch self {
        case .secondFactor: "an owner signs in with a second factor"
        case .defaults: "telephones and mailboxes have no password or PIN that they came with"
        case .firewall: "the firewall is closed but for what is needed"
        case .alerts: "an alert has reached a person"
        }
    }
}
