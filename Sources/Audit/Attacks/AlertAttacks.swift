// SPDX-License-Identifier: Apache-2.0

import Guard
public import Model
public import Primitives

/// Doing what an attacker does first, and looking whether anybody hears of it.
enum RegistrationAlertsAttack {
    static let all = [guessing]

    private static let guessing = Attack(
        .registrationAlerts,
        "C02a",
        "Guess at a phone's password so seldom that nobody is shut out for it",
        attempted: "a few wrong passwords as one phone, over a new connection each",
        expected:
            "within \(Limits.alertPatience.components.seconds) seconds people are told, with the extension and the likely cause",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.last else { return .needsAccount }
            guard let read = target.insider?.alerts else { return .needsAlerts }
            var refused = 0
            for index in 0..<Limits.quietGuesses {
                let stranger = TestPhone(account, wire, target)
                let guess = LoginForm(password: Redacted("guess-\(index)"))
                if let status = try await stranger.register(guess)?.status, status >= 400 { refused += 1 }
                await stranger.hangUp()
            }
            guard refused >= Guard.Limits.failuresOfOne else {
                return .notRun("only \(refused) guesses were answered: this address is shut out or has to wait")
            }
            let seen = try await AlertWatch(read, wire, target).look { alert in
                // As the watch says it: `as 'desk' of extension 703, from 192.0.2.1`.
                alert.code.group == .registration && alert.evidence.contains(" of extension \(account.number), ")
            }
            if case .earlier = seen { return .toldEarlier }
            guard case .now(let seen) = seen else {
                return .broken("\(refused) guesses as one phone, and nobody was told")
            }
            guard seen.evidence.contains("Likely cause: ") else {
                return .broken("told without a cause: \(seen.title)")
            }
            return .held("\(refused) guesses refused, and told: \(seen.title)")
        }
    )
}

/// Calling at somebody else's expense, and looking whether anybody hears of it.
enum FraudAlertsAttack {
    static let all = [premium]

    private static let premium = Attack(
        .fraudAlerts,
        "T01a",
        "Try a number that is paid for being called, once",
        attempted: "a registered phone dials one premium number and gives up when it is refused",
        expected:
            "within \(Limits.alertPatience.components.seconds) seconds people are told, with what was done and what cuts the extension off",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            guard let read = target.insider?.alerts else { return .needsAlerts }
            let dear = DearNumber.all.filter { $0.numberClass == .premium && !terms.isApproved($0.number) }
            guard let number = dear.first?.number else { return .notRun("every number that it knows is approved") }
            let called = try await phones[0].dialEach([number])
            guard called.outcome == .held else { return called }
            let extension_ = phones[0].account.number
            let seen = try await AlertWatch(read, wire, target).look { alert in
                alert.code.group == .fraud && alert.evidence.contains(", about \(extension_): ")
            }
            if case .earlier = seen { return .toldEarlier }
            guard case .now(let seen) = seen else {
                return .broken("a call to \(number) was refused, and nobody was told")
            }
            guard seen.evidence.contains("What the system did: "), seen.remedy.hasSuffix("disable \(extension_)") else {
                return .broken("told without what was done or what to do: \(seen.text)")
            }
            return .held("refused, and told: \(seen.title)")
        }
    )
}

/// Letting parts of the system fail, and looking whether anybody hears of it. On a copy of what decides: nothing fails really.
enum ServiceAlertsAttack {
    static let all = [faults]

    private static let faults = Attack(
        .serviceAlerts,
        "F02a",
        "Let the disk, a certificate, a trunk, a job and a channel fail, one behind the other",
        attempted:
            "on a copy of what decides what people are told: a fault each, found again each minute; one that follows from another; one that passes by itself; and a hundred false alarms of strangers before all of it",
        expected:
            "each fault is told once, what follows from it is not, what passes by itself is not, and no false alarm hides one",
        run: { (_, target) async throws(WireError) in
            guard let rehearse = target.insider?.faults else { return .needsAlerts }
            let (told, drill) = (await rehearse(ServiceDrill.minutes), ServiceDrill.expected)
            let codes = told.map(\.code.rawValue).filter { !$0.hasPrefix("event.banned") }
            let (missing, twice) = (
                drill.filter { !codes.contains($0) }, Set(codes).filter { code in codes.count { $0 == code } > 1 }
            )
            if let first = missing.first { return .broken("nobody was told of \(first)") }
            if let first = twice.first { return .broken("told more than once within the hour: \(first)") }
            if let other = codes.first(where: { !drill.contains($0) }) { return .broken("told without need: \(other)") }
            return .held("\(drill.count) faults told, once each, among \(told.count - codes.count) alarms of strangers")
        }
    )
}

/// What happens in the drill of ``ServiceAlertsAttack``, minute by minute.
public enum ServiceDrill {
    static let expected = [
        "disk-space", "certificate", "event.trunkDown", "job.certificate.renew", "alert-channel", "event.countersLost",
    ]

    /// Half an hour.
    static let minutes: [[Event]] = (0..<30).map { minute in
        var events: [Event] = []
        if minute == 0 {
            events += (0..<200).map { index in
                let source = EventSource.address(IPAddress(v4: 0x0909_0000 + UInt32(index)))
                return noticed(.banned, source, "a drill")
            }
        }
        if minute >= 1 {
            events.append(found("disk-space", .critical))
            events.append(found("call-records", .critical, dependsOn: ["disk-space"]))
        }
        if minute >= 2 { events.append(found("certificate", .warning)) }
        if minute >= 3 { events.append(noticed(.trunkDown, .machine, "a drill")) }
        if minute == 4 { events.append(found("job.certificate.renew", .warning)) }
        if minute >= 5 { events.append(found("alert-channel", .warning, after: 60)) }
        if minute == 6 { events.append(found("strangers", .warning, after: 300)) }
        if minute == 7 { events.append(noticed(.countersLost, .machine, "a drill")) }
        return events
    }

    private static func found(
        _ code: Finding.Code,
        _ severity: Finding.Severity,
        dependsOn codes: [Finding.Code] = [],
        after seconds: Int = 0
    ) -> Event {
        .found(Finding(code, severity, "A drill.", subject: "drill", dependsOn: codes, visibleAfter: seconds))
    }

    private static func noticed(_ kind: SecurityEventKind, _ source: EventSource, _ detail: String) -> Event {
        .noticed(SecurityEvent(at: WallTime(milliseconds: 0), kind: kind, source: source, detail: detail))
    }

    /// What people would be told of it: by the same decision as the running system, in a copy that nobody hears.
    public static func rehearse(_ minutes: [[Event]], in snapshot: Snapshot, from start: WallTime) -> [Finding] {
        var alerts = Alerts()
        return minutes.enumerated().flatMap { minute, events in
            events.compactMap { alerts.take($0, in: snapshot, at: start + .seconds(60 * minute)) }
        }
    }
}

/// Looks at what people were told until it is there, or the time is over.
private struct AlertWatch {
    enum Seen {
        case now(Finding)
        /// Before these attacks, and so lately that nobody is told of the same again.
        case earlier
        case never
    }

    private let read: @Sendable () async throws(WireError) -> [AlertMessage.Item]
    private let wire: Wire
    /// When the attacks began: what people were told before is of other ones.
    private let start: WallTime

    init(_ read: @escaping @Sendable () async throws(WireError) -> [AlertMessage.Item], _ wire: Wire, _ target: Target)
    {
        (self.read, self.wire) = (read, wire)
        start = target.begunAt ?? wire.wallClock()
    }

    func look(for isIt: (Finding) -> Bool) async throws(WireError) -> Seen {
        let pause = Duration.milliseconds(500)
        var earlier = false
        for _ in 0...Int(Limits.alertPatience / pause) {
            let all = try await read().filter { isIt($0.finding) }
            if let found = all.first(where: { $0.at >= start }) { return .now(found.finding) }
            earlier = all.contains { start - $0.at < Limits.alertMemory }
            await wire.pause(pause)
        }
        return earlier ? .earlier : .never
    }
}

extension Observation {
    fileprivate static let needsAlerts = Observation.notRun(
        "this attack looks at what people are told: run it beside the running server, with --data"
    )
    fileprivate static let toldEarlier = Observation.notRun(
        "people were told of the same within the hour, and are not told again before it is over: attack again then"
    )
}
