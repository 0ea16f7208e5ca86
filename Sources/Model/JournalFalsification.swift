// SPDX-License-Identifier: Apache-2.0

/// A way to falsify a journal, tried on a copy: the attack says which, the store carries it out.
public enum JournalFalsification: String, Hashable, Sendable, CaseIterable, Codable {
    /// None: the copy as it is. It must verify, or the drill proves nothing.
    case nothing
    /// Another actor in an entry of the past.
    case edit
    /// The same, with a hash that would fit if it needed no key.
    case editWithHash = "edit-with-hash"
    /// An entry of the middle is gone.
    case removeMiddle = "remove-middle"
    /// The newest entry is gone.
    case removeLast = "remove-last"
    /// An entry that never happened, after the newest.
    case append
    /// Two neighbours have changed places.
    case swap
    /// Everything is gone.
    case empty
    /// A security event of the past came from somebody else.
    case editEvent = "edit-event"
    /// A security event of the past never happened.
    case removeEvent = "remove-event"
}
