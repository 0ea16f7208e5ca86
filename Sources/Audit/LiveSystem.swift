// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// The running system as the checks see it: values, and closures for what has to be asked of the machine.
///
/// `Server` makes one from what is really there; nothing in it is what the configuration wishes for, except ``snapshot``
/// and ``declared``, which are what the rest is compared with.
public struct LiveSystem: Sendable {
    public var now: WallTime
    /// The settings that calls are decided by at this moment, with the credentials of every phone.
    public var snapshot: Snapshot
    /// Every file of the installation: the database with its log, the seal key, the certificate's key, the socket.
    public var files: [StoredFile]
    /// Reads one of ``files`` in blocks; `nil` when it is not there or cannot be read.
    public var open: @Sendable (StoredFile) -> FileBlocks?
    /// The bytes that seal the credentials, to look for them where they must not be.
    public var sealKey: Redacted<[UInt8]>?
    /// The listeners that were declared.
    public var declared: [Listener]
    /// The sockets of this process that wait for strangers, as the kernel lists them now.
    public var sockets: @Sendable () async -> [OpenSocket]
    /// Says these bytes to our own TLS listener over a new connection, and returns what comes back within the given time.
    /// Empty when it closes or stays silent. Used with hand-made TLS hellos, so it is plain TCP.
    public var sayInTheClear: @Sendable ([UInt8], Duration) async -> [UInt8]
    /// Sends SIP requests over one new TLS connection as a stranger; one answer, or `nil`, for each.
    public var askAsStranger: @Sendable ([[UInt8]]) async -> [[UInt8]?]
    /// Connections of registered phones and calls in progress, both legs each.
    public var connections: [ConnectionFacts]
    public var media: MediaFacts
    public var sources: SourceFacts
    /// The newest call records, at most ``Limits/recordsExamined`` of them.
    public var records: [CallRecord]
    /// Recomputes the whole chain and compares its end with the anchor kept outside the database.
    public var verifyJournal: @Sendable () async -> JournalFacts
    /// Who may run the system besides its own account and root.
    public var operators: [OperatorFacts]
    /// The account that the server runs under.
    public var account: OwnerRules.Account
    /// Calls that leave the business.
    public var outside: OutsideFacts
    /// Every connection to a provider and from one.
    public var trunks: [TrunkConnectionFacts] = []
    /// When each extension was last used; `nil` when that cannot be read.
    public var uses: [ExtensionNumber: ExtensionUse]?
    /// Every forward and right to forward; `nil` when they cannot be read.
    public var forwards: [ForwardFacts]?
    /// What tells of people and is kept; `nil` when it cannot be read.
    public var kept: KeptFacts?
    /// What people are told; `nil` when it cannot be read.
    public var alerts: AlertFacts?
    /// Extensions that a phone is registered for.
    public var registered: Set<ExtensionNumber> = []
    public var portal = PortalFacts(
        places: [],
        people: nil,
        sessions: nil,
        hasStranger: false,
        say: { _, _, _ in [] },
        ask: { _, _ in [] }
    )
    /// The name that browsers verify in the certificate; `nil` where there is none.
    public var portalHost: String?

    public init(
        now: WallTime,
        snapshot: Snapshot,
        files: [StoredFile],
        open: @escaping @Sendable (StoredFile) -> FileBlocks?,
        sealKey: Redacted<[UInt8]>?,
        declared: [Listener],
        sockets: @escaping @Sendable () async -> [OpenSocket],
        sayInTheClear: @escaping @Sendable ([UInt8], Duration) async -> [UInt8],
        askAsStranger: @escaping @Sendable ([[UInt8]]) async -> [[UInt8]?],
        connections: [ConnectionFacts],
        media: MediaFacts,
        sources: SourceFacts,
        records: [CallRecord],
        verifyJournal: @escaping @Sendable () async -> JournalFacts,
        operators: [OperatorFacts],
        account: OwnerRules.Account,
        outside: OutsideFacts
    ) {
        (self.now, self.snapshot, self.files, self.open) = (now, snapshot, files, open)
        (self.sealKey, self.declared, self.sockets) = (sealKey, declared, sockets)
        (self.sayInTheClear, self.askAsStranger) = (sayInTheClear, askAsStranger)
        (self.connections, self.media, self.sources) = (connections, media, sources)
        (self.records, self.verifyJournal, self.operators) = (records, verifyJournal, operators)
        (self.account, self.outside) = (account, outside)
    }
}

/// A file of the installation and who may touch it.
public struct StoredFile: Hashable, Sendable, Codable {
    public typealias Role = SecretFileRules.Purpose

    public let role: Role
    public let path: String
    /// The permission bits, `0o600`.
    public let mode: UInt16
    public let owner: UInt32

    public init(role: Role, path: String, mode: UInt16, owner: UInt32) {
        (self.role, self.path, self.mode, self.owner) = (role, path, mode, owner)
    }
}

/// The content of a file, block after block, so that a large database is never in memory at once.
public struct FileBlocks: Sendable {
    /// The next bytes, at most a few hundred KiB; empty at the end.
    public let next: @Sendable () -> [UInt8]

    public init(next: @escaping @Sendable () -> [UInt8]) {
        self.next = next
    }
}

/// One connection of a phone, or one leg of a call.
public struct ConnectionFacts: Hashable, Sendable {
    /// Whose: an extension, a call.
    public let subject: String
    public let protection: LegProtection
    /// Whether audio flows on it, so that it must have an SRTP suite.
    public let carriesAudio: Bool
    /// Of a leg to the outside: `trunk-encryption` and `provider-allowlist` are about it.
    public let trunk: TrunkName?
    /// Where its audio comes from; `nil` before the first packet.
    public let source: IPAddress?

    public init(
        subject: String,
        protection: LegProtection,
        carriesAudio: Bool,
        trunk: TrunkName? = nil,
        source: IPAddress? = nil
    ) {
        (self.subject, self.protection, self.carriesAudio) = (subject, protection, carriesAudio)
        (self.trunk, self.source) = (trunk, source)
    }
}

/// One connection to a provider, or one that came from where a provider is.
public struct TrunkConnectionFacts: Hashable, Sendable {
    public let trunk: TrunkName
    /// As the socket has it.
    public let remote: SocketAddress
    /// Whether we opened it.
    public let isOurs: Bool
    /// What protects the signalling.
    public let protection: LegProtection
    /// Whose certificate was shown and verified; `nil` where none was.
    public let verified: DomainName?

    public init(
        trunk: TrunkName,
        remote: SocketAddress,
        isOurs: Bool,
        protection: LegProtection,
        verified: DomainName?
    ) {
        (self.trunk, self.remote, self.isOurs) = (trunk, remote, isOurs)
        (self.protection, self.verified) = (protection, verified)
    }
}

/// The media relay now.
public struct MediaFacts: Sendable {
    public struct Leg: Hashable, Sendable {
        /// The call and the side: `3f2a…/a`.
        public let name: String
        /// Packets that authenticated and were passed on.
        public let packets: UInt64
        public let authenticationFailures: UInt64
        public let replays: UInt64
        /// Where authenticated packets come from; `nil` before the first.
        public let locked: SocketAddress?

        public init(
            name: String,
            packets: UInt64,
            authenticationFailures: UInt64,
            replays: UInt64,
            locked: SocketAddress?
        ) {
            (self.name, self.packets, self.authenticationFailures) = (name, packets, authenticationFailures)
            (self.replays, self.locked) = (replays, locked)
        }
    }

    public let legs: [Leg]
    /// Names of the SRTP suites that the server offers and accepts.
    public let suites: [String]
    /// Packets dropped since the start, by reason.
    public let drops: [String: UInt64]

    public init(legs: [Leg], suites: [String], drops: [String: UInt64]) {
        (self.legs, self.suites, self.drops) = (legs, suites, drops)
    }
}

/// What strangers are doing now, and how far they may go.
public struct SourceFacts: Sendable {
    /// Connections that have not authenticated, and the most that are let in.
    public let strangers: Int
    public let strangerLimit: Int
    /// Messages refused by the source gate since the start.
    public let refused: UInt64
    /// Messages from sources without a valid credential that were answered with a challenge, since the start.
    public let challenged: UInt64
    /// Connections there may be in all.
    public let places: Int
    /// Who is shut out now.
    public let bans: [Ban]
    /// Phones that are registered from a source that is shut out. There must be none.
    public let bannedPhones: [String]
    /// The ban of the address that the audit itself asks from: then it sees nothing.
    public let auditBan: Ban?

    public init(
        strangers: Int,
        strangerLimit: Int,
        refused: UInt64,
        challenged: UInt64,
        places: Int,
        bans: [Ban] = [],
        bannedPhones: [String] = [],
        auditBan: Ban? = nil
    ) {
        (self.strangers, self.strangerLimit) = (strangers, strangerLimit)
        (self.refused, self.challenged, self.places) = (refused, challenged, places)
        (self.bans, self.bannedPhones, self.auditBan) = (bans, bannedPhones, auditBan)
    }
}

/// An operator, and what this machine knows of them.
public struct OperatorFacts: Hashable, Sendable {
    public let value: Operator
    /// `nil` when they were never here.
    public let lastSeen: WallTime?
    /// The number that the account of that name has now; `nil` when there is none.
    public let userNow: UInt32?

    public init(_ value: Operator, lastSeen: WallTime?, userNow: UInt32?) {
        (self.value, self.lastSeen, self.userNow) = (value, lastSeen, userNow)
    }
}

/// What verifying the journal said.
public struct JournalFacts: Hashable, Sendable {
    public let entries: Int64
    /// The first entry that does not fit, with what is wrong; `nil` when the chain is whole.
    public let fault: String?
    /// What is wrong between the chain's end and the anchor outside the database; `nil` when they agree.
    public let anchorFault: String?

    public init(entries: Int64, fault: String?, anchorFault: String?) {
        (self.entries, self.fault, self.anchorFault) = (entries, fault, anchorFault)
    }
}
