// SPDX-License-Identifier: Apache-2.0

/// What somebody with the disk may try on a voice message, tried on one that is made for it.
public enum StoredAudioTheft: String, CaseIterable, Sendable {
    /// Nothing: whoever has the key hears the message as it was said.
    case nothing
    /// Look for what was said, and for who said it, in every file.
    case search
    /// The same while it is still being recorded.
    case searchWhileRecorded = "search while it is recorded"
    case otherKey = "open it with another key"
    case changeByte = "change a byte"
    case cutMiddle = "cut out a second"
    case moveToOther = "put it into another mailbox"
    case playAsGreeting = "put it in the place of a greeting"
}
