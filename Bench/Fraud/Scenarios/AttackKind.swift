// SPDX-License-Identifier: Apache-2.0

/// How toll fraud is done; sources as in FRAUD.md 5.3.
enum AttackKind: String, CaseIterable {
    /// A stolen extension calls on many lines from Friday evening or the eve of a holiday (TransNexus 2012).
    case weekendBurst = "weekend-burst"
    /// Short calls to many ranges some hours before (Sahin & Francillon 2021).
    case testThenBurst = "test-then-burst"
    /// One call at a time in office hours, for two weeks.
    case slowAndLow = "slow-and-low"
    /// Many extensions, many countries, each below the limits of its pair.
    case spread
    /// Calls from outside are forwarded to a leased range of mobiles.
    case forwarding = "forwarding"
    /// Two outside numbers are joined and nobody inside stays.
    case trunkToTrunk = "trunk-to-trunk"
    /// A mailbox with a guessed code, or DISA, calls on.
    case voicemailDialOut = "voicemail-disa"
    /// Foreign numbers ring for a second; staff call them back.
    case wangiri
    /// A person with a stolen softphone in another country.
    case stolenSoftphone = "stolen-softphone"
    /// Somebody of the house calls abroad each day, for themselves.
    case insider
    /// A form that calls back, or a leaked key of a program.
    case callbackAbuse = "callback-api"
    /// Bursts around midnight, each half below what a calendar day allows.
    case dayBoundary = "day-boundary"
    /// Calls of 59 minutes, one after the other.
    case chain59 = "59-min-chain"

    /// Whether it can be tried there. Who has looked first tries only what the business uses itself.
    func fits(_ business: Business, _ reach: Reach) -> Bool {
        let isBlind = reach == .closed
        return switch self {
        case .wangiri: business.kind != .callCentre
        case .spread: business.extensionCount >= 8
        case .forwarding: isBlind || business.forwardsAbroad
        case .voicemailDialOut: isBlind || business.allowsDialThrough
        case .callbackAbuse: isBlind || business.hasCallbackForm || business.hasProgram
        case .weekendBurst, .testThenBurst, .slowAndLow, .trunkToTrunk, .stolenSoftphone, .insider, .dayBoundary,
            .chain59:
            true
        }
    }
}

/// Where an attack's numbers are.
enum Reach: String, CaseIterable {
    /// In countries or classes that the owner has not opened: the attacker does not know the business.
    case closed
    /// In countries that the owner has opened: the attacker has looked first.
    case opened
}
