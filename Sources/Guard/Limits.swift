// SPDX-License-Identifier: Apache-2.0

import Model

/// What a stranger, a phone or a business may use up. Each with its unit and its reason.
public enum Limits {
    /// Phones of one extension.
    public static let devicesPerExtension = 10
    /// Contacts registered for one phone at a time, each of which is rung for each call: most phones have one, those with two
    /// connections two, and what a phone that lost its network left behind counts until it ends. With one more, the one that
    /// was refreshed longest ago goes (row S05).
    public static let contactsPerPhone = 5
    /// Seconds. A shorter binding makes more traffic than the connection's own keep-alive (RFC 3261 §10.3 lets us say 423).
    public static let minimumExpires: UInt32 = 60
    /// Seconds. A binding of a phone that has left must not outlive an hour.
    public static let maximumExpires: UInt32 = 3_600
    /// Seconds. The same for a phone that may not notice that its connection is gone: it comes back when it registers again,
    /// which is then within two minutes of a restart. Costs a REGISTER a minute and phone, 17 a second for a thousand.
    public static let unwatchedExpires: UInt32 = 120

    /// Seconds. The shortest session that RFC 4028 §4 allows; a shorter one is an attack on the processor (row S21).
    public static let shortestSession: UInt32 = 90
    /// Seconds. The usual value of RFC 4028 §4: a forgotten call ends within half an hour.
    public static let longestSession: UInt32 = 1_800

    /// Phones per second and at once that register anew: what one core does in TLS handshakes, and a large office at once.
    public static let registrationRate = Rate(perSecond: 2_000, burst: 10_000)
    /// Seconds that a phone waits which was sent away for load.
    public static let retryAfter = 30...300

    /// Sources with a bucket of their own. 24 bytes each: 1.5 MiB, and never more.
    public static let gateSources = 65_536
    /// Messages per second and at once from one stranger: an office behind one address comes back after a power cut.
    public static let strangerRate = Rate(perSecond: 50, burst: 400)
    /// The same from a network that the owner named as a site.
    public static let siteRate = Rate(perSecond: 5_000, burst: 20_000)
    /// The same from all strangers together: a fifth of what one core can parse and challenge.
    public static let allStrangersRate = Rate(perSecond: 4_000, burst: 8_000)
    /// Messages per second and at once from an address where phones logged in of late, when what is for strangers is used
    /// up: 400 phones at once, then seven a second, which leaves a guesser behind the same router three guesses a second.
    public static let returnRate = Rate(perSecond: 100, burst: 5_000)
    /// The same from all such addresses together: as much as for all strangers.
    public static let allReturnsRate = Rate(perSecond: 4_000, burst: 16_000)
    /// Messages of one connection that count as its way back in: a REGISTER, its answer to the challenge, and the same
    /// again for a nonce that is stale.
    public static let returnMessages = 4
    /// Seconds of its rate that a source can be made to wait for at most, so that an end to the ban is always near.
    public static let longestDebt: UInt64 = 60

    /// Connections of one source that have not authenticated.
    public static let strangerConnections = 64
    /// The same from a site: all its phones come back at once.
    public static let siteConnections = 4_096
    /// Connections of one source that have authenticated: one account must not take every place.
    public static let authenticatedConnections = 4_096
    /// The same from an address that phones have registered from: an office behind one address comes back after a power cut.
    public static let knownConnections = 512
    /// Addresses that are known that way; 48 bytes each.
    public static let knownSources = 4_096
    /// Of them, those of one login: a phone that is carried about meets a few a day.
    public static let sourcesOfLogin = 32
    /// How long after its last valid credential an address is known: over a weekend.
    public static let knownFor: Duration = .seconds(72 * 3_600)
    /// How long it takes until that is renewed: a phone may stay connected for weeks.
    public static let knownAgain: Duration = .seconds(3_600)
    /// All connections. The usual limit of open files is 20,000; the rest is for media, files and the audit.
    public static let connections = 16_384
    /// Of these, kept free for connections that have authenticated.
    public static let reservedConnections = 8_192
    /// Of these, kept free for connections from sites beside what strangers hold.
    public static let reservedSiteConnections = 4_096
    /// Of those for sites, what connections from where phones logged in of late may take when strangers have all of theirs.
    public static let reservedKnownConnections = 2_048
    /// How many times the share of one IPv6 /64 all of a /56 have together, which is what a home line gets, and all of a /48.
    public static let sourcesPer56 = 2
    public static let sourcesPer48 = 8
    /// The least that a source may hold where few places are for strangers, and one part of them in so many otherwise: then
    /// it takes as many sources to fill them.
    public static let leastStrangerConnections = 8
    public static let sourcesToFill = 32
    public static let leastKnownConnections = 32
    public static let knownSourcesToFill = 4

    /// SUBSCRIBEs per second and at once from one phone: a key module with 120 lamps comes back at once, then refreshes.
    public static let subscriptionRate = Rate(perSecond: 10, burst: 240)
    /// MESSAGEs per second and at once from one phone: faster than anybody types.
    public static let messageRate = Rate(perSecond: 1, burst: 20)
    /// Calls per second and at once that one phone may begin: more than any switchboard attendant, and so few that their
    /// records, at most a KiB each, do not fill a disk before somebody reads the alarm.
    public static let callRate = Rate(perSecond: 2, burst: 100)

    /// Digits of an area code with its prefix.
    static let areaDigits = 6
    /// Digits of a number that providers keep for services, such as 933.
    static let shortNumber = 6
    /// How often the way to help over one trunk is tried within an hour: often enough while somebody puts it right.
    static let helpTests = 6
    static let helpTestHour: Duration = .seconds(3_600)
    /// Calls for help per second and at once from one phone: nobody dials faster, and a stolen login that did would keep an
    /// emergency centre busy.
    public static let helpRate = Rate(perSecond: 1, burst: 30)

    /// Legs to the outside of one business at a time: twice what one machine relays. 300 bytes each.
    public static let runningCharges = 20_000
    /// Budgets that are counted at a time: every extension of a large business. 1.4 KB each.
    public static let spendPools = 32_768
    /// Legs that ended of late and are remembered, so that their money is not taken twice. 8 bytes each.
    public static let settledCharges = 4_096
    /// Milliseconds between two looks at what runs, at most.
    public static let spendTick: Int64 = 1_000
    /// Milliseconds from a look until the BYE that it led to has ended a call.
    public static let spendEnding: Int64 = 1_000
    /// Seconds that are reserved at once while there is enough: so many calls less are looked at in each tick.
    public static let sliceSeconds: Int64 = 10
    /// How long a leg may ring on reserved money: longer than timer C of RFC 3261 §16.6.
    public static let longestRinging: Duration = .seconds(300)
    /// After how long a leg that was to end and did not is named again.
    public static let endAgain: Duration = .seconds(5)
    /// Seconds of lateness that an overshoot is calculated for: a day, in which somebody has pulled the plug.
    static let longestLateness: Int64 = 86_400
    /// Micro-units: where an overshoot is not added up any further, so that it fits in 64 bits.
    static let largestOvershoot: Int64 = 1_000_000_000_000_000
    /// How much older than a window an entry of the ledger may be and still be told apart: eight days in milliseconds.
    static let ledgerMemory: Int64 = 8 * 86_400_000

    /// Bytes of a list of people: 100,000 lines of 160.
    static let sheetBytes = 16_000_000
    /// Bytes of a price list: the largest seen has 12 million.
    public static let deckBytes = 33_554_432
    /// Columns of a price list.
    static let deckColumns = 64
    /// Bytes of one field: hundreds of area codes stand in one.
    static let deckFieldBytes = 16_384
    /// Prefixes that one range, such as 9370-9379, may stand for.
    static let deckRange: UInt64 = 1_000
    /// Mistakes that are named at a time: who has more looks at the first ones.
    static let deckFaults = 20
    /// Lines of a comparison of two decks that are shown, dearest first.
    public static let comparedRates = 200

    /// Sources and accounts whose offences are counted at a time. 64 bytes each: half a megabyte.
    public static let offenders = 8_192
    /// How long an offence counts.
    public static let offenceWindow: Duration = .seconds(3_600)
    /// The first ban of a source: longer than a scan, shorter than a mistake that somebody has to explain.
    public static let shortestBan: Duration = .seconds(900)
    /// The longest that is imposed without a person: addresses change hands.
    public static let longestBan: Duration = .seconds(86_400)
    /// Hours that a person may ban for: a quarter, then somebody decides anew.
    public static let longestDecidedBanHours = 2_208
    /// How long an ended ban makes the next one longer.
    public static let banMemory: Duration = .seconds(7 * 86_400)
    /// Bans kept at a time, ended ones included. 300 bytes each; beyond that the one that ends first goes.
    public static let bans = 4_096
    /// How fast bans are imposed, because each is a line in the journal.
    public static let banRate = Rate(perSecond: 1, burst: 120)
    /// Wrong passwords a day for one account before it is good only where its phones already were.
    public static let failuresPerDay = 20
    public static let failureDay: Duration = .seconds(86_400)
    /// Accounts whose networks are remembered, four each: desk, home, mobile, and one more. 256 bytes each.
    public static let rememberedAccounts = 65_536
    /// Messages dropped on one connection before it is closed, and the flood counts against its source.
    public static let droppedPerConnection = 300

    /// Forwards that one call may go through, and with it the chains that phones can make (row S20). As many as transfers.
    public static let forwards = 5
    /// Places that one call may come to by groups and their fallbacks: three more than any office needs.
    static let routedPlaces = 8
    /// Extensions whose settings one step of a call looks through: more than any chain of forwards has.
    static let askedExtensions = 32
    /// Days that an intercom may stay open before somebody has to decide anew: a quarter.
    public static let longestIntercomDays = 92
    /// Changes of settings that one extension may make by codes in ``codeHour``: each is a line in the journal for ever.
    public static let codeChanges = 30
    public static let codeHour: Duration = .seconds(3_600)
    /// Characters of a stranger's name that are shown: as many as a display has.
    static let callerNameScalars = 48
    /// Characters of a forward's target that a refusal repeats: more than any number has.
    static let shownTarget = 24

    /// Bytes of what is dialled: 19 digits, with a visual separator after each.
    static let dialledBytes = 40
    /// Ranges that a business knows better, of which each is looked at for each number.
    static let ownRanges = Model.Limits.ownRanges

    // MARK: Extensions that nobody uses

    /// Days without a registration or a call after which people are told, and after which the extension ends.
    public static let unusedDays = 60
    public static let dormantDays = 90
    /// Days that people have known of it at least before it ends.
    public static let noticeDays = 30
    /// Days that an extension may be kept although nobody uses it, before somebody has to decide anew: a year, and time to do so.
    public static let reservedDays = 400

    /// Days that an unencrypted listener may stay open before somebody has to decide anew: a quarter.
    public static let longestExceptionDays = 92
    /// Unencrypted listeners at a time. Who needs more has not replaced anything.
    public static let listenerExceptions = 8

    /// Servers of one trunk: two in each of four places.
    static let trunkServers = 8
    /// Networks of one provider: each is looked at for each message that comes from no known connection.
    static let trunkPrefixes = 64
    /// Bits of a provider's network that count at least: the largest carriers publish one of their blocks as a whole.
    static let shortestProvider = (v4: 12, v6: 28)
    /// Calls at once that a trunk may be given: more than one machine relays.
    static let trunkCalls = 1...10_000
    static let trunkPriorities = 0...99
    /// Bytes of the user name that a provider gives, which goes into each request.
    static let trunkUsernameBytes = 64
    /// Bytes of the password that it gives.
    static let trunkSecretBytes = 128

    /// Networks that phones sit in: the offices of a large business. Each is looked at for each connection.
    public static let sites = 64
    /// Bits of a site that count at least: the widest private network of IPv4, and what a provider of IPv6 gets.
    public static let shortestSite = (v4: 8, v6: 32)
    /// Sites of the web whose pages may open a WebSocket.
    public static let origins = 32
    /// Addresses where SIP is accepted.
    public static let listeners = 16

    /// Accounts of this machine that may run the phone system, besides its own and root.
    public static let operators = 64
    /// Bytes of what a browser says of a passkey: its kind, a challenge of 56 bytes and the address of a page; 200 with ours.
    static let clientData = 1_024
    /// Bytes of what an authenticator says: 37, and 1,200 more with the longest credential ID, a key and extensions.
    static let authenticatorData = 2_048
    /// Bytes of an attestation object: the same, with certificates of a maker who sends them unasked.
    static let attestation = 6_144
    /// Bytes of a credential ID (WebAuthn Level 3 §4).
    static let credentialID = 16...1_023
    /// Bytes of an ECDSA signature with P-256 in DER: 72 at most.
    static let signature = 80
    /// Levels and values of CBOR: authenticators write four levels at most (CTAP 2.2 §8).
    static let cborDepth = 4
    static let cborItems = 64
    /// Characters of a name that somebody signs in with.
    static let signInNameCharacters = 64
    /// Characters of a password of an operator at least (OWASP ASVS 5, 6.2.1 advises 15), and at most: more would only be work.
    public static let passwordCharacters = 15...256
    /// Argon2id (RFC 9106): KiB, passes, lanes. OWASP's first choice.
    public static let passwordMemory: UInt32 = 47_104
    public static let passwordPasses: UInt32 = 1
    public static let passwordLanes: UInt32 = 1
    /// How often somebody may be wrong before each try waits, and for how long what they tried is remembered.
    public static let freeSignIns = 3
    static let signInMemory: Duration = .seconds(4 * 3_600)
    /// What a try waits first after that. Each further one waits twice as long, up to the most.
    static let firstSignInWait: Duration = .seconds(4)
    static let longestSignInWait: Duration = .seconds(15 * 60)
    /// Names, browsers and sources whose failures are counted apart; 60 bytes each. Beyond that the oldest is forgotten.
    static let countedSignIns = 4_096
    /// How old a look and an attack may be to count in full, and by half, for the score: one is to be made each night, the other each
    /// month.
    static let freshAudit: Duration = .seconds(7 * 86_400)
    static let oldAudit: Duration = .seconds(30 * 86_400)
    static let freshAttack: Duration = .seconds(30 * 86_400)
    static let oldAttack: Duration = .seconds(90 * 86_400)
    /// Of the 100 points of a control, those of the look; the rest is for the attack, which shows more.
    static let auditPoints = 40
    /// The highest score while somebody could come in.
    static let exposedScore = 39
    /// Bits of one that count at least: the widest private networks, 10.0.0.0/8 and fc00::/7.
    static let shortestAdminNetwork = (v4: 8, v6: 7)
    /// Networks that may reach the portal.
    static let adminNetworks = 64
    /// Bits of one on the internet at least, before it counts as wide.
    static let widestAdminNetwork = (v4: 16, v6: 32)
    /// Addresses that the portal is reached on.
    static let portalListeners = 8
    /// Refusals of one account an hour that get a line in the journal each; the rest is a number in the next line.
    public static let writtenRefusals = 30
    public static let refusalHour: Duration = .seconds(3_600)
    /// Accounts whose refusals are counted apart: every operator, and as many others. 100 bytes each.
    public static let refusedAccounts = 128

    /// Networks that phones have logged in from and are remembered as familiar; 4 bytes each. A power of two.
    static let familiarNetworks = 4_096

    /// Extensions whose outside calls are counted at a time: twice as many as there are, at least 64 and at most 16,384. 1.2 KiB
    /// each.
    static let patternExtensions = 64...16_384
    /// Blocks of a hundred numbers whose use is counted at a time, and blocks of a thousand that are remembered; 96 and 112
    /// bytes each. Four for each extension, because few people call more new ones in a day.
    static let patternBlocks = 512...16_384
    /// Callers and blocks of callers that rang for a moment and are remembered at a time. 144 bytes each.
    static let patternRings = 512...8_192
    /// Costly calls of one business in progress: more than any trunk of a small provider carries, 64 bytes each.
    public static let runningCalls = 4_096
    /// Outside calls of one business in progress, ordinary ones too; 48 bytes each.
    public static let outsideCalls = 16_384
    /// Trunks of one business that are counted apart.
    static let countedTrunks = 64
    /// How many times its setting a threshold becomes wider when a business is used to more.
    static let habitWidening = 8
    /// Seconds after which an extension that has not called is forgotten: the twelve weeks of what is usual.
    static let habitSeconds: UInt32 = 7_257_600
    /// Costly calls from which on their average duration says something.
    static let averagedCalls = 5
    /// Seconds within which refused numbers count together.
    static let refusedSeconds: UInt32 = 600
    /// Seconds for which whoever confirmed a call is not asked again, but for a new country: a working day.
    static let confirmedSeconds: UInt32 = 28_800
    /// Seconds below which an answered call is short: no time to say what one wants.
    static let shortCallSeconds = 20
    /// Seconds within which short calls to high-risk numbers are a test, and to how many blocks of a thousand.
    static let testSeconds: UInt32 = 21_600
    static let testBlocks = 3
    /// Seconds within which extensions that call one block count together.
    static let manyExtensionsSeconds: UInt32 = 21_600
    /// Days after which a country or a block that was not called is new again.
    static let familiarDays = 90
    /// Days before today on which something was called, from which on it is usual.
    static let usualDays = 3
    /// Seconds for which a call that rang and was not answered is remembered.
    static let ringSeconds: UInt32 = 172_800
    /// How long a call rings at most that means to be called back, and one that can mean nothing else: before the second ring
    /// of the cadence of nearly every country.
    static let shortRing: Duration = .seconds(12)
    static let momentRing: Duration = .seconds(3)
    /// Seconds for which thresholds are smaller after a change.
    static let changeSeconds: UInt32 = 86_400
    /// Calls of one rehearsal, and milliseconds of its time: two days. Each takes as long as a call that is decided, and a second
    /// of a call that goes on as a look at the books.
    public static let rehearsedCalls = 128
    public static let rehearsedTime = 172_800_000

    /// Bytes of a snapshot of call patterns that are read: four times the largest that is written.
    static let patternSnapshotBytes = 67_108_864

    /// Bytes of a User-Agent that are looked at; the names stand in front.
    public static let userAgentBytes = 128
    /// How long people are not told the same thing again, unless its kind says otherwise.
    static let alertAgain: Duration = .seconds(3_600)
    /// Different things that people are told in that time, of one severity and from one side: from strangers, or from the house; 200
    /// bytes each.
    static let alerts = 100
    /// Of one kind about the same extension, phone or person, where it is not critical: whoever has somebody's phone could fill the
    /// list with what it does.
    static let alertsOfOne = 5
    /// How long something counts as going on after it was found: twice as long as from one look at the running system to the next, and
    /// time for the look itself.
    static let findingGap: Duration = .seconds(150)
    /// Ways by which people are told: each gets every alert, and each may have a message on its way.
    public static let alertChannels = 8
    /// People that one mail goes to.
    public static let mailRecipients = 8
    /// Bytes of the user name and of the password for a mail server.
    public static let mailLoginBytes = 255
    /// Bytes of the roots that a channel trusts, PEM: a dozen certificates.
    public static let alertAuthorityBytes = 65_536
    /// Characters of the key that webhooks are signed with: 128 bits in hexadecimal at least.
    public static let webhookKeyCharacters = 32...128
    /// Wrong codes after which a test has to be sent anew: six digits are guessed once in 200,000 times.
    public static let wrongAlertCodes = 5
    /// How long somebody is taken to read a channel after they said that a test arrived: a quarter and a few days.
    public static let alertTestAge: Duration = .seconds(100 * 86_400)
    /// Failed logins as one phone within ``registrationWindow`` that people are told of: somebody who types it wrongly and a phone that
    /// tries once more stay below.
    public static let failuresOfOne = 3
    /// The same of strangers together, who try names that there are not: the Internet does so all day.
    public static let failuresOfStrangers = 20
    public static let registrationWindow: Duration = .seconds(600)
    /// How long people are not told again of the same phone.
    public static let registrationAgain: Duration = .seconds(3_600)
    /// Phones and sources whose failed logins are counted apart; 200 bytes each.
    public static let watchedLogins = 512

    // MARK: Mailboxes

    /// Digits of a PIN that somebody chooses, of one that is made, and how many of them differ.
    public static let pinDigits = 6...12
    static let generatedPINDigits = 6
    static let pinDifferentDigits = 3
    /// Wrong PINs in one call before it ends, and of one mailbox within the time below before it waits.
    public static let pinsPerCall = 3
    static let freePINs = 10
    /// For how long wrong ones count: a day.
    static let pinMemory: Duration = .seconds(86_400)
    /// How long a mailbox waits after that, twice as long each time, and at most: with 6 digits and one try an hour, a guesser needs
    /// half a century, and an owner with a new PIN needs nobody's patience.
    static let firstPINWait: Duration = .seconds(60)
    static let longestPINWait: Duration = .seconds(3_600)
    /// Mailboxes with a wrong PIN within an hour before it is somebody who tries them all.
    static let pinSprayMailboxes = 5
    static let pinSprayTime: Duration = .seconds(3_600)
}

/// How fast something refills and how much may be used at once.
public struct Rate: Hashable, Sendable {
    public let perSecond: UInt32
    public let burst: UInt32

    /// - Precondition: neither is zero, and `perSecond` is at most a million.
    public init(perSecond: UInt32, burst: UInt32) {
        precondition(
            (1...1_000_000).contains(perSecond) && (1...1_000_000).contains(burst),
            "a rate that lets nothing through"
        )
        (self.perSecond, self.burst) = (perSecond, burst)
    }
}
