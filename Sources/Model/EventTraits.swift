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
    /// What people are told of it at once; `nil` where the list of events is enough.
    public let alarm: Alarm?

    /// How much it matters, and what it is in a sentence for somebody who runs a business.
    public struct Alarm: Hashable, Sendable {
        public let severity: Finding.Severity
        public let title: String
        /// Whether people are told of each thing that it happened to, and not only once an hour of where it came from and whom it is
        /// about.
        public let isOfEach: Bool
        /// Seconds for which people are not told of the same again.
        public let again: Int
        /// What the system did by itself, in a sentence; `nil` where it only tells.
        public let done: String?

        init(
            _ severity: Finding.Severity,
            _ title: String,
            ofEach isOfEach: Bool = false,
            again: Int = 3_600,
            done: String? = nil
        ) {
            (self.severity, self.title, self.isOfEach, self.again) = (severity, title, isOfEach, again)
            self.done = done
        }
    }

    init(
        _ control: Control = .intrusionDetection,
        offence: Ban.Reason? = nil,
        provesAddress: Bool = false,
        charge: Charge? = nil,
        alarm: Alarm? = nil
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
        case .accountGuarded:
            EventTraits(
                provesAddress: true,
                charge: .failedLogin,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody guesses the password of one account.",
                    done: "The account works only from where its phones already were."
                )
            )
        case .identityMismatch: EventTraits(offence: .forging, provesAddress: true, charge: .abuse)
        case .replayedNonce: EventTraits(offence: .forging, provesAddress: true, charge: .abuse)
        case .forgedInDialog: EventTraits(offence: .forging, charge: .abuse)
        case .scanner: EventTraits(offence: .scanning, charge: .abuse)
        case .malformed: EventTraits(offence: .malformed, charge: .abuse)
        case .flood: EventTraits(offence: .flooding)
        case .spoofSuspected:
            EventTraits(
                charge: .abuse,
                alarm: EventTraits.Alarm(.warning, "An attack comes from an address that may be forged.")
            )
        case .bindingLimit, .accountLimit: EventTraits(provesAddress: true)
        case .otherInstance:
            EventTraits(
                .sipPasswords,
                provesAddress: true,
                alarm: EventTraits.Alarm(.warning, "The password of a phone is used by another phone.")
            )
        case .weakMediaOffered: EventTraits(.mediaEncryption)
        case .foreignMedia:
            EventTraits(
                .mediaSource,
                alarm: EventTraits.Alarm(.critical, "Somebody sends copies of the audio of a call.")
            )
        case .undeclaredListener:
            EventTraits(
                .openPorts,
                alarm: EventTraits.Alarm(.critical, "A socket of the server is not as it was declared.")
            )
        case .journalBroken:
            EventTraits(.journal, alarm: EventTraits.Alarm(.critical, "Somebody has altered the journal."))
        case .suspicious: EventTraits(alarm: EventTraits.Alarm(.warning, "An attack may be beginning."))
        case .banned:
            EventTraits(
                alarm: EventTraits.Alarm(
                    .warning,
                    "An attack is in progress; its source is shut out.",
                    done: "The address is shut out, and learns nothing."
                )
            )
        case .banWithheld:
            EventTraits(
                alarm: EventTraits.Alarm(
                    .warning,
                    "An attack is in progress, and its source cannot be shut out.",
                    done: "Nothing, because phones of yours come from there too; each try is refused."
                )
            )
        case .rightRefused:
            EventTraits(
                .roles,
                alarm: EventTraits.Alarm(.notice, "Somebody tried what they have no right to.", done: "It was refused.")
            )
        case .forwardRefused: EventTraits(.forwardingRules)
        case .forwardChanged:
            EventTraits(
                .forwardingRules,
                alarm: EventTraits.Alarm(.notice, "Calls of an extension go elsewhere now, or may.", ofEach: true)
            )
        case .budgetUsed:
            EventTraits(
                .spendLimit,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Much of a budget for calls outside is used.",
                    ofEach: true,
                    done: "Nothing yet; at the limit, calls that cost end and new ones are refused."
                )
            )
        case .callEndedForCost:
            EventTraits(
                .spendLimit,
                alarm: EventTraits.Alarm(
                    .warning,
                    "A call was ended because its budget is used up.",
                    done: "The call was ended, and new ones that cost are refused until the budget begins anew."
                )
            )
        case .callLimit: EventTraits(.callLimits)
        case .countersLost:
            EventTraits(
                .callPatterns,
                alarm: EventTraits.Alarm(.warning, "What was counted of calls outside is lost, and is counted anew.")
            )
        case .callWhileClosed:
            EventTraits(
                .afterHours,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody calls the outside while the business is closed.",
                    done: "The budgets for closed hours hold, which are smaller."
                )
            )
        case .unusualCalls:
            EventTraits(
                .callPatterns,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody calls the outside as the business does not.",
                    done: "Nothing yet; what goes on like that is stopped."
                )
            )
        case .callsStopped:
            EventTraits(
                .callPatterns,
                alarm: EventTraits.Alarm(
                    .critical,
                    "Calls outside were stopped, because they look like fraud.",
                    ofEach: true,
                    done: "Calls outside of that kind are refused and running ones ended; calls for help go out."
                )
            )
        case .trunkDown:
            EventTraits(
                .signallingEncryption,
                alarm: EventTraits.Alarm(.critical, "No call can go over a trunk.")
            )
        case .trunkUp:
            EventTraits(
                .signallingEncryption,
                alarm: EventTraits.Alarm(.notice, "Calls can go over a trunk again.")
            )
        case .emergencyCall:
            EventTraits(
                .emergencyCalls,
                // Who dialled it by mistake may need it an hour later; who dials again within a minute has the same need.
                alarm: EventTraits.Alarm(.critical, "Somebody calls for help.", ofEach: true, again: 60)
            )
        case .trunkIdentity:
            EventTraits(
                .signallingEncryption,
                alarm: EventTraits.Alarm(.critical, "Somebody stands where a provider should be.")
            )
        case .extensionUnused:
            EventTraits(
                .dormantExtensions,
                alarm: EventTraits.Alarm(.warning, "Nobody has used an extension for two months.", ofEach: true)
            )
        case .forwardFollowed:
            EventTraits(
                .forwardingRules,
                alarm: EventTraits.Alarm(
                    .notice,
                    "A phone forwards its calls to the outside.",
                    ofEach: true,
                    done: "The calls are judged and charged as calls of its extension."
                )
            )
        case .extensionAdded:
            EventTraits(
                .forwardingRules,
                alarm: EventTraits.Alarm(.notice, "Somebody added an extension.", ofEach: true)
            )
        case .intercomOpened:
            EventTraits(
                .roles,
                alarm: EventTraits.Alarm(.notice, "A phone may answer by itself from now on.", ofEach: true)
            )
        case .intercomUsed: EventTraits(.roles)
        case .signInFailed: EventTraits(.loginProtection)
        case .signInSlowed:
            EventTraits(
                .loginProtection,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody guesses at the sign-in of the portal.",
                    done: "Every further try from there has to wait."
                )
            )
        case .signedInAnew:
            EventTraits(
                .loginProtection,
                alarm: EventTraits.Alarm(.notice, "Somebody signed in from a new browser.", ofEach: true)
            )
        case .alertsChanged:
            EventTraits(
                .roles,
                alarm: EventTraits.Alarm(.critical, "Somebody changed who is told of what.", ofEach: true, again: 60)
            )
        case .premiumRefused:
            EventTraits(
                .premiumNumbers,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody called a number that is paid for being called.",
                    done: "The call was refused, and cost nothing."
                )
            )
        case .abroadRefused:
            EventTraits(
                .countryDialing,
                alarm: EventTraits.Alarm(
                    .notice,
                    "Somebody called a country that is not open.",
                    done: "The call was refused, and cost nothing."
                )
            )
        case .factorReplaced:
            EventTraits(
                .secondFactor,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody asked for a new second factor of an operator.",
                    ofEach: true
                )
            )
        case .mailboxLocked:
            EventTraits(
                .voicemailPins,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody guesses the PIN of a mailbox.",
                    ofEach: true,
                    done: "Every further try there has to wait."
                )
            )
        case .roomLocked:
            EventTraits(
                .voicemailPins,
                alarm: EventTraits.Alarm(
                    .warning,
                    "Somebody guesses the PIN of a conference room.",
                    ofEach: true,
                    done: "Every further try of theirs has to wait."
                )
            )
        case .mailboxesTried:
            EventTraits(
                .voicemailPins,
                alarm: EventTraits.Alarm(.critical, "Somebody tries PINs at one mailbox after the other.")
            )
        case .passkeysChanged:
            EventTraits(
                .secondFactor,
                alarm: EventTraits.Alarm(
                    .notice,
                    "The passkeys of an operator are others now.",
                    ofEach: true
                )
            )
        case .passkeyCopied:
            EventTraits(
                .secondFactor,
                alarm: EventTraits.Alarm(
                    .critical,
                    "A passkey of an operator may have been copied.",
                    ofEach: true,
                    done: "It let nobody in this time."
                )
            )
        case .replacementRefused:
            EventTraits(
                .secondFactor,
                alarm: EventTraits.Alarm(
                    .notice,
                    "A new second factor of an operator was called off.",
                    ofEach: true,
                    done: "The link does not work any more; what they sign in with is as good as before."
                )
            )
        case .operatorsChanged:
            EventTraits(
                .roles,
                alarm: EventTraits.Alarm(.warning, "Somebody changed who runs the system.", ofEach: true, again: 60)
            )
        case .extensionRetired:
            EventTraits(
                .dormantExtensions,
                alarm: EventTraits.Alarm(.warning, "An extension that nobody used was disabled.", ofEach: true)
            )
        }
    }

    public var control: Control { traits.control }

    /// What an alert of it is about.
    public var group: AlertGroup {
        switch self {
        case .failedLogin, .stalePhone, .accountGuarded, .bindingLimit, .otherInstance: .registration
        case .forwardRefused, .forwardFollowed, .budgetUsed, .callEndedForCost, .callLimit, .callWhileClosed,
            .unusualCalls, .callsStopped, .premiumRefused, .abroadRefused:
            .fraud
        case .identityMismatch, .scanner, .malformed, .flood, .replayedNonce, .weakMediaOffered, .forgedInDialog,
            .accountLimit, .spoofSuspected, .foreignMedia, .undeclaredListener, .journalBroken, .suspicious, .banned,
            .banWithheld, .trunkIdentity, .mailboxLocked, .mailboxesTried, .roomLocked, .passkeyCopied:
            .attack
        case .countersLost, .trunkDown, .trunkUp: .service
        case .rightRefused, .forwardChanged, .extensionUnused, .extensionRetired, .extensionAdded, .intercomOpened,
            .intercomUsed, .signInFailed, .signInSlowed, .signedInAnew, .alertsChanged, .factorReplaced,
            .replacementRefused, .operatorsChanged, .passkeysChanged:
            .people
        case .emergencyCall: .emergency
        }
    }
}
