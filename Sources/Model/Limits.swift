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
    /// What a threshold of a call pattern may be at most: a million of anything is no pattern any more.
    public static let patternThreshold = 1_000_000
    /// Minutes that a stop by a call pattern may last: shorter ones stop nobody, and after 30 days somebody decides.
    public static let patternMinutes = 5...43_200
    /// How many times its starting value a threshold of a call pattern may be widened to. None can be turned off.
    public static let patternWidening = 20
    /// Countries that an owner may name as usual, so that the first call there is asked about by nobody: every one there is.
    public static let usualRegions = 300
    /// Extensions that an owner may name one by one in a setting.
    public static let namedExtensions = 4_096
    /// Stretches of days in the list of holidays: thirty years of the country with the most.
    public static let holidays = 1_024
    /// Bytes of a calendar that is imported: the largest public one is a tenth of it.
    public static let calendarBytes = 4_194_304
    /// Bytes of one line of a calendar, folds joined: a title and a rule are far shorter, descriptions are cut.
    public static let calendarLineBytes = 8_192
    /// Events of a calendar that are looked at.
    public static let calendarEvents = 8_192
    /// Years for which a day that comes back each year is written down.
    public static let calendarYears = 10
    /// Outside calls of one extension or trunk at a time that a setting may allow.
    public static let simultaneousCalls = 10_000
    /// Calls per minute of one extension or trunk that a setting may allow.
    public static let callsPerMinute = 60_000
}
