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
    /// - Parameters:
    ///   - ownersWithCodes: Owners who sign in with a second factor.
    ///   - channelsThatReach: Channels that hear of the worst, and by which a test reached somebody.
    public static func refusal(
        ofConfirming duty: GoLive.Duty,
        ownersWithCodes: Int,
        channelsThatReach: Int
    ) -> Refusal? {
        switch duty {
        case .secondFactor where ownersWithCodes == 0:
            Refusal(
                .noDefaults,
                problem: "That is not so.",
                reason: "no owner signs in to the portal with a second factor",
                remedy: "invite one: ringfence operator invite NAME --role owner"
            )
        case .alerts where channelsThatReach == 0:
            Refusal(
                .noDefaults,
                problem: "That is not so.",
                reason: "nobody has confirmed that an alert of what is critical reached them",
                remedy: "add a way, test it and give its code: ringfence alert channel add mail"
            )
        case .secondFactor, .alerts, .defaults, .firewall: nil
        }
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
