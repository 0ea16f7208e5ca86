// SPDX-License-Identifier: Apache-2.0

/// How large the things of a business may be.
public enum Limits {
    /// Digits of an extension: one would clash with feature codes, seven with local telephone numbers.
    public static let extensionDigits = 2...6
    /// Digits of a telephone number with its country code: ITU-T E.164 §6.2 allows 15; no country gives out shorter ones than 6,
    /// and one less leaves room.
    public static let phoneNumberDigits = 5...15
    /// UTF-8 bytes of a display name or label: fits the screens of phones, and one header line with room to spare.
    public static let nameBytes = 64
    /// Characters of the name of a pick-up group.
    public static let groupBytes = 32
    /// UTF-8 bytes of a reason: two sentences.
    public static let reasonBytes = 240
    /// Bytes of a domain name (RFC 1035 §2.3.4), without the final dot.
    public static let domainBytes = 253
    /// Bytes of one label of a domain name (RFC 1035 §2.3.4).
    public static let labelBytes = 63
    /// Bytes of the name of a site of the web: a scheme, the longest host name and a port.
    public static let originBytes = 272
    /// Stretches of time in which a business is open: three for each day of the week.
    public static let hoursSpans = 21
    /// Characters of a digest user name: 26 × 36^15 of them, so that none is found by trying.
    public static let usernameCharacters = 16
    /// Characters of a device's identifier: 64 random bits in hexadecimal.
    public static let deviceIDCharacters = 16
    /// Characters of the name of a trunk.
    public static let trunkNameBytes = 32
    /// Calls at once over a trunk where nobody says otherwise: what a small contract has.
    public static let trunkCalls = 10
    /// Trunks of a business: each keeps a connection and a registration of its own.
    public static let trunks = 16
}
