// SPDX-License-Identifier: Apache-2.0

public import Model

/// Proof that a call was judged and may be placed: who pays for it, where it goes, and how it is protected.
///
/// Only ``CallRules`` and ``ForwardRules`` make one, and an INVITE that rings takes one, so a leg without the check does
/// not compile. A call keeps it, and asks again when the settings change. A class, because every leg of a call holds it.
public final class Placement: Sendable {
    /// What was judged, so that it can be judged again.
    enum Attempt: Sendable {
        case dialled(CallAttempt)
        case forwarded(ForwardAttempt)
        case service(CallAttempt, CallService)
    }

    private let attempt: Attempt
    /// Whose call it is: the phone that dialled, transferred or forwarded, by its credential.
    public let payer: Device
    public let target: Participant
    /// What the audio has to be.
    public let protection: CallAttempt.Media

    init(_ attempt: Attempt, payer: Device, target: Participant, protection: CallAttempt.Media) {
        (self.attempt, self.payer, self.target, self.protection) = (attempt, payer, target, protection)
    }

    /// Why it would not be given under these settings; `nil` while it stands.
    public func refusal(in snapshot: Snapshot) -> CallRefusal? {
        let verdict =
            switch attempt {
            case .dialled(let attempt): CallRules.decide(attempt, in: snapshot)
            case .forwarded(let attempt): ForwardRules.decide(attempt, in: snapshot)
            case .service(let attempt, let service): CallRules.decide(attempt, to: service, in: snapshot)
            }
        return switch verdict {
        case .allowed: nil
        case .refused(let refusal): refusal
        }
    }
}
