// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Decides what of all that happens people are told at once: an attack in progress, and what is wrong.
///
/// The same thing is told again when it goes on for an hour, and not sooner. What follows from something else that is wrong is
/// not told, and what often passes by itself is told when it has lasted. What strangers do, or one phone, leaves room for what others
/// do, and what is critical in the house is told in any case.
public struct Alerts: Sendable, Codable {
    private struct Key: Hashable, Codable {
        let code: Finding.Code
        /// Where it comes from, or what it says.
        let detail: String
    }

    /// Something that was found again and again.
    private struct Lasting: Codable {
        let since: WallTime
        let finding: Finding
        var last: WallTime
    }

    private var told: [AlertTable.Name: AlertTable] = [:]
    private var lasting: [Key: Lasting] = [:]
    private var registrations = RegistrationWatch()
    /// The newest that was noticed and looked at; `nil` for nothing. What is in the list of events since then was not looked at, because
    /// the server ended.
    public private(set) var seenUntil: WallTime?
    /// When something was looked at last; `nil` for never.
    private var lookedAt: WallTime?

    public init() {}

    /// Nothing was looked at before: what happens from now on is caught up with after an end of any kind.
    public mutating func begin(at now: WallTime) { seenUntil = seenUntil ?? now }

    /// When an event counts that was noticed before the last end: not before what was told already, or that would be told again.
    public func moment(of event: SecurityEvent, at now: WallTime) -> WallTime {
        min(max(event.at, lookedAt ?? event.at), now)
    }

    /// - Parameter snapshot: Whose phones, networks and extensions it is about.
    /// - Returns: What people are to be told; `nil` where that is nothing, or was told already.
    public mutating func take(_ event: Event, in snapshot: Snapshot, at now: WallTime) -> Finding? {
        lookedAt = now
        switch event {
        case .noticed(let event):
            // A clock that was ahead keeps nothing from being looked at later.
            seenUntil = max(min(seenUntil ?? event.at, now), min(event.at, now))
            if RegistrationWatch.watches(event.kind) { return registrations.take(event, in: snapshot, at: now) }
            guard let alarm = event.kind.traits.alarm else { return nil }
            let finding = Finding(event, alarm)
            let occasion = AlertTable.Occasion(
                code: finding.code,
                detail: event.occasion,
                subject: alarm.isOfEach ? event.subject?.key : nil,
                again: .seconds(alarm.again)
            )
            return tell(finding, occasion, fromStrangers: event.source != .machine, at: now)
        case .found(let finding):
            return finding.severity >= .warning ? take(finding, at: now) : nil
        case .banned, .unbanned, .changed: return nil
        }
    }

    private mutating func take(_ finding: Finding, at now: WallTime) -> Finding? {
        let detail = finding.subject ?? finding.title
        let since = note(finding, Key(code: finding.code, detail: detail), at: now)
        guard since + .seconds(finding.visibleAfter) <= now else { return nil }
        guard !lasting.values.contains(where: { finding.follows(from: $0.finding) && isGoingOn($0, at: now) }) else {
            return nil
        }
        let occasion = AlertTable.Occasion(code: finding.code, detail: detail, subject: nil, again: Limits.alertAgain)
        return tell(finding, occasion, fromStrangers: false, at: now)
    }

    /// - Returns: Since when it has been found without a gap.
    private mutating func note(_ finding: Finding, _ key: Key, at now: WallTime) -> WallTime {
        let before = lasting[key].flatMap { isGoingOn($0, at: now) ? $0 : nil }
        if before == nil, lasting.count >= Limits.alerts { lasting = lasting.filter { isGoingOn($0.value, at: now) } }
        let since = before?.since ?? now
        guard before != nil || lasting.count < Limits.alerts else { return since }
        lasting[key] = Lasting(since: since, finding: finding, last: now)
        return since
    }

    /// What is wrong for longer than it takes to be told.
    public func lasting(at now: WallTime) -> [Finding] {
        lasting.values.filter {
            isGoingOn($0, at: now) && now - $0.since > .seconds($0.finding.visibleAfter) + Limits.findingGap
        }
        .map(\.finding)
    }

    /// Both ways, because a clock may be set back.
    private func isGoingOn(_ one: Lasting, at now: WallTime) -> Bool {
        one.last <= now && now <= one.last + Limits.findingGap
    }

    private mutating func tell(
        _ finding: Finding,
        _ occasion: AlertTable.Occasion,
        fromStrangers isOfStrangers: Bool,
        at now: WallTime
    ) -> Finding? {
        let name = AlertTable.Name(severity: finding.severity, isOfStrangers: isOfStrangers)
        guard let unsaid = told[name, default: AlertTable(name)].take(occasion, at: now) else { return nil }
        return unsaid == 0
            ? finding : finding.adding("\(unsaid) more of it \(unsaid == 1 ? "is" : "are") in the list of events only.")
    }
}

extension SecurityEvent {
    /// What tells it from others of its kind that people were told of.
    fileprivate var occasion: String {
        let place = source == .machine ? "\(source) \(subject?.key ?? "")" : "\(source)"
        return kind.traits.alarm?.isOfEach == true ? "\(source) \(subject?.key ?? "") \(detail)" : place
    }
}

extension Finding {
    /// Whether people who were told this need not be told of something that was noticed: it has the same kind and comes from the same
    /// place, or is about the same subject where that is what tells it from others.
    ///
    /// - Parameter device: The phone that it is about; `nil` where there is none.
    public func covers(_ event: SecurityEvent, about device: Device?) -> Bool {
        guard code == Code(event.kind) else { return false }
        if RegistrationWatch.watches(event.kind) { return subject == device?.id.text ?? "\(event.source)" }
        let isBySubject = event.source == .machine || event.kind.traits.alarm?.isOfEach == true
        if isBySubject, let subject = event.subject {
            return evidence.hasPrefix("From \(event.source), about \(subject): ")
        }
        return evidence.hasPrefix("From \(event.source), ") || evidence.hasPrefix("From \(event.source): ")
    }
}

extension Finding {
    /// Something that was noticed, as people are told of it: where it came from, whom it is about, what the system did by itself, and
    /// what they can do.
    public init(_ event: SecurityEvent, _ alarm: EventTraits.Alarm) {
        let about = event.subject.map { ", about \($0)" } ?? ""
        let times = event.count > 1 ? " (\(event.count) times)" : ""
        let done = alarm.done.map { " What the system did: \($0)" } ?? ""
        self.init(
            Code(event.kind),
            alarm.severity,
            alarm.title,
            control: event.control,
            evidence: "From \(event.source)\(about): \(event.detail)\(times).\(done)",
            remedy: event.kind.group == .fraud
                ? FraudAlertRules.isolation(of: event.subject) : "See what else was noticed: ringfence event list"
        )
    }
}
