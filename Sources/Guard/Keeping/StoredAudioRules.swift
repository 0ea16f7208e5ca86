// SPDX-License-Identifier: Apache-2.0

import Model

/// What a file must be in which somebody speaks: noise to everybody without the key, and nobody's but the server's.
public enum StoredAudioRules {
    /// The permission bits that it has.
    private static let mode: UInt16 = 0o600

    public enum Shortcoming: Hashable, Sendable {
        /// It begins as no sealed file does.
        case unsealed
        /// Others on the machine may touch it.
        case open(mode: UInt16)
    }

    /// What is wrong with a file; `nil` where nothing is.
    ///
    /// - Parameters:
    ///   - head: Its first bytes.
    ///   - mode: Its permission bits.
    public static func shortcoming(ofFileBeginning head: some Sequence<UInt8>, mode: UInt16) -> Shortcoming? {
        guard head.starts(with: StoredMessage.letters) else { return .unsealed }
        return mode & ~Self.mode == 0 ? nil : .open(mode: mode)
    }
}
