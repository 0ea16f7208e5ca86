// SPDX-License-Identifier: Apache-2.0

import Guard
import Media

/// Everything that somebody outside can make grow or wait for, in this module.
enum Limits {
    /// Nonces with a remembered count. One a phone; 40 bytes each, allocated once.
    static let nonces = 65_536
    /// How long a nonce is good for. As long as the longest registration, so that a refresh needs no second round trip.
    static let nonceLifetime: Duration = .seconds(3_900)
    /// Connections of one phone: as many as it may have contacts, and some that it left behind in another network.
    static let connectionsPerDevice = 8
    /// Calls that one device may have at once, ringing ones included. A desk phone has no more line keys than this.
    static let callsPerDevice = 8
    /// The same beyond that for help, of one device and of a switchboard: a few people who call from one handset at once, and a
    /// building that burns.
    static let helpCallsPerDevice = 4
    static let helpCalls = 200
    /// Those who were called for help get through for an hour: by then somebody is there. The last calls for help that are known.
    static let helpCallback: Duration = .seconds(3_600)
    static let helpCallbacks = 64
    /// Who sent a call on, by a provider's word: as many as a way through the business has, and what a counter may say.
    static let toldDiversions = 5
    static let countedDiversions = 100
    /// INVITEs of one connection that are answered and wait for nothing but a repeat or an ACK. A phone answers its own
    /// within a round trip; each may hold what a response repeats, ``SIP/Limits/echoedBytes``.
    static let finishedServers = 16
    /// INVITEs of ours over one connection that are answered and wait for a repeat of the answer. Each may hold the routes
    /// of its dialog twice.
    static let finishedClients = 16
    /// Bytes of transactions that wait for nothing on one switchboard; with more, nothing new begins. A call leaves about 5
    /// KiB for half a minute: this is more than a thousand calls a second, and less than a small machine has.
    static let finishedBytes = 268_435_456
    /// Answers that are kept for a phone over a transport that loses, for as long as it may ask again. A phone repeats what
    /// it just said, not what it said 64 requests ago.
    static let nonInviteServers = 64
    /// Servers of providers that one call is tried at. Each may be silent for ``trunkSilence``, and nobody waits longer than for
    /// these.
    static let trunkTries = 6
    /// Bytes of the branch of an INVITE. RFC 3261 asks for a unique one; phones stay under 80.
    static let branchBytes = 512
    /// Dialogs that the answers to one INVITE may make: one where a phone is, and some where another server forks behind it
    /// (RFC 3261 §13.2.2.4). Each that is too many costs a BYE, which is kept until it is answered.
    static let answersPerInvite = 8
    /// PRACKs under way in one early dialog. RFC 3262 §3 wants one response acknowledged before the next.
    static let pracks = 4
    /// Phones rung for one call.
    static let forks = 20
    /// How long new calls use one certificate for DTLS.
    static let identityLife: Duration = .seconds(86_400)
    /// Calls at once on one switchboard. Each holds about 8 KiB here and one relay.
    static let calls = 4_000
    /// Calls at once that one service answers. It is for trying a phone out; each costs a relay.
    static let callsOfService = 8
    /// The same of those that record and play, which people use at the same time.
    static let callsOfVoice = 32
    /// The same of all conference rooms together: one of the largest, and some small ones.
    static let callsOfRooms = 64
    /// Calls that wait in all queues together; the next one hears that nobody is to be reached.
    static let callsOfQueues = 64
    /// Calls on hold with music at once; who is on hold beyond them waits in silence.
    static let callsOfMusic = 40
    /// How often somebody in a queue is looked at, and how long they may be in it with all that rings afterwards.
    static let queueLook: Duration = .seconds(3)
    static let longestQueue: Duration = .seconds(2_400)
    /// How many times longer they wait at most between two tries, where nobody took their call again and again.
    static let queueBackOff = 10
    /// How long a goodbye may take, until a call ends without its end.
    static let farewell: Duration = .seconds(30)
    /// How long somebody may stand at the door of a conference room: three PINs, with what is said around them.
    static let roomDoor: Duration = .seconds(120)
    /// How long somebody may be in a conference: a working day.
    static let longestConference: Duration = .seconds(28_800)
    /// How long somebody may wait for a moderator.
    static let awaitingModerator: Duration = .seconds(1_800)
    /// How long a conference goes on after its moderator left: they may have lost their connection.
    static let withoutModerator: Duration = .seconds(60)
    /// How long a message may take with all that is said around it, and listening.
    static let longestDeposit: Duration = .seconds(300)
    static let longestListening: Duration = .seconds(1_800)
    /// Keys of one call: people press ten a second at most, and each may have a message read from the disk.
    static let keys = Rate(perSecond: 10, burst: 20)
    /// How long somebody may take to press the next key of a PIN, and to choose after a message.
    static let keyPatience: Duration = .seconds(8)
    static let menuPatience: Duration = .seconds(10)
    /// How long a menu waits for the next digit of an extension.
    static let digitPatience: Duration = .seconds(3)
    /// How often a caller may choose nothing, or what there is not: extensions are not tried one after the other.
    static let menuMisses = 3
    /// How long a call may be in menus, ringing included, and through how many it may go: there and back some times.
    static let longestMenu: Duration = .seconds(600)
    static let menuHops = 12
    /// Seconds of a message, and of silence that end it.
    static let message = StudioLine.RecordingTerms(longest: 180, silence: 8)
    /// The same of what callers are greeted with, and how often it is recorded in one call.
    static let greeting = StudioLine.RecordingTerms(longest: 60, silence: 8)
    static let greetingTakes = 10
    /// How long a phone rings before the caller is told that nobody answers.
    static let ringing: Duration = .seconds(90)
    /// How long a call may ring in all that groups and settings send from place to place: timer C of RFC 3261 §16.6.
    static let routing: Duration = .seconds(180)
    /// The same for help: an emergency centre has a queue.
    static let ringingForHelp: Duration = .seconds(600)

    static func ringing(for placement: Placement?) -> Duration {
        placement?.isForHelp == true ? ringingForHelp : ringing
    }

    /// How long the way to help is tried, and how many such calls go on at once.
    static let helpTrial: Duration = .seconds(20)
    static let helpTrials = 4
    /// How long it is known what came of one, after it would have been given up.
    static let helpTrialKept: Duration = .seconds(30)
    /// How long a call stands by which a phone had something changed: long enough to see that it was taken.
    static let confirmation: Duration = .milliseconds(1_500)
    /// How long a parked call rings where it was parked, and how often it does before it ends: with the longest time to wait, an
    /// hour and no more.
    static let parkedRing: Duration = .seconds(30)
    static let parkedReturns = 5
    /// Calls that operators have extensions place, whose phones ring or whose callees do: of one extension, and of all.
    static let clicksPerExtension = 2
    static let clicks = 32
    /// How long the phones ring of who is to call.
    static let clickRing: Duration = .seconds(30)
    /// How long an answer waits for its record to be on disk.
    static let storing: Duration = .seconds(5)
    /// After which time, and up to which, a call from outside is refused that rings at nobody: as phones do that are busy.
    static let outsideRefusal = (least: Duration.milliseconds(100), most: Duration.milliseconds(400))
    /// How long a leg may send nothing before it is asked whether it still lives.
    static let silence: Duration = .seconds(30)
    /// How often a leg's audio moves within the time below before that is reported: a phone that changes its network moves
    /// once, one whose packets are copied there and back.
    static let tellingMoves: UInt64 = 2
    /// For how long moves are counted together, and how often a call reports them at most.
    static let moveWatch: Duration = .seconds(60)
    /// How long a phone whose connection died may take to come back before a silent call of it ends.
    static let reconnect: Duration = .seconds(32)
    /// Provisional responses that wait for the PRACK of an earlier one.
    static let provisionals = 8
    /// Transfers that one call may go through, and with it the loops that transfers can make (row S20).
    static let transfers = 5
    /// How long a phone that is busy with its own change is left alone before it is told of its new partner.
    static let introductionPause: Duration = .seconds(1)
    /// How long a phone may take to be told of its new partner, from the moment it has one: 64·T1 of RFC 3261 §17.1.1.1.
    /// Provisional answers do not make it longer.
    static let introduction: Duration = .seconds(32)
    /// How long a refresh of a session waits while something else goes on in its dialog (RFC 3261 §14.1).
    static let refreshPause: Duration = .seconds(3)
    /// Bytes of the name that a phone gives its own instance: a UUID as a URN has 47.
    static let instanceBytes = 128
    /// Seconds within which a phone shows that its connection is alive (RFC 5626 §4.4.1 for connections).
    static let flowTimer = 120
    /// Messages with odd fields over the connection of a phone in a minute, before it is closed: a phone whose firmware
    /// writes one goes on, one that does nothing else does not.
    static let oddMessages = 20
    /// Wrong passwords on one connection before it is closed.
    static let failuresPerFlow = 5
    /// Subscriptions of one phone: three key modules of 40 lamps, its mailbox and itself.
    static let subscriptionsPerDevice = 128
    /// Subscriptions on one switchboard. Each holds about 1 KiB, and at most ``subscribeBytes``.
    static let subscriptions = 32_768
    /// Bytes of a SUBSCRIBE, whose tags, routes and identifiers are kept as long as the subscription. Phones stay under 1,500.
    static let subscribeBytes = 4_096
    /// Seconds. A shorter one makes more traffic than it is worth (RFC 6665 §4.2.1.1 lets us say 423).
    static let shortestSubscription: UInt32 = 60
    /// Seconds. What a phone gets that asks for more, or names no time.
    static let longestSubscription: UInt32 = 3_600
    /// Calls in one dialog document. A lamp has one colour, and a NOTIFY has to fit into a message.
    static let shownCalls = 32
    /// Bytes of a text message: what RFC 3428 §8 lets pass over a path that nobody knows.
    static let textBytes = 1_300
    /// How long a phone that could not take a NOTIFY is left alone.
    static let notifyAgain: Duration = .seconds(30)
    /// How old what is kept of a phone's logins may become while nothing changes. On the calendar, because it outlives the
    /// process.
    static let keptAgain: Duration = .seconds(86_400)
    /// Ways of calls to the outside by phones that are remembered, so that people hear of each once; 48 bytes each.
    static let knownForwards = 4_096
    /// How long a port of a plain leg is nobody's after its call: longer than anything that was sent to it is on its way, and
    /// than a provider repeats what ended the call (64·T1 of RFC 3261 §17.1.1.1).
    static let plainPortRest: Duration = .seconds(32)
    /// How often legs in the clear are looked after: a call outlives the exception of its trunk no longer than this.
    static let plainReview: Duration = .seconds(1)
    /// Characters of a dialled number or a client's name that are kept in a record.
    static let recordedText = 64

    // MARK: Trunks

    /// Servers of one provider that are tried: more addresses of it add nothing.
    static let trunkServers = 8
    /// Servers that a connection is kept to at the same time, so that a call can go by the next one at once.
    static let trunkConnections = 2
    /// How long a name server may take, with its own repeats.
    static let trunkLookup: Duration = .seconds(15)
    /// After which time DNS is asked again, and after which at the soonest when nothing can be reached.
    static let trunkLookupAgain: Duration = .seconds(600)
    static let trunkLookupSoonest: Duration = .seconds(60)
    /// How long TCP and TLS may take.
    static let trunkConnect: Duration = .seconds(6)
    /// How long a provider may say nothing to a question before it counts as dead (row F09).
    static let trunkSilence: Duration = .seconds(6)
    /// How many questions in a row end a connection that calls may be carried by.
    static let trunkSilences = 3
    /// How long a connection may be idle before it is asked whether it lives.
    static let trunkIdle: Duration = .seconds(30)
    /// How long at least between two looks at a trunk that nothing happened to.
    static let trunkReview: Duration = .milliseconds(200)
    /// Answers of a broken server in a row that open the breaker.
    static let trunkRefusals = 3
    /// The first rest after a failure, and the longest: RFC 5626 §4.5 with a shorter start, because a business waits.
    static let trunkRest: Duration = .seconds(2)
    static let trunkLongestRest: Duration = .seconds(120)
    /// The same where somebody has to change something first, such as a wrong password: providers shut out who tries often.
    static let trunkLastingRest: Duration = .seconds(30)
    static let trunkLongestLastingRest: Duration = .seconds(900)
    /// How often a rest is doubled at most: more would be longer than the longest.
    static let trunkDoublings = 10
    /// For how long a connection must have stood for its next end to be its first.
    static let trunkSteady: Duration = .seconds(60)
    /// Seconds that a registration is asked for, and the least and most that are taken of what the provider says.
    static let trunkExpires: UInt32 = 600
    static let trunkExpiresRange: ClosedRange<UInt32> = 30...86_400
    /// Answers to challenges for one request: a stale nonce after the first, or a proxy and the server behind it.
    static let trunkLoginRounds: UInt32 = 2
    /// Route values that a registration may bring (RFC 3608), and characters of each.
    static let trunkRoutes = 4
    static let trunkRouteBytes = 512
    /// Characters of a provider's reason or realm that are kept for people.
    static let trunkReason = 64
}
