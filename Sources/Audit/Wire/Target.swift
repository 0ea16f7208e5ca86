// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives

/// What is attacked: the business's own running server, and nothing else.
public struct Target: Sendable {
    /// The name that the certificate must carry.
    public let host: String
    public let address: IPAddress
    /// SIP over TLS.
    public let tlsPort: UInt16
    /// RTP of all calls; RTCP is the next one.
    public let mediaPort: UInt16
    /// The SIP domain: the realm, and the host of every Request-URI.
    public let domain: DomainName
    /// Ports that are declared to be open, on top of the two above: listeners opened by a dated exception.
    public var exceptedPorts: Set<UInt16>
    /// Three phones of three extensions made for the attack and removed afterwards, for attacks from inside. Empty when there
    /// are none; then those attacks report that they could not be carried out.
    public var accounts: [TestAccount]
    /// A phone whose extension was disabled before the attack; `nil` where there is none.
    public var leaver: TestAccount?
    /// What a thief of the disk could do, where the attack runs on the server's own machine.
    public var insider: Insider?
    /// SIP in secure WebSockets; `nil` where there is no listener for browsers.
    public var wssPort: UInt16?
    /// Where operators sign in; `nil` where there is no portal.
    public var portal: PortalTarget?
    /// What its settings say of calls outside; `nil` where the attacker cannot read them.
    public var outside: OutsideTerms?
    public var effort = Effort()
    /// When the first of the attacks began; `nil` where each stands for itself.
    var begunAt: WallTime?

    public init(
        host: String,
        address: IPAddress,
        tlsPort: UInt16,
        mediaPort: UInt16,
        domain: DomainName,
        exceptedPorts: Set<UInt16> = [],
        accounts: [TestAccount] = [],
        insider: Insider? = nil
    ) {
        (self.host, self.address, self.tlsPort, self.mediaPort) = (host, address, tlsPort, mediaPort)
        (self.domain, self.exceptedPorts, self.accounts) = (domain, exceptedPorts, accounts)
        self.insider = insider
    }

    /// Whether something is to listen there over TCP.
    func declares(_ port: UInt16) -> Bool { port == tlsPort || port == wssPort || exceptedPorts.contains(port) }
}

/// How much of the same an attack sends.
public struct Effort: Hashable, Sendable {
    /// Pairs of requests whose answering times are compared, and how many more when the first ones look different: the
    /// standard error of the figure is 0.013 for the first and 0.006 for all.
    public var timedPairs = 1_000
    public var furtherPairs = 4_000
    /// Unauthenticated requests sent to see memory grow. A leak of 300 bytes each would show.
    public var memoryRequests = 20_000

    public init() {}
}

/// A phone that exists for the length of an attack.
public struct TestAccount: Sendable {
    public let number: ExtensionNumber
    public let username: String
    public let password: Redacted<String>

    public init(number: ExtensionNumber, username: String, password: Redacted<String>) {
        (self.number, self.username, self.password) = (number, username, password)
    }
}

/// What somebody on the server's own machine can see and try.
public struct Insider: Sendable {
    /// Bytes of memory that the server process holds now; `nil` when that cannot be seen.
    public var serverMemory: @Sendable () -> Int?
    /// The files a thief would take along: everything in the data folder except the seal key and the private keys, which
    /// are kept where backups do not go.
    public var stolenFiles: @Sendable () -> [StoredFile]
    public var open: @Sendable (StoredFile) -> FileBlocks?
    /// Copies the store to a temporary place, alters the copy's journal, verifies the copy and erases it.
    ///
    /// Returns what verification said of the altered copy; `nil` when it noticed nothing.
    public var tamper: @Sendable (JournalFalsification) async throws(WireError) -> String?
    /// Leaves a voice message in a business that is made for it, and tries this on it. Returns what came of it; `nil` for nothing.
    public var steal: (@Sendable (StoredAudioTheft) async throws(WireError) -> String?)?
    /// Lets time pass in a business that is made for it. Returns what is there that must not be, or is not that must; `nil` for nothing.
    public var retain: (@Sendable (RetentionTrial) async throws(WireError) -> String?)?
    /// The control socket; `nil` where the attacker may not speak there.
    public var control: ControlTrials?
    public var ceiling: CeilingTrials?
    /// Tries calls on a copy of what the running server decides by. Nobody is called.
    public var rehearse: (@Sendable (CallRehearsal) async throws(WireError) -> [RehearsedCall])?
    /// What people were told, the newest first.
    public var alerts: (@Sendable () async throws(WireError) -> [AlertMessage.Item])?
    /// What people would be told of faults, minute by minute, by a copy of what decides it.
    public var faults: (@Sendable ([[Event]]) async -> [Finding])?
    /// `nil` where the numbers of the business are not known.
    public var provider: ProviderRehearsal?
    public var help: HelpRehearsal?
    /// `nil` where nothing can be rehearsed.
    public var dialIn: (@Sendable () async throws(WireError) -> DialInRehearsal)?

    public init(
        serverMemory: @escaping @Sendable () -> Int?,
        stolenFiles: @escaping @Sendable () -> [StoredFile],
        open: @escaping @Sendable (StoredFile) -> FileBlocks?,
        tamper: @escaping @Sendable (JournalFalsification) async throws(WireError) -> String?
    ) {
        (self.serverMemory, self.stolenFiles) = (serverMemory, stolenFiles)
        (self.open, self.tamper) = (open, tamper)
    }
}
