// SPDX-License-Identifier: Apache-2.0

import Guard
import NIOCore

/// Everything that somebody outside can make grow or wait for, in this module.
enum Limits {
    // MARK: Connections

    /// Connections of one source (an IPv4 address, an IPv6 /64) and in all: a browser opens six. Each takes a descriptor and
    /// about 60 KB.
    static let connectionsPerSource = 32
    static let connections = 512
    /// TLS handshakes of a source in which nobody is signed in: a millisecond each. A browser that comes in takes ten.
    static let handshakes = Rate(perSecond: 5, burst: 60)
    /// Sources whose handshakes are counted, 60 bytes each; all others share one count.
    static let pacedSources = 4_096
    /// Connections that wait in the kernel.
    static let backlog = 64
    /// From accept to the first whole head of a request, the TLS handshake included.
    static let firstHead: TimeAmount = .seconds(10)
    /// From the end of an answer to the next head.
    static let nextHead: TimeAmount = .seconds(30)
    /// From a head to the end of its body.
    static let wholeBody: TimeAmount = .seconds(15)
    /// How long a browser may leave unread what was sent to it.
    static let unread: TimeAmount = .seconds(20)
    /// How long open answers may take when the server stops.
    static let farewell: Duration = .seconds(2)

    // MARK: Requests

    /// Bytes of one header field and of all of them, the address included; and how many there may be.
    static let headerField = 8_192
    static let headers = 16_384
    static let headerFields = 64
    /// Bytes of a path with its query.
    static let path = 2_048
    /// Bytes of a form.
    static let body = 16_384
    /// Fields of a form.
    static let fields = 32

    // MARK: Passwords

    /// Threads that hash, for all businesses, and tries that wait for one: 50 ms each, so nobody waits longer than two seconds.
    static let hashers = 2
    static let waitingHashes = 64

    // MARK: Pages

    /// Characters of a text from outside.
    static let shownText = 80
    /// Characters of what the journal keeps of a change.
    static let shownDetail = 400
    /// Rows of a list.
    static let rows = 50
    /// Calls that are shown live.
    static let liveCalls = 500
    /// Events that are counted on the first page.
    static let countedEvents = 10_000
    /// How old what takes long to find out may be on the first page.
    static let overviewAge: Duration = .seconds(10)

    // MARK: Programs

    /// Bytes of a command and of its answer; a thousand extensions are 100 KB.
    static let apiBody = 1 << 20
    static let apiAnswer = 16 << 20
    /// Bytes of an Idempotency-Key.
    static let idempotencyKey = 128
    /// Commands whose answers are kept for being asked again, their bytes, and how long.
    static let keptAnswers = 1_000
    static let keptAnswerBytes = 32 << 20
    static let keptAnswerAge: Duration = .seconds(86_400)
    /// Commands of one token, and of one source.
    static let programs = Rate(perSecond: 50, burst: 100)
    /// Commands that a token costs its source that is good for nothing.
    static let badToken: UInt32 = 10
    /// Tokens and sources whose pace is known, 60 bytes each.
    static let pacedPrograms = 4_096

    /// Call records that are looked at for costs and for the history: a month of a busy office, read in half a second.
    static let countedRecords = 10_000
    /// Days of costs on the page of them.
    static let costDays = 30
    /// Entries of the journal that are read at a time for its export: about half a megabyte.
    static let exportedRows = 1_000
    /// Extensions to choose from.
    static let optionRows = 500
    /// Lines of a run of attacks.
    static let proofLines = 400

    /// Alerts, or events, of which a page shows some.
    static let shownAlerts = 1_000
    /// Pages of one session: no person meets it, and a program that reads pages does.
    static let visits = Rate(perSecond: 20, burst: 240)
    /// What a page costs that reads ten thousand rows.
    static let longPage: UInt32 = 40

    // MARK: Live pages

    /// Roles whose pictures are kept.
    static let picturedRoles = 64

    /// Streams at a time, in all and of one session. Each looks with every beat at what all of them share: a call is seen within a
    /// second.
    static let streams = 256
    static let streamsPerSession = 4
    static let beat: Duration = .milliseconds(500)
    /// Beats after which something is sent though nothing has changed.
    static let silentBeats = 30
    /// How often it is looked whether the certificate is another one.
    static let certificateAge: Duration = .seconds(60)

    /// Characters of a line of a message that was noted.
    static let tracedLine = 400
}
