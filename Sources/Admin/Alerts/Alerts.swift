// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// Decides what of all that happens people are told at once: an attack in progress, and what is wrong.
///
/// The same thing is told again when it goes on for an hour, and not sooner.
public struct Alerts: Sendable {
    private struct Key: Hashable {
        let code: Finding.Code
        /// Where it comes from, or what it says.
        let detail: String
    }

    private var told: [Key: WallTime] = [:]

    public init() {}

    /// - Returns: What people are to be told; `nil` where that is nothing, or was told already.
    public mutating func take(_ event: Event, at now: WallTime) -> Finding? {
        switch event {
        case .noticed(let event): return Finding(event).flatMap { isNews($0, "\(event.source)", at: now) ? $0 : nil }
        case .found(let finding):
            return finding.severity >= .warning && isNews(finding, finding.title, at: now) ? finding : nil
        case .banned, .unbanned, .changed: return nil
        }
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
