// SPDX-License-Identifier: Apache-2.0

/// One thing that a phone system gets wrong. Each has been found in one (see the attack catalogue).
enum Weakness: String, CaseIterable {
    case commonPassword, acceptsReplays, acceptsWeakDigests
    case storesPasswords, handsOutConfigurations, notifiesStrangers
    case agreesToOldTLS, compresses, talksInTheClear, foreignCertificate
    case takesReadableAudio
    case reflectsMedia, latches, forwardsForgeries, believesTheFirst, relaysAnyAmount
    case answersScanners, saysWhatItIs, knowsExtensions, knowsLogins, slowerForExtensions, slowerForLogins
    case guestsMayCall, relays, believesTags, believesFrom, takesAnyContact
    case waitsForLength, takesBareLF, neverCloses, remembersStrangers
    case leavesServicesOpen, answersDatagrams
    case forgivesEdits, forgivesCuts
    case bansNobody, guardsNoAccount, movesLogins, answersChallenges, believesMangled, believesInjection
    case tellsWatchers, tellsOurName, removesForAnybody, dialsContacts, looksUpNames
    case passesHeadersOn, showsInside, readsNamesLoosely, unescapes, believesResponses
    case believesEavesdroppers, replacesAnything, takesNews, carriesSpoofs, countsNoHops, takesAnyTimer, callsForOthers,
        refusesNobody
    case tripsOverHandshakes, servesFloods, losesItself, amplifies, takesAnySize, readsBodies, fetchesCertificates,
        tripsOverRoutes
    case letsAnyPageIn, toleratesFrames, waitsForPieces
    case shutsOutOffices
    case forgetsRoles, showsEverything, picksUpForAnybody
    case renegotiates, takesEarlyData, downgrades, pilesUpChanges, takesItsOwnKey
    case keepsWhoLeft, transfersAnything
    case callsAnywhere, transfersAbroad, followsPhones, readsDisguises
    case paysForCalls, transfersToPremium
    case callsWithoutLimit, watchesNothing, keepsStopsToItself, sleepsAtNight, tellsNothingAtNight, spendsAtNight
    case overspends, waitsForConfirmation, raisesAlone
    case trustsAnyProvider, fallsBack, agreesToLess, believesProviders, letsProvidersDial, logsInAnywhere
    case believesCallers, showsAnyName, showsClaims, tellsForeignNumbers, triesEverywhere
    case chargesForHelp, shutsHelpOut, stopsHelpWithTheProvider, keepsPortsFromHelp
    case keepsLeavers, tellsLeavers, trustsLeavers
    case dialsThrough, transfersForProviders
    case forwardsAnything
    case hidesGuesses, hidesFraud, losesFaults
    case takesAnyPassword, countsNoCodes, asksForNoCode, takesCodesTwice
    case tellsNames, countsNoSignIns, keepsOwnersOut, keepsSessions, forgetsToSignOut, takesForeignForms,
        changesByAddress
    case answersEveryNetwork, believesHeaders, answersAnyHost
    case answersProbes, repeatsPaths, showsPages
    case callsTooEarly, forgetsEnds
    case opensForNumbers, opensByCode, opensForStrangers
    case keepsSoundReadable, playsWhatWasChanged, playsForeignSound
    case deletesTooEarly, keepsForEver, deletesWhatIsHeld, erasesHalf, letsItRise

    /// The attack that must notice it.
    var attack: String {
        switch self {
        case .commonPassword: "C01"
        case .acceptsReplays: "C03"
        case .acceptsWeakDigests: "C05"
        case .storesPasswords: "C13"
        case .handsOutConfigurations: "V02"
        case .notifiesStrangers: "V07"
        case .agreesToOldTLS, .compresses: "K01"
        case .talksInTheClear: "K02"
        case .foreignCertificate: "K03"
        case .takesReadableAudio: "M07"
        case .reflectsMedia: "M01"
        case .latches, .forwardsForgeries: "M02"
        case .believesTheFirst: "M02c"
        case .relaysAnyAmount: "D15m"
        case .answersScanners: "R01"
        case .saysWhatItIs: "R07"
        case .knowsExtensions: "R02"
        case .knowsLogins: "R03"
        case .slowerForExtensions: "R04"
        case .slowerForLogins: "R04w"
        case .guestsMayCall: "S01"
        case .relays: "S02"
        case .believesTags: "S03"
        case .believesFrom: "C07"
        case .takesAnyContact: "S05"
        case .waitsForLength: "D06"
        case .takesBareLF: "D07"
        case .neverCloses: "D03"
        case .remembersStrangers: "D02"
        case .leavesServicesOpen: "R08"
        case .answersDatagrams: "R08u"
        case .forgivesEdits, .forgivesCuts: "I02"
        case .bansNobody: "C01b"
        case .guardsNoAccount: "C02"
        case .movesLogins: "C04"
        case .answersChallenges: "C06"
        case .believesMangled: "C09"
        case .believesInjection: "C12"
        case .tellsWatchers: "R05"
        case .tellsOurName: "S02"
        case .removesForAnybody: "S04"
        case .dialsContacts: "S06"
        case .looksUpNames: "S22"
        case .passesHeadersOn: "S08"
        case .showsInside: "R07c"
        case .readsNamesLoosely: "C10"
        case .unescapes: "S10"
        case .believesResponses: "S19"
        case .believesEavesdroppers: "S14"
        case .replacesAnything: "S16"
        case .takesNews: "S17"
        case .carriesSpoofs: "S18"
        case .countsNoHops: "S20"
        case .takesAnyTimer: "S21"
        case .callsForOthers: "S23"
        case .refusesNobody: "D15"
        case .tripsOverHandshakes: "D04"
        case .servesFloods: "D01"
        case .losesItself: "D11"
        case .amplifies: "D13"
        case .takesAnySize: "D08"
        case .readsBodies: "D09"
        case .fetchesCertificates: "D17"
        case .tripsOverRoutes: "D18"
        case .letsAnyPageIn: "P06"
        case .toleratesFrames: "D14"
        case .waitsForPieces: "D14p"
        case .shutsOutOffices: "D12n"
        case .forgetsRoles: "P07"
        case .showsEverything: "P08"
        case .picksUpForAnybody: "P08p"
        case .renegotiates, .takesEarlyData: "D05"
        case .downgrades: "K02s"
        case .pilesUpChanges: "D15c"
        case .takesItsOwnKey: "M07a"
        case .keepsWhoLeft: "M02t"
        case .transfersAnything: "D15r"
        case .callsAnywhere: "T01"
        case .transfersAbroad: "T06"
        case .followsPhones: "T07"
        case .readsDisguises: "T08"
        case .paysForCalls: "T01p"
        case .transfersToPremium: "Z05"
        case .callsWithoutLimit: "T01c"
        case .watchesNothing, .keepsStopsToItself: "T01b"
        case .sleepsAtNight: "T09"
        case .tellsNothingAtNight: "T09a"
        case .spendsAtNight: "T09m"
        case .overspends: "T01s"
        case .waitsForConfirmation: "T14"
        case .raisesAlone: "I04c"
        case .trustsAnyProvider: "K03t"
        case .fallsBack: "K04"
        case .agreesToLess: "K05"
        case .believesProviders: "C11"
        case .letsProvidersDial: "C11r"
        case .logsInAnywhere: "C06t"
        case .believesCallers: "Z01"
        case .showsAnyName: "Z03"
        case .showsClaims: "S07"
        case .tellsForeignNumbers: "S08c"
        case .triesEverywhere: "F09"
        case .chargesForHelp, .shutsHelpOut, .stopsHelpWithTheProvider, .keepsPortsFromHelp: "T13"
        case .keepsLeavers: "I05"
        case .tellsLeavers, .trustsLeavers: "I05h"
        case .dialsThrough, .transfersForProviders: "T05"
        case .forwardsAnything: "T03"
        case .hidesGuesses: "C02a"
        case .hidesFraud: "T01a"
        case .losesFaults: "F02a"
        case .takesAnyPassword: "P01w"
        case .countsNoCodes, .asksForNoCode: "P02"
        case .takesCodesTwice: "P03"
        case .tellsNames, .countsNoSignIns, .keepsOwnersOut: "P01"
        case .keepsSessions, .forgetsToSignOut: "P04"
        case .takesForeignForms, .changesByAddress: "P05"
        case .answersEveryNetwork, .believesHeaders, .answersAnyHost: "P14"
        case .answersProbes, .repeatsPaths, .showsPages: "R09"
        case .callsTooEarly, .forgetsEnds: "T01d"
        case .opensForNumbers, .opensByCode, .opensForStrangers: "W02"
        case .keepsSoundReadable, .playsWhatWasChanged, .playsForeignSound: "W06"
        case .deletesTooEarly, .keepsForEver, .deletesWhatIsHeld, .erasesHalf, .letsItRise: "W06r"
        }
    }
}
