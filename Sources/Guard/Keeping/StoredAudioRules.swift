// SPDX-License-Identifier: Apache-2.0

/// What a file must be in which somebody speaks: noise to everybody without the key, and nobody's but the server's.
public enum StoredAudioRules {
    /// What a sealed file begins with (`Docs/decisions/0044-voice-messages.md`).
    public static let letters = Array("RFV1".utf8)
    /// The permission bits that it has.
    public static let mode: UInt16 = 0o600

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
        guard head.prefix(letters.count).elementsEqual(letters) else { return .unsealed }
        return mode & ~Self.mode == 0 ? nil : .open(mode: mode)
    }
}
