// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Where a business's settings, records and journal are kept: SQLite here, another database where several machines share one.
///
/// Every method blocks until the database has answered, and what it returned from survives a power cut. Only ``BusinessStore``
/// and threads of their own call it; whoever runs on Swift's tasks goes through ``BusinessStore``. One body of tests,
/// `BackendTests`, holds for each.
public protocol Backend: AnyObject, Sendable {
    /// The settings as they are now. Read from memory.
    var snapshot: Snapshot { get }
    /// The settings as they are kept, read anew.
    func storedSettings() throws -> Snapshot
    /// The folder of the business.
    var path: String { get }
    /// What was missing when it was opened, in sentences; empty where everything is there.
    var shortcomings: [String] { get }

    /// Writes changes and their journal entries in one transaction, and answers with the settings that result.
    func change(_ changes: [Change], journal drafts: [JournalDraft], at now: WallTime) throws -> Snapshot

    /// The voice messages of the business.
    var messages: MessageFolder { get }

    @discardableResult
    func append(_ draft: JournalDraft, at now: WallTime) throws -> JournalEntry
    func journal(_ query: JournalQuery) throws -> [JournalEntry]
    func verifyJournal() throws -> JournalVerification
    /// Takes a journal for whole whose anchor was lost or whose end is missing, with a line that says so.
    func acceptJournal(by actor: String, because reason: String, at now: WallTime) throws -> JournalAcceptance

    func write(_ records: [CallRecord], events: [SecurityEvent], logins: [PhoneLogin]) throws
    /// - Parameter period: When they began; `nil` for whenever it was.
    func records(of owner: Extension?, during period: ClosedRange<WallTime>?, limit: Int) throws -> [CallRecord]
    func record(_ id: String) throws -> CallRecord?
    func events(limit: Int) throws -> [SecurityEvent]
    func logins() throws -> [PhoneLogin]
    /// When extensions were last used; those that never were may be missing.
    func uses() throws -> [ExtensionNumber: ExtensionUse]
    /// These are used at this moment. Uses that a wrong clock wrote down for later are taken for uses of now.
    func noteUse(of numbers: Set<ExtensionNumber>, at now: WallTime) throws
    /// Days without use count from now on.
    func countUse(of number: ExtensionNumber, from now: WallTime) throws
    /// People were told that nobody uses these.
    func noteTold(of numbers: [ExtensionNumber], at now: WallTime) throws

    /// What is counted of calls outside, as bytes of whoever counts.
    func keepCounted(_ bytes: [UInt8], at now: WallTime) throws
    func counted() throws -> [UInt8]?

    func bans() throws -> [Ban]
    func keep(_ ban: Ban, journal draft: JournalDraft?, at now: WallTime) throws
    func lift(_ source: BanSource, journal draft: JournalDraft, at now: WallTime) throws

    func see(operator account: String, at now: WallTime) throws
    func operatorsLastSeen() throws -> [String: WallTime]

    /// What an operator signs in with; `nil` where they have not set it yet.
    func signIn(of name: String) throws -> SignIn?
    /// The names of those who have.
    func signIns() throws -> Set<String>
    /// Takes the place of the one that the operator had.
    func keep(_ invitation: Invitation, journal draft: JournalDraft, at now: WallTime) throws
    func invitation(_ token: [UInt8]) throws -> Invitation?
    /// Those that were not used, by name.
    func invitations() throws -> [Invitation]
    /// - Returns: `false` when that operator has none.
    func withdraw(invitationOf name: String, journal draft: JournalDraft, at now: WallTime) throws -> Bool
    /// Uses an invitation up. The sessions of that operator and what they signed in with before are gone then.
    ///
    /// - Returns: `false` when there is no such invitation.
    func accept(
        _ token: [UInt8],
        _ signIn: SignIn,
        step: Int64,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws -> Bool
    /// Uses the code of a time step up, and with it all earlier ones.
    ///
    /// - Returns: `false` when it was used already.
    func use(step: Int64, of name: String) throws -> Bool
    /// Uses a recovery code up.
    ///
    /// - Returns: `false` when there is none with that hash.
    func use(
        recoveryCode hash: [UInt8],
        of name: String,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws -> Bool
    /// By owner and name.
    func passkeys() throws -> [Passkey]
    func passkeys(of owner: String) throws -> [Passkey]
    /// The one with this credential ID, whoever has it.
    func passkey(_ id: [UInt8]) throws -> Passkey?
    /// - Returns: `false` when its ID or its name is taken, when its owner has enough, or does not sign in.
    func add(_ passkey: Passkey, atMost most: Int, journal draft: JournalDraft, at now: WallTime) throws -> Bool
    /// Writes down that it was used.
    ///
    /// - Returns: `false` when it is there no more, or its counter does not go on.
    func use(passkey id: [UInt8], of owner: String, counter: UInt32, at now: WallTime) throws -> Bool
    /// - Returns: `false` when there is none of that name.
    func remove(passkey name: ShortName, of owner: String, journal draft: JournalDraft, at now: WallTime) throws -> Bool
    func begin(
        _ session: PortalSession,
        inPlaceOf former: [UInt8]?,
        journal draft: JournalDraft,
        at now: WallTime
    ) throws
    func session(_ token: [UInt8]) throws -> PortalSession?
    /// The newest first.
    func sessions() throws -> [PortalSession]
    /// Writes down when it was last used and proven.
    func note(_ session: PortalSession) throws
    func endSessions(_ ids: [String], journal draft: JournalDraft?, at now: WallTime) throws
    /// Browsers in which somebody signed in, by the hashes of their tokens.
    func know(browser token: [UInt8], of name: String, until end: WallTime) throws
    func knows(browser token: [UInt8], of name: String, at now: WallTime) throws -> Bool
    /// Forgets invitations and browsers whose time is over, and sessions that began before a moment.
    func pruneSignIns(at now: WallTime, sessionsBefore oldest: WallTime) throws

    func jobRuns() throws -> [JobRun]
    func keep(_ run: JobRun) throws
    func pruneBans(at now: WallTime) throws
    func pruneEvents(at now: WallTime) throws
    /// Before which records may be deleted in one go; `nil` where none is too old.
    func oldRecords(endedBefore limit: WallTime) throws -> WallTime?
    /// Deletes some records of calls that ended before a time, the oldest first.
    ///
    /// - Returns: How many; ``Limits/retainedAtOnce`` where there may be more.
    func deleteSomeRecords(endedBefore limit: WallTime) throws -> Int
    /// Records of calls in which a number of somebody outside stands.
    func records(naming number: PhoneNumber) throws -> [CallRecord]
    /// Takes it out of some of them.
    func erase(_ number: PhoneNumber, in records: [CallRecord]) throws
    /// Takes out of every file what was deleted or erased.
    func forgetDeleted() throws
    /// When the oldest call began that is over and whose record is kept; `nil` where there is none.
    func oldestRecord() throws -> WallTime?

    /// What people were told, the newest first.
    func alerts(limit: Int) throws -> [AlertMessage.Item]
    /// Messages that wait, and those that ended since a moment.
    func alertMessages(endedSince time: WallTime) throws -> [AlertMessage]
    /// Keeps what people are told and the messages that say it, in place of those with their ids, in one transaction.
    ///
    /// - Parameter state: Of whoever decides what is told; `nil` where it is as it was.
    func keep(_ alerts: [AlertMessage.Item], _ messages: [AlertMessage], state: [UInt8]?) throws
    func alertState() throws -> [UInt8]?
    func channelStandings() throws -> [ShortName: ChannelStanding]
    func keep(_ standing: ChannelStanding, of channel: ShortName, journal draft: JournalDraft?, at now: WallTime) throws
    /// Forgets what was told and delivered long ago.
    func pruneAlerts(at now: WallTime) throws

    func recordProofs(_ proofs: [Proof]) throws
    func lastProofs() throws -> [Proof]
    func proofs(since: WallTime) throws -> [Proof]

    /// The files that hold what is kept; none where it is kept elsewhere.
    func files() -> [KeptFile]
}

extension Backend {
    /// Which business it is of.
    public var business: BusinessID { snapshot.business }

    public func records(limit: Int) throws -> [CallRecord] { try records(of: nil, during: nil, limit: limit) }

    /// Writes events alone.
    public func write(_ events: [SecurityEvent]) throws { try write([], events: events, logins: []) }
}

extension RingfenceStore: Backend {}
