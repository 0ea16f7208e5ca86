// SPDX-License-Identifier: Apache-2.0

public import Model

/// Somebody here who sent a call on, as the world outside may know it: by a number of the business and no other.
public struct Diversion: Hashable, Sendable {
    public let number: PhoneNumber
    /// Of the last time.
    public internal(set) var reason: CallStep.Reason
    /// How often, one after the other.
    public internal(set) var count = 1
    /// Whether they withhold their number.
    public let isWithheld: Bool
}

/// What is told of forwards to a provider, and what is made of what a provider tells (RFC 5806, RFC 7044).
public enum DiversionRules {
    /// Who sent a call on, the first one first. Only owned numbers go out (control `caller-trust`): what a provider told of others, and
    /// groups, are left out.
    ///
    /// - Parameter steps: The way of the call, from where it came in to the trunk.
    public static func told(_ steps: [CallStep], in settings: OutsideSettings) -> [Diversion] {
        var told: [Diversion] = []
        for step in steps {
            guard let diversion = diversion(step, in: settings) else { continue }
            if let last = told.indices.last, told[last].number == diversion.number {
                told[last].reason = diversion.reason
                told[last].count += 1
            } else {
                told.append(diversion)
            }
        }
        return told
    }

    private static func diversion(_ step: CallStep, in settings: OutsideSettings) -> Diversion? {
        switch (step.reason, step.from) {
        case (.member, _), (.nobody, _), (.diverted, _), (.parked, _), (.chosen, _), (.waited, _):
            return nil
        case (.always, .extension(let number)), (.busy, .extension(let number)), (.noAnswer, .extension(let number)),
            (.unreachable, .extension(let number)), (.follow, .extension(let number)), (.phone, .extension(let number)):
            guard let shown = settings.callerNumber(of: number) else { return nil }
            let isWithheld = settings.callerNumbers.withheld.contains(number)
            return Diversion(number: shown, reason: step.reason, isWithheld: isWithheld)
        case (.closed, .outside(let number?)):
            return settings.numbers[number].map {
                Diversion(number: $0.number, reason: step.reason, isWithheld: false)
            }
        case (.always, _), (.busy, _), (.noAnswer, _), (.unreachable, _), (.follow, _), (.phone, _), (.closed, _):
            return nil
        }
    }

    /// Why a call that was sent on may not leave once more; `nil` when it may. What a provider tells counts (row S20).
    public static func refusal(ofLeavingAfter steps: [CallStep]) -> CallRefusal? {
        steps.count { $0.isForward } > Limits.forwards ? .sentOnTooOften : nil
    }

    /// Why a call does not come in that was sent on outside.
    ///
    /// - Parameters:
    ///   - times: How often, by the provider's word.
    ///   - senders: Who did, as far as they are known.
    static func refusal(ofDiverted times: Int, by senders: [PhoneNumber], to called: PhoneNumber) -> CallRefusal? {
        if times > Limits.forwards { return .sentOnTooOften }
        guard senders.contains(called) else { return nil }
        return CallRefusal(
            status: 482,
            control: .forwardingRules,
            reason: "the call was sent on from \(called) and came back to it"
        )
    }
}

extension CallStep {
    /// Whether somebody sent the call elsewhere, and not a group to one of its own.
    fileprivate var isForward: Bool {
        switch reason {
        case .always, .busy, .noAnswer, .unreachable, .follow, .phone, .diverted: true
        case .member, .nobody, .closed, .parked, .chosen, .waited: false
        }
    }
}

extension CallRefusal {
    fileprivate static let sentOnTooOften = CallRefusal(
        status: 482,
        control: .forwardingRules,
        reason: "the call was sent on more than \(Limits.forwards) times"
    )
}
