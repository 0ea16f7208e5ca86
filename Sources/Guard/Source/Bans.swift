// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Who is shut out, and who is about to be.
///
/// A source is only shut out on proof of its address: a connection, or a nonce that was sent to that very address. Else
/// whoever forges an office's address could shut the office out (rows PROVEN and D12 of the attack catalogue). It is never
/// shut out while phones are registered from there or were within 72 hours, inside a site, or on this machine: then people
/// are told instead.
public struct Bans: Sendable {
    /// Something that a source did.
    public struct Sighting: Sendable {
        public let kind: SecurityEventKind
        public let source: IPAddress
        /// Our own address that it was sent to.
        public let local: IPAddress
        /// Whether it came over a connection, so that the address is real.
        public let isConnected: Bool
        /// The account it was aimed at.
        public let account: String?

        public init(
            _ kind: SecurityEventKind,
            from source: IPAddress,
            to local: IPAddress,
            isConnected: Bool,
            account: String? = nil
        ) {
            (self.kind, self.source, self.local) = (kind, source, local)
            (self.isConnected, self.account) = (isConnected, account)
        }
    }

    /// What is to be done about it.
    public enum Judgement: Hashable, Sendable {
        case nothing
        /// Tell people what was seen.
        case alarm(Ban.Reason, evidence: String)
        /// Tell people that it would have been a ban, and why it is none.
        case withheld(Ban.Reason, evidence: String, BanRules.Protection)
        /// It holds from now on: close what is open, keep it, tell people.
        case banned(Ban)
    }

    /// Networks that phones sit in.
    public var sites: [IPPrefix]
    /// Those that hold, and those that ended lately, which make the next one longer.
    private var bans: [IPAddress: Ban] = [:]
    private var offences: OffenceTable
    private var pace = TokenBucket()
    private static let rate = TokenBucket.Pace(Limits.banRate)

    /// - Parameters:
    ///   - sites: Networks that are never shut out.
    ///   - kept: Bans of an earlier run.
    ///   - offenders: Sources whose offences are counted at a time.
    ///   - seed: 128 random bits; new at each start.
    public init(
        sites: [IPPrefix] = [],
        kept: [Ban] = [],
        offenders: Int = Limits.offenders,
        seed: (UInt64, UInt64)
    ) {
        self.sites = sites
        offences = OffenceTable(capacity: offenders, seed: seed)
        for ban in kept.prefix(Limits.bans) { bans[ban.source.address] = ban }
    }

    /// Whether nothing of that source is read. One look-up, or none while nobody is banned.
    public func shutsOut(_ source: IPAddress, at now: WallTime) -> Bool {
        guard !bans.isEmpty else { return false }
        return bans[source.accountable]?.holds(at: now) == true
    }

    /// Those that hold, the newest first.
    public func list(at now: WallTime) -> [Ban] {
        bans.values.filter { $0.holds(at: now) }.sorted {
            ($1.since, $1.source.description) < ($0.since, $0.source.description)
        }
    }

    /// Counts what a source did and decides what comes of it.
    ///
    /// - Parameters:
    ///   - isHome: Whether phones logged in from there of late, as ``KnownSources`` says.
    ///   - phones: How many phones are registered from an address; asked only when it matters.
    public mutating func judge(
        _ sighting: Sighting,
        at now: MonotonicTime,
        wall: WallTime,
        isHome: Bool = false,
        phones: (IPAddress) -> Int
    ) -> Judgement {
        guard let reason = sighting.kind.traits.offence, let most = BanRules.thresholds(of: reason) else {
            return .nothing
        }
        let source = sighting.source.accountable
        var counts = [
            Count(offences.count(.init(source: source, reason: reason), at: now), of: most)
        ]
        if reason == .guessing, let account = sighting.account {
            let key = OffenceTable.Key(source: source, reason: reason, account: Self.hash(account))
            counts.insert(Count(offences.count(key, at: now), of: BanRules.guessesForOneAccount, account), at: 0)
        }
        guard let worst = counts.first(where: { $0.number >= $0.most.deny }) else {
            guard let early = counts.first(where: { $0.number == $0.most.alarm }) else { return .nothing }
            return .alarm(reason, evidence: reason.evidence(early.number, account: early.account))
        }
        offences.forget(source)
        let evidence = reason.evidence(worst.number, account: worst.account)
        if let protection = protection(against: sighting, at: now, isHome: isHome, phones: phones) {
            return .withheld(reason, evidence: evidence, protection)
        }
        return .banned(ban(source, reason, evidence, at: wall))
    }

    /// How often something happened, and how often it may.
    private struct Count {
        let number: Int
        let most: BanRules.Thresholds
        let account: String?

        init(_ number: Int, of most: BanRules.Thresholds, _ account: String? = nil) {
            (self.number, self.most, self.account) = (number, most, account)
        }
    }

    private func hasProof(_ sighting: Sighting) -> Bool {
        sighting.isConnected || sighting.kind.traits.provesAddress
    }

    private mutating func protection(
        against sighting: Sighting,
        at now: MonotonicTime,
        isHome: Bool,
        phones: (IPAddress) -> Int
    ) -> BanRules.Protection? {
        guard hasProof(sighting) else { return .unproven }
        let protection = BanRules.protection(
            of: sighting.source,
            reachedAt: sighting.local,
            sites: sites,
            phones: phones(sighting.source.accountable),
            isHome: isHome
        )
        if let protection { return protection }
        guard pace.holds(1, at: now.nanoseconds, Self.rate) else { return .tooManyBans }
        pace.take(1, at: now.nanoseconds, Self.rate)
        return nil
    }

    private mutating func ban(_ source: IPAddress, _ reason: Ban.Reason, _ evidence: String, at now: WallTime) -> Ban {
        let repetition = (bans[source]?.repetition ?? 0) + 1
        let ban = Ban(
            source: BanSource(source),
            reason: reason,
            evidence: evidence,
            since: now,
            until: now + BanRules.duration(ofRepetition: repetition),
            repetition: repetition
        )
        impose(ban, at: now)
        return ban
    }

    /// Why an operator cannot shut this source out; `nil` when they can.
    public func protection(of source: BanSource, reachedAt local: [IPAddress], phones: Int) -> BanRules.Protection? {
        if source.address.isLoopback { return .thisMachine }
        for address in local where address.accountable == source.address { return .thisMachine }
        return BanRules.protection(of: source.address, reachedAt: .init(v4: 0), sites: sites, phones: phones)
    }

    /// Shuts a source out, in place of any ban there is of it.
    public mutating func impose(_ ban: Ban, at now: WallTime) {
        bans[ban.source.address] = ban
        guard bans.count > Limits.bans else { return }
        bans = bans.filter { now < $0.value.until + Limits.banMemory }
        while bans.count > Limits.bans, let first = bans.values.min(by: { $0.until < $1.until }) {
            bans[first.source.address] = nil
        }
    }

    /// Lets a source in again, and forgets what it did.
    ///
    /// - Returns: The ban that held; `nil` when there is none.
    public mutating func lift(_ source: BanSource, at now: WallTime) -> Ban? {
        guard let ban = bans.removeValue(forKey: source.address), ban.holds(at: now) else { return nil }
        offences.forget(source.address)
        return ban
    }

    /// Seeded anew in each process.
    private static func hash(_ account: String) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(account)
        return UInt64(bitPattern: Int64(hasher.finalize())) | 1
    }
}

extension Ban.Reason {
    /// What was seen, for a person.
    fileprivate func evidence(_ count: Int, account: String?) -> String {
        let aim = account.map { " for the account '\($0)'" } ?? ""
        func several(_ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        let what =
            switch self {
            case .guessing: several("wrong password", "wrong passwords") + aim
            case .scanning: several("request that names", "requests that name") + " a scanner as its sender"
            case .malformed: several("message that is", "messages that are") + " no SIP"
            case .forging: several("message", "messages") + " in somebody else's name"
            case .flooding: several("flood", "floods") + " of more messages than one source may send"
            case .decision: several("time", "times")
            }
        return "\(what) within \(Limits.offenceWindow.components.seconds / 60) minutes"
    }
}
