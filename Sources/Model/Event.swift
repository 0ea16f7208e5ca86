// SPDX-License-Identifier: Apache-2.0

/// Something that happened in the phone system of one business, for whoever wants to know: the disk, the log, alerts, a live
/// view.
public enum Event: Hashable, Sendable {
    /// The stack noticed something by itself.
    case noticed(SecurityEvent)
    /// A source is shut out from now on. One that a person decided is on the disk already.
    case banned(Ban)
    case unbanned(BanSource)
    /// Somebody changed or did something. The journal has its line.
    case changed(Alteration)
    /// Something is wrong.
    case found(Finding)
}

/// What somebody did, for people.
public struct Alteration: Hashable, Sendable {
    /// `root (uid 0)`, or `ringfence`.
    public let actor: String
    /// As in the journal: `extension.add`.
    public let action: String
    /// What it was done to, as in the journal.
    public let subject: String
    /// A sentence. Never a secret.
    public let text: String

    public init(by actor: String, _ action: String, of subject: String, text: String) {
        (self.actor, self.action, self.subject, self.text) = (actor, action, subject, text)
    }
}
