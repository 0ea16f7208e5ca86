// SPDX-License-Identifier: Apache-2.0

public import Primitives

/// What kind of attack, or mistake that looks like one, was noticed.
public enum SecurityEventKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A digest that does not match, or an unknown user name: nobody outside can tell which.
    case failedLogin
    /// From or To named somebody else than the credential.
    case identityMismatch
    case scanner
    case malformed
    case flood
    case replayedNonce
    /// A call was offered without SRTP, or with a suite that is not accepted.
    case weakMediaOffered
    /// A request inside a dialog from a connection that is not part of it.
    case forgedInDialog
    case bindingLimit
    /// A credential is used by another phone than before.
    case otherInstance
    /// A phone asked for more subscriptions or messages than one phone needs.
    case accountLimit
    case spoofSuspected
    /// Media from an address that did not authenticate.
    case foreignMedia
    /// A socket that is not declared.
    case undeclaredListener
    /// The journal does not verify.
    case journalBroken
    /// A wrong password from where its phone used to log in: the phone was not told the new one.
    case stalePhone
    /// An account was tried in vain too often, and is good only where its phones already were.
    case accountGuarded
    /// A source does more of something than phones do.
    case suspicious
    /// A source was shut out.
    case banned
    /// A source would have been shut out, but phones would have been hit.
    case banWithheld
    /// An account of this machine asked for something that its role is not for.
    case rightRefused
    /// A call was sent where it may not go, by a phone or by a setting.
    case forwardRefused
    /// Somebody said where calls of an extension go, or may go.
    case forwardChanged
    /// A budget for calls outside is used up to a half, to four fifths, or whole.
    case budgetUsed
    /// A call was ended because there was no money for it any more.
    case callEndedForCost
    /// An extension, a trunk or the business has as many calls outside as it may have, or begins them too fast.
    case callLimit
    /// What an earlier run has counted of calls outside could not be read.
    case countersLost
    /// A call to the outside of a kind that the owner wants to know of, or many costly ones, while the business is closed.
    case callWhileClosed
    /// Somebody calls the outside as the business does not.
    case unusualCalls
    /// Such calls are stopped for a while.
    case callsStopped
    /// No call can go over a trunk any more.
    case trunkDown
    /// Calls can go over it again.
    case trunkUp
    /// Somebody calls for help.
    case emergencyCall
    /// Where a provider should be is somebody with another certificate.
    case trunkIdentity
    /// Nobody has used an extension for long.
    case extensionUnused
    /// An extension that nobody used was disabled, and its phones were revoked.
    case extensionRetired
    /// A phone sent a call to a number outside to which it sent none before.
    case forwardFollowed
    /// Somebody added an extension.
    case extensionAdded
    /// Somebody let an extension be called by intercom.
    case intercomOpened
    /// Somebody called so, and a phone answered by itself.
    case intercomUsed
    /// Somebody tried to sign in to the portal, and something did not match: nobody outside can tell what.
    case signInFailed
    /// So often that the next tries have to wait.
    case signInSlowed
    /// Somebody signed in to the portal from a browser that was not known.
    case signedInAnew
    /// Somebody changed who is told of what.
    case alertsChanged
    /// Somebody called a number that is paid for being called, and the call was refused.
    case premiumRefused
    /// Somebody called a country that is not open, and the call was refused.
    case abroadRefused
    /// A link was made that takes away what an operator signs in with.
    case factorReplaced
    /// So many wrong PINs were entered at a mailbox that it waits.
    case mailboxLocked
    /// Wrong PINs were entered at many mailboxes.
    case mailboxesTried
    /// So many wrong PINs were entered at a conference room that it waits.
    case roomLocked
    /// Somebody said no to such a link, or took it back.
    case replacementRefused
    /// Somebody runs the system from now on, in another way, or no more.
    case operatorsChanged
    /// Somebody added a passkey, or one was removed.
    case passkeysChanged
    /// The signature counter of a passkey went back, as that of a copy would.
    case passkeyCopied
}

/// Something the stack noticed by itself. Repeats from one source within a while are one event with a count.
public struct SecurityEvent: Hashable, Sendable {
    public var at: WallTime
    public var kind: SecurityEventKind
    public var source: EventSource
    /// Whom it is about, where that is known.
    public var subject: EventSubject?
    public var detail: String
    public var count: Int

    public init(
        at: WallTime,
        kind: SecurityEventKind,
        source: EventSource,
        subject: EventSubject? = nil,
        detail: String,
        count: Int = 1
    ) {
        (self.at, self.kind, self.source) = (at, kind, source)
        (self.subject, self.detail, self.count) = (subject, detail, count)
    }

    /// The practice that noticed it.
    public var control: Control { kind.control }

    /// The account that it was aimed at, where it was one.
    public var account: String? {
        switch subject {
        case .account(let name): name
        case .phone, .extension, .operator, .trunk, nil: nil
        }
    }
}

extension SecurityEvent: Codable {
    /// `subject` is for people, `aim` for programs.
    private enum CodingKeys: String, CodingKey {
        case at, kind, control, source, subject, aim, detail, count
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        at = try container.decode(WallTime.self, forKey: .at)
        kind = try container.decode(SecurityEventKind.self, forKey: .kind)
        source = try container.decode(EventSource.self, forKey: .source)
        subject = try container.decodeIfPresent(String.self, forKey: .aim).map(EventSubject.init(key:))
        detail = try container.decode(String.self, forKey: .detail)
        count = try container.decode(Int.self, forKey: .count)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(at, forKey: .at)
        try container.encode(kind, forKey: .kind)
        try container.encode(control, forKey: .control)
        try container.encode(source, forKey: .source)
        try container.encodeIfPresent(subject?.description, forKey: .subject)
        try container.encodeIfPresent(subject?.key, forKey: .aim)
        try container.encode(detail, forKey: .detail)
        try container.encode(count, forKey: .count)
    }
}
