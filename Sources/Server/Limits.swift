// SPDX-License-Identifier: Apache-2.0

import Guard

/// Everything that somebody outside can make grow or wait for, in this module.
enum Limits {
    // MARK: Time a connection has

    /// From accept to the end of the TLS handshake. A slow mobile link needs two seconds.
    static let handshake: Duration = .seconds(5)
    /// From then to the first complete message. Phones send one at once.
    static let firstMessage: Duration = .seconds(5)
    /// The same two where phones are expected from: when a thousand come back at once, each waits for its turn on both sides.
    static let expectedHandshake: Duration = .seconds(15)
    static let expectedFirstMessage: Duration = .seconds(15)
    /// From the first byte of a later message to its last.
    static let wholeMessage: Duration = .seconds(10)
    /// Between complete messages of a peer that has shown no valid credential.
    static let strangerIdle: Duration = .seconds(30)
    /// From accept to a valid credential, whatever it sends meanwhile.
    static let strangerLifetime: Duration = .seconds(120)
    /// Between messages of a peer that has: two registrations missed.
    static let phoneIdle: Duration = .seconds(2 * RegistrationRules.maximumExpires)
    /// How often a connection's deadline is looked at, so that one which is gone is forgotten soon.
    static let review: Duration = .seconds(60)
    /// The same for a stranger's, which may come nearer.
    static let strangerReview: Duration = .seconds(5)
    /// How often it is looked whether the loop is behind, while there are strangers.
    static let beat: Duration = .milliseconds(100)
    /// How long a peer may leave unread what was sent to it.
    static let unread: Duration = .seconds(10)
    /// How long a peer has to answer our close_notify (RFC 8446 §6.1), in seconds.
    static let farewell = 1

    /// From accept, how long a connection makes no room for others while there are any that came earlier: a TLS handshake
    /// over a mobile link.
    static let grace: Duration = .seconds(1)

    // MARK: Bytes of a connection

    /// Bytes read in one system call. A REGISTER has 900, a ClientHello 500 to 1,800.
    static let read = 2_048
    /// Bytes read in a connection's first call, whose buffer NIO keeps: most ClientHellos.
    static let firstRead = 512
    /// Bytes of unfinished messages that the loop keeps of all connections before strangers may begin no other. Most
    /// messages come in one piece.
    static let unfinished = 16 << 20
    /// Bytes waiting for a peer that does not read, before its connection is closed.
    static let pendingWrites = 65_536
    /// Bytes waiting before a peer counts as slow: an INVITE and a few answers.
    static let slowWrites = 16_384
    /// Bytes that the kernel takes for a peer before we wait. Without a limit it would take four megabytes.
    static let kernelBuffer = 65_536
    /// Bytes of encrypted output that a quiet connection keeps for its next message.
    static let preservedOutput = 4_096
    /// Bytes of the largest datagram that is read; longer ones arrive cut and are dropped by the parser.
    static let datagram = 8_192

    // MARK: Connections

    /// Descriptors kept for the database, media, the admin socket and the log when connections use up the rest.
    static let reservedDescriptors = 256
    /// Connections accepted before the loop looks at those it has.
    static let acceptsPerTurn: UInt = 16
    /// How long nothing is accepted after the system had no descriptor or no memory for a connection.
    static let acceptPause: Duration = .milliseconds(100)
    /// Entries of the rows in which strangers wait to make room before the rows are put in order; 8 bytes each.
    static let smallCrowd = 1_024
    /// Connections waiting for accept.
    static let backlog: Int32 = 512
    /// IPv6 peers that a datagram listener knows the address of; 100 bytes each. An exception is for a handful of devices.
    static let datagramPeers = 2_048
    /// Places looked at for a new one, when phones keep the first.
    static let datagramPeerTries = 16
    /// Datagrams read in one system call.
    static let datagramsPerRead = 32

    // MARK: Connections that have not said whom they want, where several businesses share an address

    /// From accept to a complete ClientHello. Phones send it with their first packet; a slow mobile link needs two seconds.
    static let hello: Duration = .seconds(3)
    /// Connections at a time whose hello is not complete, in all, of one source (an IPv4 address, an IPv6 /64) and of one
    /// within a site: an office that comes back at once needs them for one round trip. 200 bytes and a descriptor each.
    static let hellos = 2_048
    static let hellosPerSource = 256
    static let hellosPerSite = 1_024
    /// Connections at a time that were accepted for a business and that its loop has not taken, in all and of one business:
    /// as many as wait in the kernel where a loop accepts by itself. A descriptor each.
    static let onTheWay = 1_024
    static let onTheWayPerBusiness = 512
    /// How long a loop looks at its sockets before it takes the next of them.
    static let betweenVisits: Duration = .milliseconds(1)
    /// How often one is looked at: it has come in as many pieces. A hello of 1,800 bytes has 4 at the smallest size of
    /// packets that there is.
    static let looksPerHello = 32
    /// Connections looked at before the clock is.
    static let signsPerTurn = 64

    // MARK: Threads

    /// Threads that serving takes at most, besides the first: one of each processor for tasks, for small services and for what
    /// blocks, one of each loop, and those for media, the doors of several businesses, disks and settings.
    static func threads(processors: Int, loops: Int) -> Int { 3 * processors + loops + otherThreads }
    static let otherThreads = 20

    // MARK: Businesses of one process

    /// Businesses that one process serves: each needs a megabyte, and their starting takes a second for every ten.
    static let businesses = 1_000
    /// Descriptors that a business needs besides its connections: its database, its locks, its control socket.
    static let descriptorsPerBusiness = 16
    /// What one of several businesses may use, however many there are: calls at once, nonces remembered, sources with a
    /// bucket of their own, sources whose offences are counted, connections of strangers.
    static let leastCalls = 100
    static let leastNonces = 4_096
    static let leastSources = 2_048
    static let leastOffenders = 1_024
    static let leastStrangers = 512
    /// How much of what a loop bears one of several businesses may use: of the places and messages of strangers, and of
    /// the phones that come back at once. One part in so many.
    static let strangersPart = 4
    /// How long the kernel's list of sockets is good for several businesses that look at it.
    static let censusAge: Duration = .seconds(50)

    // MARK: Messages

    /// Messages a second of one login, over all of its connections, and how many may come at once. A phone sends a few an
    /// hour; one with 120 lamps subscribes to all of them after a restart, with a challenge and a NOTIFY to answer for each;
    /// the answers of a busy field of lamps, and a gateway that begins as many calls as a login may, are below 20 a second.
    static let phoneRate = 20
    static let phoneBurst = 400
    /// The same in bytes: that many messages of 3 KB, and 400 of 640 bytes. What is kept for an answer is bounded with it.
    static let phoneByteRate = 64 << 10
    static let phoneByteBurst = 256 << 10
    /// How long a connection is not read at least when its login has said that much: five messages; and at most, which is
    /// also the deepest debt.
    static let phonePause: Duration = .milliseconds(250)
    static let longestPause: Duration = .seconds(10)
    /// The same of all phones of one of several businesses: a quarter of what a loop bears, and what a thousand phones say
    /// that come back at once. Neighbours have the rest.
    static let businessRate = 2_500
    static let businessBurst = 20_000
    static let businessByteRate = 8 << 20
    static let businessByteBurst = 32 << 20
    /// The same of one trunk: ten calls a second set up and ended, which take some twenty messages each; and what a provider says
    /// at once that has lost its connection to us and comes back.
    static let trunkRate = 200
    static let trunkBurst = 2_000
    static let trunkByteRate = 512 << 10
    static let trunkByteBurst = 4 << 20
    /// Budgets kept before it is looked which of them nobody has any more; 150 bytes each.
    static let fewBudgets = 1_024

    // MARK: Security events

    /// Different events (kind and source) counted apart between two reports; the rest are counted together.
    static let eventKinds = 64
    /// The same of each kind that is grave, which strangers cannot take: 800 in all, of 50 kinds.
    static let graveEvents = 16
    /// How often they are reported.
    static let eventReport: Duration = .seconds(10)
    /// And how soon while there are so few of them: people hear of them within seconds, and these are fewer rows than 64 each ten seconds.
    static let soonReport: Duration = .seconds(2)
    static let fewEvents = 8
    /// Events that wait for somebody who watches live, 500 bytes each, before it loses some.
    static let waitingEvents = 256
    /// The most that somebody may ask for, and how many may watch: 32 MiB, when all of them stop reading.
    static let mostWaitingEvents = 1_024
    static let eventReaders = 64

    /// Bans of the system with a line of the journal each, in so many seconds; the others share one. Strangers decide how many
    /// there are, and lines are kept for ever.
    static let banLines = 12
    static let secondsOfBanLines = 3_600
    /// Sources that such a shared line names, 40 bytes each; the others are counted.
    static let bansPerLine = 200

    /// Seconds that a socket has to be away, and a crowd of strangers to last, before people are told: a listener is opened again
    /// at the next look, and a burst passes. Both are looked at once a minute.
    static let passes = 60
    static let crowdPasses = 300

    // MARK: Housekeeping

    /// How often what is counted of calls outside is written down, in seconds: a crash forgets no more than that.
    static let countedKeeping = 300
    /// How often it is looked whether an exception has ended, in seconds.
    static let exceptionReview = 5
    /// How often it is looked whether the certificate has to be renewed, in seconds.
    static let certificateReview = 3_600
    /// When what is old is forgotten, in minutes of the day: at night where most of the customers are.
    static let pruneMinute = 2 * 60 + 20
    /// Seconds between two looks at the backups there are, which may lie on a disk far away.
    static let backupLook = 600
    /// When the backup of the night is made, in minutes of the day (UTC): after what is old was taken away.
    static let backupMinute = 2 * 60 + 40
    /// Seconds between two runs of a job from which on the last one is kept.
    static let keptPeriod = 600
    /// How long at least between two looks at what is due.
    static let shortestPause: Duration = .seconds(1)
    /// How often it is looked whether somebody has set the clock, and by how much it counts: a certificate begins a day in
    /// the past, so a minute does not matter.
    static let clockReview: Duration = .seconds(30)
    static let clockStep: Duration = .seconds(60)
    /// Seconds that records may wait for the disk before `doctor` says that nothing is written: twice what a lock is waited for.
    static let lateRecords = 10
    /// How often the machine's sockets are compared with the declared ones, in seconds.
    static let socketReview = 60
    /// Relays at once: two legs each.
    static let relays = 4_000
    /// Packets a second that the media thread passes: a call has a hundred. Of several businesses each has its part, down to
    /// twice what ``leastCalls`` need.
    static let mediaPackets = 200_000
    static let leastMediaPackets = 20_000

    // MARK: Providers

    /// Threads that ask name servers, for all businesses: each may wait for seconds.
    static let nameThreads = 2
    /// How long one search for the servers of a provider may take, with the wait for a thread.
    static let lookup: Duration = .seconds(12)
    /// From the first packet of a connection to a provider until it stands, without TLS.
    static let trunkConnect: Duration = .seconds(5)
    /// How long a trial waits for the answer to a login: two silent servers.
    static let trunkTrial: Duration = .seconds(15)
    /// How long the outcome of a try of the way to help is waited for: longer than the switchboard tries.
    static let helpTrial: Duration = .seconds(25)
    /// Names of a provider's certificate that people are told, and characters of each.
    static let shownNames = 8
    static let shownNameCharacters = 120
    /// Seconds after which it is looked at whether the business has opened or closed: hours are in minutes.
    static let hoursLook = 60
    /// Seconds for which what calls cost is read at the start: the longest stretch that a budget looks back, and the longest call.
    static let chargeMemory: Int64 = 8 * 86_400
    /// Deliveries of alerts at a time, of all businesses of the process: each has a thread while it waits for the other side.
    static let deliveries = 8
    /// Milliseconds for the connection of a delivery, and for all of it: a mail server that thinks about a mail takes seconds.
    static let deliveryConnectMilliseconds = 5_000
    static let deliveryMilliseconds = 20_000
    /// Addresses of a name that are looked at.
    static let deliveryAddresses = 8
    /// Bytes of a message of syslog: what every collector should take (RFC 5425 §4.3.1).
    static let syslogMessage = 8_192
    /// Bytes of the answer to a delivery that are read, and of what is told of it.
    static let deliveryAnswer = 16 << 10
    static let deliveryWords = 160
    /// How long a delivery that is on its way is waited for when the server stops. It goes out once more after the next start, with the same
    /// id, where that was too short.
    static let alertFarewell = Duration.seconds(1)
    /// Characters of the subject of a mail.
    static let subjectScalars = 200
    /// Events that are looked at for alerts after a start, where the last run ended before it did so.
    static let caughtUp = 1_000

    // MARK: Voice

    /// Packets that wait between the two threads, 2 KiB each: a tenth of a second of as many lines as there may be, and a
    /// second of what services are used for.
    static let studioPackets = 1_024
    /// Samples of music that are kept, 8,000 a second: five minutes.
    static let musicSamples = 2_400_000
    /// Calls that a studio serves at once, of all businesses.
    static let studioLines = 200
    /// Seconds of one recording that wait for the disk: a disk that is slower does not take messages.
    static let recordedPieces = 10
    /// Commands that wait for the next beat.
    static let studioCommands = 4_096
    /// Nanoseconds from one beat to the next.
    static let studioBeat: UInt64 = 20_000_000
    /// Beats that are made up for when the thread was held up; what is more is left out.
    static let studioBeatsBehind: UInt64 = 5

    // MARK: Traces

    /// Bytes and messages of a trace: an hour of a small office, or the last minutes of a busy one.
    static let traceBytes = 8 << 20
    static let traceMessages = 20_000
    /// Calls, registrations and subscriptions that a trace tells apart.
    static let tracedDialogs = 10_000
    /// Bytes of messages that one look at a trace shows, the newest of them: what an answer has room for.
    static let traceShown = 2 << 20
    /// Bytes that a message of a trace takes beside its text, about.
    static let traceOverhead = 200
    /// How long what was noted stays after the trace has ended.
    static let traceKept: Duration = .seconds(86_400)
    /// Bytes of a message in a packet of HEP or a capture: what a datagram has room for beside the rest.
    static let hepPayload = 65_000
    static let capturedBytes = 65_535
}
