// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Compares failed logins of phones with what people were told of them.
    static let registrationAlerts = Check(.registrationAlerts) { system in
        alerts(system, .registrationAlerts, .registration) { facts in
            facts.untold(in: system.snapshot) { event in
                // Others are told when they come often, which the list of events does not say.
                event.kind == .stalePhone
            }
        }
    }

    /// Compares what looked like fraud with what people were told of it.
    static let fraudAlerts = Check(.fraudAlerts) { system in
        alerts(system, .fraudAlerts, .fraud) { facts in
            facts.untold(in: system.snapshot) { FraudAlertRules.alert(of: $0) != nil }
        }
    }

    /// Compares what is wrong at this moment with what people were told.
    static let serviceAlerts = Check(.serviceAlerts) { system in
        var report = alerts(system, .serviceAlerts, .service) { facts in
            facts.faults.causes.filter { fault in
                fault.severity >= .warning && !facts.isTold(fault.code, since: system.now + -Limits.alertMemory)
            }.map(\.title)
        }
        // A system that started a moment ago has not looked yet.
        if let facts = system.alerts,
            system.now - max(facts.lookedAt ?? facts.runsSince, facts.runsSince) > Limits.lookDelay
        {
            report = CheckReport(
                control: report.control,
                examined: report.examined,
                findings: [.unlooked(facts.lookedAt)] + report.findings
            )
        }
        return report
    }

    /// What the three have in common: somebody has to hear of the group, it has to arrive, and nothing is left out.
    ///
    /// - Parameter untold: What happened and was not told, in words.
    private static func alerts(
        _ system: LiveSystem,
        _ control: Control,
        _ group: AlertGroup,
        untold: (AlertFacts) -> [String]
    ) -> CheckReport {
        guard let facts = system.alerts else {
            return CheckReport(control: control, examined: [], findings: [.unread(control)])
        }
        let hearing = facts.channels.filter { $0.hears(group) }
        let confirmed = hearing.filter { AlertRules.isConfirmed($0.standing, at: system.now) }
        var findings: [Finding] = []
        if hearing.isEmpty {
            // A business without a line outside is not open yet.
            findings.append(.nobody(control, group, isOpen: !system.snapshot.outside.usableTrunks.isEmpty))
        } else if confirmed.isEmpty {
            findings.append(.unconfirmed(control, hearing.map(\.channel.name)))
        }
        findings += hearing.compactMap { Finding(failing: $0, control, at: system.now) }
        findings += facts.waiting.filter { $0.code.group == group && system.now - $0.createdAt > Limits.alertDelay }
            .map { .late(control, $0) }
        let left = untold(facts)
        if !left.isEmpty { findings.append(.untold(control, left)) }
        return CheckReport(
            control: control,
            examined: [
                "\(hearing.count) of \(facts.channels.count) channels hear of it, \(confirmed.count) known to lead to somebody",
                "\(facts.told.count { $0.finding.code.group == group }) alerts of \(facts.told.count), "
                    + "\(facts.noticed.count) events, \(facts.faults.count) faults",
            ],
            findings: findings
        )
    }
}

extension AlertFacts {
    /// Of events that are to be told, those of which nothing was told within the hour around them.
    fileprivate func untold(in snapshot: Snapshot, _ isToBeTold: (SecurityEvent) -> Bool) -> [String] {
        noticed.filter { event in
            guard event.at >= runsSince, isToBeTold(event) else { return false }
            let device = event.device(in: snapshot)
            return !told.contains { alert in
                max(alert.at - event.at, event.at - alert.at) <= Limits.alertMemory
                    && alert.finding.covers(event, about: device)
            }
        }.map { "\($0.kind.rawValue) from \($0.source) at \($0.at)" }
    }

    fileprivate func isTold(_ code: Finding.Code, since time: WallTime) -> Bool {
        told.contains { $0.finding.code == code && $0.at >= time }
    }
}

extension AlertFacts.Channel {
    /// Whether what falls short in that group is told over it.
    fileprivate func hears(_ group: AlertGroup) -> Bool {
        channel.hears.least <= .warning && (channel.hears.groups.isEmpty || channel.hears.groups.contains(group))
    }
}

extension Duration {
    fileprivate static prefix func - (duration: Duration) -> Duration { .zero - duration }
}

extension Finding {
    fileprivate static func unlooked(_ last: WallTime?) -> Self {
        Finding(
            "unlooked",
            .serviceAlerts,
            .critical,
            "The system does not look at itself any more, so nobody would hear of what stops working.",
            evidence: last.map { "it looked last at \($0)" } ?? "it never looked",
            remedy: "see what its jobs do: ringfence job list"
        )
    }

    fileprivate static func unread(_ control: Control) -> Self {
        Finding(
            "unread",
            control,
            .critical,
            "It cannot be seen what people were told.",
            evidence: "the database does not answer",
            remedy: "see what is wrong: ringfence doctor"
        )
    }

    fileprivate static func nobody(_ control: Control, _ group: AlertGroup, isOpen: Bool) -> Self {
        Finding(
            "nobody-hears",
            control,
            isOpen ? .warning : .notice,
            "Nobody hears of \(group.title), but who reads the log.",
            evidence: "no channel hears \(AlertChoice(least: .warning, groups: [group]))",
            remedy: "add one: ringfence alert channel add mail owner --server HOST --from ADDRESS --to ADDRESS"
        )
    }

    fileprivate static func unconfirmed(_ control: Control, _ names: [ShortName]) -> Self {
        Finding(
            "unconfirmed",
            control,
            .warning,
            "Nobody has said within a quarter that alerts arrive.",
            evidence: "channels that hear of it: \(names.map(\.text).joined(separator: ", "))",
            remedy: "send a test, and give the code that is in it: ringfence alert channel test \(names[0])"
        )
    }

    /// - Returns: `nil` for one that works, or has failed for a moment.
    fileprivate init?(failing facts: AlertFacts.Channel, _ control: Control, at now: WallTime) {
        guard let since = facts.failingSince, now - since > Limits.alertDelay else { return nil }
        self.init(
            "failing-channel",
            control,
            .warning,
            "Nobody is told over the channel \(facts.channel.name).",
            evidence: "since \(since): \(facts.failure ?? "it fails")",
            remedy: "see what it says now: ringfence alert channel test \(facts.channel.name)"
        )
    }

    fileprivate static func late(_ control: Control, _ message: AlertMessage) -> Self {
        Finding(
            "late",
            control,
            .warning,
            "An alert waits for the channel \(message.channel) for more than \(Limits.alertDelay.components.seconds / 60) minutes.",
            evidence:
                "\(message.code.rawValue) of \(message.createdAt), \(message.attempts) tries: \(message.failure ?? "-")",
            remedy: "see how the channel does: ringfence alert channel list"
        )
    }

    fileprivate static func untold(_ control: Control, _ left: [String]) -> Self {
        Finding(
            "untold",
            control,
            .critical,
            "Something happened that people were to be told of and were not.",
            evidence: "\(left.count) times; one is \(left[0])",
            remedy: "compare both lists, and report it as a fault: ringfence event list; ringfence alert list"
        )
    }
}
