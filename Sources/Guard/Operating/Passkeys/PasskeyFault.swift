// SPDX-License-Identifier: Apache-2.0

/// What is wrong with what an authenticator is said to have made. It is told to nobody who signs in.
public enum PasskeyFault: Error, Hashable, Sendable {
    /// It cannot be read, or is too long.
    case malformed
    /// It was made for registering instead of signing in, or the other way round.
    case otherCeremony
    /// Its challenge was never asked, was answered before, is too old, or was for another browser.
    case otherChallenge
    /// It was made on a page of somebody else.
    case otherOrigin
    /// It is for another relying party.
    case otherParty
    /// Nobody touched the authenticator (flag UP).
    case notPresent
    /// The authenticator did not ask who is there (flag UV).
    case notVerified
    /// The key is for another algorithm than ES256.
    case otherAlgorithm
    /// The key is no point on P-256.
    case offCurve
    /// The signature does not match.
    case otherSignature
    /// The signature counter did not go on: the authenticator may have been copied.
    case counterWentBack
}
