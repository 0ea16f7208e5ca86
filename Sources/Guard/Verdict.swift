// SPDX-License-Identifier: Apache-2.0

public import Model

/// What a rule answers: a proof that only the rule can make, or why not.
public enum Verdict<Allowed: Sendable>: Sendable {
    case allowed(Allowed)
    case refused(CallRefusal)
}

extension Verdict {
    func map<Other>(_ change: (Allowed) -> Other) -> Verdict<Other> {
        switch self {
        case .allowed(let value): .allowed(change(value))
        case .refused(let refusal): .refused(refusal)
        }
    }
}

extension Verdict: Equatable where Allowed: Equatable {}

/// Why a call is not placed: what the caller's phone is told, and what the record says.
public struct CallRefusal: Error, Hashable, Sendable {
    /// The final SIP status, 403…488.
    public let status: Int
    /// The practice that says no; `nil` where nobody answers at that number.
    public let control: Control?
    /// For the call record, and for the phone's display: a sentence without quotes or control characters.
    public let reason: String
    /// The number outside that a rule refused, for call patterns; `nil` where it is none.
    public let number: NumberFacts?
    /// Whether only the trunk is full that the call was to leave by: another one may take it.
    public let isOfTrunk: Bool

    /// Where no practice says no: nobody answers there, or it is not so.
    init(_ status: Int, _ reason: String) { self.init(status: status, control: nil, reason: reason) }

    public init(
        status: Int,
        control: Control?,
        reason: String,
        number: NumberFacts? = nil,
        isOfTrunk: Bool = false
    ) {
        (self.status, self.control, self.reason) = (status, control, reason)
        (self.number, self.isOfTrunk) = (number, isOfTrunk)
    }
}
