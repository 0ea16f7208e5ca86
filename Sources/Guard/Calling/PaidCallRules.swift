// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// May a call leave the business by a trunk? The only maker of a ``Placement`` outside: whatever caused the call, it is judged
/// here as a new call of a payer who is named, on the canonical number after all rewriting (rule PAID).
public enum PaidCallRules {
    /// What was dialled, in its one form, or why it is none.
    static func decide(
        _ dialled: DialledNumber,
        _ way: DialingWay,
        for attempt: CallAttempt,
        in snapshot: Snapshot,
        at now: WallTime
    ) -> Verdict<Placement> {
        guard snapshot.outside.trunks.values.contains(where: \.trunk.isEnabled) else { return .refused(.noTrunk) }
        switch dialled {
        case .refused(let fault): return .refused(fault.refusal)
        case .emergency(let number): return HelpRules.decide(number, way, for: attempt, in: snapshot)
        case .outside(let facts):
            if let refusal = GoLiveRules.refusal(in: snapshot.outside, at: now) { return .refused(refusal) }
            let verdict = DialingRules.decide(
                facts,
                way,
                by: attempt.caller.number,
                in: snapshot.outside.dialing,
                at: now
            )
            return placement(verdict, way, for: attempt, in: snapshot)
        }
    }

    private static func placement(
        _ verdict: DialingVerdict,
        _ way: DialingWay,
        for attempt: CallAttempt,
        in snapshot: Snapshot
    ) -> Verdict<Placement> {
        outside(verdict, by: attempt.caller.number, at: attempt.address, in: snapshot).map { permit, outside in
            Placement(
                .paid(attempt, way),
                payer: .phone(attempt.caller),
                target: .outside(permit.facts.number),
                protection: attempt.media,
                outside: outside
            )
        }
    }

    private static func outside(
        _ verdict: DialingVerdict,
        by payer: ExtensionNumber,
        at address: IPAddress?,
        in snapshot: Snapshot
    ) -> Verdict<(DialingPermit, OutsideCall)> {
        switch verdict {
        case .refused(let refusal): .refused(refusal.callRefusal)
        case .screened, .needsCode, .needsPerson: .refused(.nobodyAsks)
        case .allowed(let permit):
            .allowed(
                (
                    permit,
                    OutsideCall(
                        permit: permit,
                        shownNumber: snapshot.outside.callerNumber(of: payer, at: address),
                        isWithheld: snapshot.outside.callerNumbers.withheld.contains(payer)
                    )
                )
            )
        }
    }

    /// May an extension pay for calls that a setting of it sends to a number outside? Nobody is sent to where help is.
    static func decide(
        _ number: PhoneNumber,
        forwardedBy owner: ExtensionNumber,
        in snapshot: Snapshot,
        by plan: DialPlan,
        at now: WallTime
    ) -> Verdict<OutsideCall> {
        guard snapshot.outside.trunks.values.contains(where: \.trunk.isEnabled) else { return .refused(.noTrunk) }
        switch plan.read(number.text) {
        case .refused(let fault): return .refused(fault.refusal)
        case .emergency: return .refused(.helpIsNoPlace)
        case .outside(let facts):
            if let refusal = GoLiveRules.refusal(in: snapshot.outside, at: now) { return .refused(refusal) }
            let verdict = DialingRules.decide(facts, .forwarded, by: owner, in: snapshot.outside.dialing, at: now)
            return outside(verdict, by: owner, at: nil, in: snapshot).map(\.1)
        }
    }
}

/// What was decided about a call that leaves by a trunk.
public struct OutsideCall: Sendable {
    /// `nil` for a call for help, which nothing judges.
    public let permit: DialingPermit?
    /// The number of the business that it shows; `nil` where it owns none.
    public let shownNumber: PhoneNumber?
    /// Whether the extension withholds it. Who calls for help never does.
    public let isWithheld: Bool
    /// Where somebody is who calls for help, as far as anybody has said it.
    public let address: CivicAddress?

    init(
        permit: DialingPermit?,
        shownNumber: PhoneNumber?,
        isWithheld: Bool = false,
        address: CivicAddress? = nil
    ) {
        (self.permit, self.shownNumber) = (permit, shownNumber)
        (self.isWithheld, self.address) = (isWithheld, address)
    }
}

extension CallRefusal {
    /// A forward to a number of help.
    static let helpIsNoPlace = CallRefusal(
        status: 403,
        control: nil,
        reason: "numbers for help are dialled by people, and no call is forwarded to them"
    )
    fileprivate static let noTrunk = CallRefusal(
        status: 404,
        control: nil,
        reason: "no extension has the number that was dialled"
    )
    fileprivate static let nobodyAsks = CallRefusal(
        status: 403,
        control: .countryDialing,
        reason: "such a call needs an answer of the caller, and the server cannot ask for one yet"
    )
}
