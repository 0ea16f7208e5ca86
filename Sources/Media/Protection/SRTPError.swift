// SPDX-License-Identifier: Apache-2.0

/// Why a packet was not protected or unprotected.
public enum SRTPError: Error, Hashable, Sendable, CaseIterable {
    /// No RTP or RTCP packet, too short for its tag, or without room for one.
    case malformed
    /// The authentication tag is wrong.
    case forged
    /// The index was used before or is older than the replay window.
    case replayed
    /// SRTCP with its E bit clear.
    case unencrypted
    /// More synchronisation sources than ``RelayLimits/streamsPerKey``, or ``RelayLimits/streamsInUse`` to send with.
    case tooManyStreams
    /// The key has protected as many packets as it may: 2^48 of SRTP or 2^31 of SRTCP.
    case keyExhausted
}
