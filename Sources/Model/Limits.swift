// SPDX-License-Identifier: Apache-2.0

/// How large the things of a business may be.
public enum Limits {
    /// Digits of an extension: one would clash with feature codes, seven with local telephone numbers.
    public static let extensionDigits = 2...6
    /// Digits of a telephone number with its country code: ITU-T E.164 §6.2 allows 15; no country gives out shorter ones than 6,
    /// and one less leaves room.
    public static let phoneNumberDigits = 5...15
    /// Digits that are dialled: an outside prefix, the longest international prefix and 15 more. They fit one machine word.
    public static let dialledDigits = 1...19
    /// Profiles of dialling: each is looked at for each call, and nobody keeps more apart.
    public static let dialingProfiles = 32
    /// Temporary releases at a time. Who needs more opens the country.
    public static let dialingReleases = 64
    /// Premium-rate numbers that are approved at a time.
    public static let premiumApprovals = 256
    /// Ranges with a quota, and ranges that the business knows better: each is looked at for each call.
    public static let hotSpots = 64
    public static let ownRanges = 64
    /// A release is for an occasion: a month, then somebody decides anew.
    public static let longestRelease: Duration = .seconds(31 * 86_400)
    /// An approved number is looked at again every year.
    public static let longestApproval: Duration = .seconds(366 * 86_400)
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
    /// Micro-units: a thousand million euro, or rupiah. Sums of eight thousand of them fit in 64 bits.
    public static let largestMoney: Int64 = 1_000_000_000_000_000
    /// Micro-units for a minute or a set-up: a million of any money. Times a week's seconds it fits in 64 bits.
    public static let highestPrice: Int64 = 1_000_000_000_000
    /// Seconds of a step of billing: an hour is the longest seen.
    public static let incrementSeconds = 1...3_600
    /// Seconds of a call that are billed: a week, and no call is let go on for as long.
    public static let longestBilledSeconds: Int64 = 604_800
    /// Prices of one deck: the largest price lists of carriers have a hundred thousand. 20 bytes each.
    public static let deckRates = 250_000
    /// Budgets that were set for one extension, group or trunk: every extension of a large business.
    public static let setBudgets = 16_384
    /// Milliseconds that a higher ceiling waits for after a second operator said yes: a day, in which somebody notices.
    public static let ceilingDelay: Int64 = 86_400_000
    /// Milliseconds that a request for one waits for a second operator: a week, then nobody remembers why.
    public static let ceilingRequest: Int64 = 7 * 86_400_000
    /// Minutes that a call may last at most, whatever an owner sets: a day.
    public static let longestCallMinutes = 1...1_440
    /// Stretches of time in which a business is open: three for each day of the week.
    public static let hoursSpans = 21
    /// Characters of a digest user name: 26 × 36^15 of them, so that none is found by trying.
    public static let usernameCharacters = 16
    /// Characters of a device's identifier: 64 random bits in hexadecimal.
    public static let deviceIDCharacters = 16
    /// Characters of the name of a trunk.
    public static let trunkNameBytes = 32
    /// Bytes of one part of an address: the longest name of a place has 58 letters.
    public static let addressBytes = 96
    /// Extensions that are told of a call for help: each of their phones gets a message at the moment of the call.
    public static let toldOfHelp = 8
    /// Calls at once over a trunk where nobody says otherwise: what a small contract has.
    public static let trunkCalls = 10
    /// Trunks of a business: each keeps a connection and a registration of its own.
    public static let trunks = 16
    /// Routes of calls to the outside, and prefixes or countries of one: all of them are looked at for a call that leaves.
    public static let outsideRoutes = 64
    public static let routeConditions = 300
    /// Seconds of a call by which trunks are compared: an ordinary call lasts three minutes.
    public static let comparedSeconds: Int64 = 180
    /// Networks with a caller number of their own: each is looked at for a call that leaves.
    public static let callerSites = 64
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
    /// Groups of extensions that ring together.
    public static let ringGroups = 1_000
    /// Members of one: as many as phones ring for one call, and some that are not there.
    public static let groupMembers = 32
    /// Seconds that phones ring before a call goes on: one ring at least, and no caller waits for longer than two minutes.
    public static let ringSeconds = 5...120
    /// Places where one person is looked for: desk, home, mobile, and two more.
    public static let followed = 5
    /// Characters of a code with its target: a star, two digits, a star and the longest number that is dialled.
    public static let featureBytes = 40
    /// Lines of one block list: each is looked at by its digits, so that it costs memory only.
    public static let blockedNumbers = 4_096
    /// Places where calls are parked: two digits.
    public static let parkingPlaces = 99
    /// Seconds until a parked call comes back: time to walk to another phone, and no caller waits for longer than ten minutes.
    public static let parkingSeconds = 20...600
    /// Extensions that may call one other by intercom: an office.
    public static let intercomCallers = 32
    /// Mailboxes of a business: every extension of a large one. 200 bytes each in memory.
    public static let mailboxes = 10_000
    /// Menus of a business: one for each of its numbers and languages, and some below them.
    public static let voiceMenus = 200
    /// Seconds that somebody may wait in a queue: nobody waits for longer than half an hour.
    public static let queueSeconds = 30...1_800
    /// Conference rooms of a business.
    public static let conferenceRooms = 100
    /// How many a room may take, and how many it takes where nobody says so. Each member is a call with a relay.
    public static let roomMembers = 2...50
    public static let usualRoomMembers = 10
    /// Extensions that may be called by intercom at a time.
    public static let intercoms = 256
    /// Extensions with forwards, speed dials or a block list of their own.
    public static let routedExtensions = 16_384
    /// Outside calls of one extension or trunk at a time that a setting may allow.
    public static let simultaneousCalls = 10_000
    /// Calls per minute of one extension or trunk that a setting may allow.
    public static let callsPerMinute = 60_000
    /// Bytes of a mail address, and of what stands before its at sign (RFC 5321 §4.5.3.1).
    public static let mailAddressBytes = 254
    public static let mailboxBytes = 64
    /// Bytes of the address of a webhook: some carry a token.
    public static let webhookBytes = 1_024
    /// Alerts that one message lists; of more it says how many.
    public static let alertsPerMessage = 20
}
