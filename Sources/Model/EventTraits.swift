// SPDX-License-Identifier: Apache-2.0

/// What follows from the kind of a security event: all of it stands in one table.
public struct EventTraits: Hashable, Sendable {
    /// What a source pays on top for a message that turned out to be this.
    public enum Charge: Hashable, Sendable {
        case failedLogin
        case abuse
    }

    /// The practice that noticed it.
    public let control: Control
    /// What it counts as; `nil` where it is no offence of its source, or a phone may do it.
    public let offence: Ban.Reason?
    /// Whether the kind alone proves the address, whatever the transport: it takes a nonce that was sent there.
    public let provesAddress: Bool
    public let charge: Charge?
    /// How much it matters to people who are told of it at once; `nil` where the list of events is enough.
    public let alarm: Finding.Severity?

    init(
        _ control: Control = .intrusionDetection,
        offence: Ban.Reason? = nil,
        provesAddress: Bool = false,
        charge: Charge? = nil,
        alarm: Finding.Severity? = nil
    ) {
        (self.control, self.offence, self.provesAddress) = (control, offence, provesAddress)
        (self.charge, self.alarm) = (charge, alarm)
    }
}

extension SecurityEventKind {
    /// The table: a new kind does not compile before somebody has decided.
    public var traits: EventTraits {
        switch self {
        case .failedLogin: EventTraits(offence: .guessing, provesAddress: true, charge: .failedLogin)
        case .stalePhone: EventTraits(provesAddress: true, charge: .failedLogin)
        case .accountGuarded: EventTraits(provesAddress: true, charge: .failedLogin, alarm: .warning)
        case .identityMismatch: EventTraits(offence: .forging, provesAddress: true, charge: .abuse)
        case .replayedNonce: EventTraits(offence: .forging, provesAddress: true, charge: .abuse)
        case .forgedInDialog: EventTraits(offence: .forging, charge: .abuse)
        case .scanner: EventTraits(offence: .scanning, charge: .abuse)
        case .malformed: EventTraits(offence: .malformed, charge: .abuse)
        case .flood: EventTraits(offence: .flooding)
        case .spoofSuspected: EventTraits(charge: .abuse, alarm: .warning)
        case .bindingLimit, .accountLimit: EventTraits(provesAddress: true)
        case .otherInstance: EventTraits(.sipPasswords, provesAddress: true, alarm: .warning)
        case .weakMediaOffered: EventTraits(.mediaEncryption)
        case .foreignMedia: EventTraits(.mediaSource, alarm: .critical)
        case .undeclaredListener: EventTraits(.openPorts, alarm: .critical)
        case .journalBroken: EventTraits(.journal, alarm: .critical)
        case .suspicious, .banned, .banWithheld: EventTraits(alarm: .warning)
        case .rightRefused: EventTraits(.roles, alarm: .notice)
        case .forwardRefused: EventTraits()
        }
    }

    public var control: Control { traits.control }
}
