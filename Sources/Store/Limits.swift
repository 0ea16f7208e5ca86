// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// What the store keeps, and what it lets wait.
public enum Limits {
    /// Call records that wait for the disk. At 200 bytes to 1 KiB each, at most 8 MiB; more means that the disk is gone. As many
    /// of calls that were answered, and of others, wait in memory while the disk takes nothing.
    public static let queuedRecords = 8_192
    /// How long after the disk did not take records it is asked again: soon enough for an operator who has made room, and one
    /// failed commit a second is nothing.
    static let betweenRetries = DispatchTimeInterval.seconds(1)
    /// How long the disk takes everything before it is said to be well: one that is all but full changes its mind often.
    static let recovery = DispatchTimeInterval.seconds(10)
    /// How often it is noted that the server lives while calls are up: how much too early the end of a call may be recorded
    /// that a crash ended.
    static let beat = DispatchTimeInterval.seconds(10)
    /// Threads of the process that read databases for people: a long answer of one business does not stop all others.
    static let readers = 2
    /// Bytes of each half of the record log: some seven thousand states of calls, so that the last calls have their records when
    /// the disk is full.
    public static let logHalf = 2 << 20
    /// Bytes of records that one commit to the log gathers at most, so that several fit into a half.
    static let logCommit = 256 << 10
    /// Bytes of records that the tables did not take that a commit carries over to the half in use: so few do not delay it.
    static let carriedOver = 64 << 10
    /// How long after a record came the tables are filled: most states of short calls are then one row, written once.
    static let filling = DispatchTimeInterval.seconds(3)
    /// Seconds that a write waits for another program that has the database locked: none of ours does, and somebody waits for
    /// the answer to a command.
    static let lockPatience = 2.0
    /// How often the lock of a folder is tried for, and microseconds in between: half a second, which nobody notices and in which
    /// whoever has stopped has let go of it.
    static let lockTries = 25
    static let betweenLockTries: UInt32 = 20_000
    /// How long the record log may take for a commit before nobody waits for it any more.
    static let unresponsive = DispatchTimeInterval.seconds(5)
    /// Security events that wait for the disk.
    public static let queuedEvents = 1_024
    /// Records written in one transaction, so that a caller never waits for a transaction of seconds.
    public static let recordsPerCommit = 512
    /// How long a record that nobody waits for may stay for others to share its commit. `kill -9` loses what has not been
    /// answered yet and nothing else; so short, it loses no more of that than a busy disk does.
    static let gathering = DispatchTimeInterval.milliseconds(50)
    /// From one commit to the next while calls come faster than that: two packets of audio, which nobody misses in the answer
    /// to a call, and a hundred commits a second would be a tenth of a processor.
    static let betweenCommits = DispatchTimeInterval.milliseconds(40)
    /// Logins of phones that wait for the disk, each of another phone or from another place.
    static let queuedLogins = 16_384
    /// Milliseconds that a login may stay for others to share its commit, different for each store: when all phones of a
    /// business come back at once they share a few, and two hundred businesses of one machine do not write at once.
    static let gatheringLogins = 5_000...30_000
    /// Places kept that a phone logged in from: as many as are looked at.
    static let loginsPerPhone = 4
    /// Milliseconds by which the last use of an extension may lie further back than it is kept: whether it was used is counted in
    /// days, and a row for every call would cost more than the call's own.
    static let useGrain: Int64 = 3_600_000
    /// Pages of the write-ahead log, 4 KiB each, before they are put into the database: a page that changes often is then put
    /// there once for many commits.
    static let pagesPerCheckpoint = 4_000
    /// Security events kept; the oldest go first. A year of a quiet system, and 40 MiB at most for one under attack.
    public static let securityEvents = 100_000
    /// Security events that one line of the journal stands for at most, but for those written with the last: what strangers cause
    /// in an hour when they do their worst is then a few lines.
    static let eventsPerLine = 10_000
    /// Seconds from one such line to the next while there are fewer.
    static let secondsPerLine = 3_600
    /// Seconds that a ban is kept after its end, because the next one of its source is longer: a week.
    static let rememberedBans = 7 * 86_400
    /// Seconds that a security event is kept where there are few: 400 days, so that two years can be compared.
    static let rememberedEvents = 400 * 86_400
    /// Rows that a list answers with at most.
    public static let listedRows = 10_000
    /// UTF-8 bytes of a text that came from outside and is kept: what a header may hold is far more than a person reads.
    public static let keptText = 512
    /// Different protections of legs whose text is remembered: transports, ciphers and suites allow for fewer.
    static let rememberedTexts = 256
    /// Messages that a mailbox holds: a fortnight of a busy person. A stranger can leave no more.
    static let messagesPerMailbox = 100
    /// Bytes of all messages of a business: three days of sound.
    static let messageBytes: UInt64 = 2 << 30
    /// Bytes that stay free on the disk of them: records of calls and the journal come first.
    static let keptFree: UInt64 = 256 << 20
    /// Bytes of one message's file: three minutes of sound and what sealing adds, twice.
    static let messageFileBytes = 4 << 20
    /// Samples of the shortest message: half a second is somebody who hung up.
    static let shortestMessage = 4_000
    /// Audits and attacks kept as proofs for one control.
    public static let proofsPerControl = 100
    /// Browsers in which one operator is signed in, and of which it is known that they were: a desk, a laptop, a telephone and some
    /// more. The oldest go first.
    static let sessionsPerOperator = 16
    static let knownBrowsers = 16
    /// Seconds that a message is kept after its end, so that somebody can ask when it arrived; and that an alert is, as long as what
    /// was noticed.
    static let rememberedMessages = 30 * 86_400
    static let rememberedAlerts = 400 * 86_400
    /// Alerts kept; the oldest go first. 1 KiB each.
    static let keptAlerts = 20_000

    /// Records that are deleted in one transaction.
    public static let retainedAtOnce = 1_000
    /// Days of records that go in one night at most.
    static let retainedDays = 40
    /// The last digits of a number by which records are found that may name it.
    static let dialledTail = 6
}
