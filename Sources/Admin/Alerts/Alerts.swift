// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Decides what of all that happens people are told at once: an attack in progress, and what is wrong.
///
/// The same thing is told again when it goes on for an hour, and not sooner. What follows from something else that is wrong is
/// not told, and what often passes by itself is told when it has lasted.
public struct Alerts: Sendable {
    private struct Key: Hashable {
        let code: Finding.Code
        /// Where it comes from, or what it says.
        let detail: String
    }

    /// Something that was found again and again.
    private struct Lasting {
        let since: WallTime
        let finding: Finding
        var last: WallTime
    }

    private var told: [Key: WallTime] = [:]
    private var lasting: [Key: Lasting] = [:]

    public init() {}

    /// - Returns: What people are to be told; `nil` where that is nothing, or was told already.
    public mutating func take(_ event: Event, at now: WallTime) -> Finding? {
        switch event {
        case .noticed(let event): return Finding(event).flatMap { isNews($0, event.occasion, at: now) ? $0 : nil }
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
        return isNews(finding, detail, at: now) ? finding : nil
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

    /// Both ways, because a clock may be set back.
    private func isGoingOn(_ one: Lasting, at now: WallTime) -> Bool {
        one.last <= now && now <= one.last + Limits.findingGap
    }

    private mutating func isNews(_ finding: Finding, _ detail: String, at now: WallTime) -> Bool {
        let key = Key(code: finding.code, detail: detail)
        // Both ways, because a clock may be set back.
        func isRecent(_ time: WallTime) -> Bool { now < time + Limits.alertAgain && time <= now }
        if let time = told[key], isRecent(time) { return false }
        if told.count >= Limits.alerts { told = told.filter { isRecent($0.value) } }
        // Strangers decide how many sources there are: people are told of so many an hour, and the list has all.
        guard told.count < Limits.alerts else { return false }
        told[key] = now
        return true
    }
}

extension SecurityEvent {
    /// What tells it from others of its kind that people were told of.
    fileprivate var occasion: String {
        guard kind.traits.alarm?.isOfEach == true else { return "\(source)" }
        return "\(source) \(subject?.key ?? "") \(detail)"
    }
}

extension Finding {
    /// - Returns: `nil` for what the list of events is enough for.
    fileprivate init?(_ event: SecurityEvent) {
        guard let alarm = event.kind.traits.alarm else { return nil }
        let subject = event.subject.map { ", about \($0)" } ?? ""
        self.init(
            Code(rawValue: "event.\(event.kind.rawValue)"),
            alarm.severity,
            alarm.title,
            control: event.control,
            evidence: "From \(event.source)\(subject): \(event.detail).",
            remedy: "See what else was noticed: ringfence event list"
        )
    }
}
