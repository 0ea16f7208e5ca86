// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Groups phones' failed logins until people are told of them: one alert for each phone, or for each stranger's network, that names
/// phone, extension, site and the likely cause.
///
/// A phone that was not told its new password asks again every minute and is told of at once, because nobody can call there. Other
/// failures are told of when they come often; and what goes on is told again after an hour, with how much it was.
public struct RegistrationWatch: Sendable, Codable {
    /// Why logins fail, as far as it can be told from outside.
    public enum Cause: Hashable, Sendable, Codable {
        /// From where the phone always was, always with the same wrong password.
        case stalePhone
        /// A name that there is, and not from where its phone was.
        case guessing
        /// A name that there is not, from a network of ours: a phone that was set up wrongly.
        case unknownAtHome
        /// A name that there is not, from elsewhere.
        case scanning
    }

    private enum Key: Hashable, Codable {
        case phone(DeviceID, Cause)
        case source(EventSource, Cause)
        /// All that are not told apart.
        case strangers
    }

    private struct Tally: Codable {
        var since: WallTime
        var last: WallTime
        var count: Int
        var sources: Set<EventSource>
        var toldAt: WallTime?
        /// Since people were told.
        var unsaid = 0
    }

    private var tallies: [Key: Tally] = [:]

    public init() {}

    /// Whether failed logins of this kind are grouped here.
    public static func watches(_ kind: SecurityEventKind) -> Bool { kind == .failedLogin || kind == .stalePhone }

    /// Takes note of failed logins.
    ///
    /// - Returns: What people are to be told now, as one alert; `nil` where that is nothing.
    public mutating func take(_ event: SecurityEvent, in snapshot: Snapshot, at now: WallTime) -> Finding? {
        guard Self.watches(event.kind), event.count > 0 else { return nil }
        let device = event.device(in: snapshot)
        let site = event.site(in: snapshot)
        let cause = Self.cause(of: event.kind, isKnown: device != nil, isAtHome: site != nil)
        let key = count(event, Self.key(cause, device, event.source), at: now)
        guard let tally = tallies[key], Self.isToBeTold(tally, key, at: now) else { return nil }
        tallies[key]?.toldAt = now
        tallies[key]?.unsaid = 0
        return Finding(
            event,
            cause,
            device,
            site: site,
            count: tally.unsaid,
            since: tally.since,
            sources: tally.sources
        )
    }

    private static func cause(of kind: SecurityEventKind, isKnown: Bool, isAtHome: Bool) -> Cause {
        if kind == .stalePhone { return .stalePhone }
        if isKnown { return .guessing }
        return isAtHome ? .unknownAtHome : .scanning
    }

    private static func key(_ cause: Cause, _ device: Device?, _ source: EventSource) -> Key {
        if let device { return .phone(device.id, cause) }
        return cause == .scanning ? .strangers : .source(source, cause)
    }

    /// - Returns: Where it was counted: with all others where there is no room of its own.
    private mutating func count(_ event: SecurityEvent, _ wanted: Key, at now: WallTime) -> Key {
        if tallies[wanted] == nil, tallies.count >= Limits.watchedLogins {
            tallies = tallies.filter { Self.isFresh($0.value, at: now) }
        }
        let key = tallies[wanted] == nil && tallies.count >= Limits.watchedLogins ? .strangers : wanted
        var tally = tallies[key] ?? Tally(since: now, last: now, count: 0, sources: [], toldAt: nil)
        if !Self.isGoingOn(tally, at: now) {
            (tally.since, tally.count, tally.sources) = (now, 0, [])
            tally.unsaid = 0
        }
        tally.last = now
        tally.count = Self.sum(tally.count, event.count)
        tally.unsaid = Self.sum(tally.unsaid, event.count)
        if tally.sources.count < 16 { tally.sources.insert(event.source) }
        tallies[key] = tally
        return key
    }

    private static func sum(_ one: Int, _ other: Int) -> Int {
        let (sum, isTooMuch) = one.addingReportingOverflow(other)
        return isTooMuch ? .max : sum
    }

    private static func isToBeTold(_ tally: Tally, _ key: Key, at now: WallTime) -> Bool {
        // Both ways, because a clock may be set back.
        if let told = tally.toldAt, told <= now, now < told + Limits.registrationAgain { return false }
        return switch key {
        case .phone(_, .stalePhone), .source(_, .stalePhone): true
        case .phone, .source: tally.count >= Limits.failuresOfOne
        case .strangers: tally.count >= Limits.failuresOfStrangers
        }
    }

    private static func isGoingOn(_ tally: Tally, at now: WallTime) -> Bool {
        tally.last <= now && now <= tally.last + Limits.registrationWindow
    }

    /// Whether it is still of use.
    private static func isFresh(_ tally: Tally, at now: WallTime) -> Bool {
        if let told = tally.toldAt, told <= now, now < told + Limits.registrationAgain { return true }
        return isGoingOn(tally, at: now)
    }
}

extension SecurityEvent {
    /// The phone that somebody logged in as, or tried to.
    public func device(in snapshot: Snapshot) -> Device? {
        switch subject {
        case .account(let name): snapshot.devices[name]
        case .phone(let id, _, _): snapshot.device(id)
        case .extension, .operator, .trunk, nil: nil
        }
    }

    /// The network of ours that it came from.
    fileprivate func site(in snapshot: Snapshot) -> IPPrefix? {
        switch source {
        case .address(let address): snapshot.network.sites.first { $0.contains(address) }
        case .network(let network): snapshot.network.sites.first { $0.contains(network.address) }
        case .socket, .machine, .many: nil
        }
    }
}

extension Finding {
    fileprivate init(
        _ event: SecurityEvent,
        _ cause: RegistrationWatch.Cause,
        _ device: Device?,
        site: IPPrefix?,
        count: Int,
        since: WallTime,
        sources: Set<EventSource>
    ) {
        let who = device.map { "'\($0.label)' of extension \($0.number)" }
        let place = site.map { "at site \($0)" } ?? "at no site of yours"
        let from = sources.count > 1 ? "\(sources.count) addresses, one of them \(event.source)" : "\(event.source)"
        let times = count == 1 ? "one login" : "\(count) logins"
        let aim = who ?? event.subject.map { "'\($0)', which is no phone of yours" } ?? "no phone of yours"
        self.init(
            Code(event.kind),
            cause.severity,
            cause.title(who),
            control: .registrationAlerts,
            subject: device?.id.text ?? "\(event.source)",
            evidence: "Since \(since.seconds) \(times) failed as \(aim), from \(from), \(place). "
                + "Likely cause: \(cause.words)",
            remedy: cause.remedy(device)
        )
    }
}

extension RegistrationWatch.Cause {
    fileprivate var severity: Finding.Severity {
        switch self {
        case .stalePhone, .guessing, .unknownAtHome: .warning
        case .scanning: .notice
        }
    }

    fileprivate func title(_ who: String?) -> String {
        switch self {
        case .stalePhone: "A phone cannot log in any more: \(who ?? "it") has an old password."
        case .guessing: "Somebody tries to log in as \(who ?? "a phone of yours") with a wrong password."
        case .unknownAtHome: "A phone in your own network cannot log in."
        case .scanning: "Strangers try to log in as phones."
        }
    }

    fileprivate var words: String {
        switch self {
        case .stalePhone:
            "a stale phone. It is where it always was and has always the same wrong password, so nobody told it the new one."
        case .guessing:
            "an attack, or a new place where the password was typed wrongly. The phone was not there before."
        case .unknownAtHome: "a phone that was set up wrongly, or was revoked and is still plugged in."
        case .scanning:
            "an attack: programs that try names all over the Internet. They learn nothing, and are shut out."
        }
    }

    fileprivate func remedy(_ device: Device?) -> String {
        switch self {
        case .stalePhone:
            device.map { "Give the phone its password, or enrol it anew: ringfence phone enrol \($0.number)" }
                ?? "See which phones there are: ringfence phone list"
        case .guessing:
            device.map {
                "If nobody of yours did it, take the phone's password away and enrol it anew: ringfence phone revoke \($0.id)"
            }
                ?? "See what else was noticed: ringfence event list"
        case .unknownAtHome: "Find the phone by its address, and enrol it: ringfence phone enrol EXTENSION"
        case .scanning: "Nothing has to be done. See who is shut out: ringfence ban list"
        }
    }
}
