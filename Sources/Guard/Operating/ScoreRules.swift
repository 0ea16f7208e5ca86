// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// How much of what is enforced is proven, as one number of 0 to 100.
///
/// Points come from checks and attacks only, and go with their age: nothing is worth anything because somebody says so. A risk that
/// somebody accepted is shown and gives no points. While somebody could break in, the number says so whatever the rest is.
public enum ScoreRules {
    /// What a check or an attack found out.
    public struct Evidence: Hashable, Sendable {
        public enum Kind: Hashable, Sendable { case audit, attack }

        public let control: Control
        public let kind: Kind
        public let passed: Bool
        public let at: WallTime

        public init(_ control: Control, _ kind: Kind, passed: Bool, at time: WallTime) {
            (self.control, self.kind, self.passed, at) = (control, kind, passed, time)
        }
    }

    /// How one control stands.
    public enum Standing: String, Codable, Hashable, Sendable, CaseIterable {
        /// Looked at and attacked, both not long ago.
        case proven
        /// One of both is missing or long ago.
        case old
        /// Held but for a risk that somebody accepted, with an end.
        case accepted
        /// A check or an attack found that it falls short.
        case gap
        case notProven
        /// What it protects is not there, such as a portal: it counts in no average.
        case notApplicable
    }

    public struct Item: Hashable, Sendable {
        public let control: Control
        public let standing: Standing
        /// Of 100.
        public let points: Int
    }

    public struct Score: Hashable, Sendable {
        /// 0 to 100.
        public let value: Int
        /// Whether something is open that caps it.
        public let isExposed: Bool
        /// In the order of `Control.allCases`.
        public let items: [Item]
    }

    /// How old evidence may be to count in full, and by half; after that it counts nothing.
    private static func ages(of kind: Evidence.Kind) -> (full: Duration, half: Duration) {
        switch kind {
        case .audit: (Limits.freshAudit, Limits.oldAudit)
        case .attack: (Limits.freshAttack, Limits.oldAttack)
        }
    }

    /// What there is nothing to attack of where no portal is open.
    public static let needingPortal: Set<Control> = [
        .operatorPasswords, .secondFactor, .loginProtection, .adminNetworks,
    ]

    /// - Parameters:
    ///   - evidence: Of any age; of each kind and control the newest counts, and none that is younger than `now`.
    ///   - accepted: Controls with exceptions that are open.
    ///   - absent: Controls of what is not there: attacks on it that are known from before say nothing.
    public static func score(
        _ evidence: [Evidence],
        accepted: Set<Control>,
        absent: Set<Control> = [],
        at now: WallTime
    ) -> Score {
        var newest = Newest()
        for item in evidence where item.at <= now { newest.add(item) }
        return score(newest, accepted: accepted, absent: absent, at: now)
    }

    /// The value of several moments, as ``score(_:accepted:absent:at:)`` has it of each, without accepted risks.
    ///
    /// - Parameter moments: The oldest first.
    public static func values(_ evidence: [Evidence], absent: Set<Control>, at moments: [WallTime]) -> [Int] {
        var newest = Newest()
        var left = evidence.sorted { $0.at < $1.at }[...]
        return moments.map { moment in
            while let next = left.first, next.at <= moment { newest.add(left.removeFirst()) }
            return score(newest, accepted: [], absent: absent, at: moment).value
        }
    }

    /// The newest evidence of each kind and control.
    private struct Newest {
        var all: [Control: [Evidence.Kind: Evidence]] = [:]

        mutating func add(_ item: Evidence) {
            let known = all[item.control]?[item.kind]
            if known.map({ $0.at <= item.at }) ?? true { all[item.control, default: [:]][item.kind] = item }
        }
    }

    private static func score(
        _ newest: Newest,
        accepted: Set<Control>,
        absent: Set<Control>,
        at now: WallTime
    ) -> Score {
        var newest = newest.all
        for control in absent { newest[control]?[.attack] = nil }
        let items = Control.allCases.map { control in
            item(
                control,
                newest[control] ?? [:],
                isAccepted: accepted.contains(control),
                isAbsent: absent.contains(control),
                at: now
            )
        }
        let isExposed = newest.values.contains { kinds in kinds.values.contains(where: opensTheDoor) }
        let counted = items.filter { $0.standing != .notApplicable }
        let whole = counted.reduce(0) { $0 + $1.points } / max(1, counted.count)
        return Score(value: isExposed ? min(whole, Limits.exposedScore) : whole, isExposed: isExposed, items: items)
    }

    private static func item(
        _ control: Control,
        _ kinds: [Evidence.Kind: Evidence],
        isAccepted: Bool,
        isAbsent: Bool,
        at now: WallTime
    ) -> Item {
        if kinds.values.contains(where: { !$0.passed }) { return Item(control: control, standing: .gap, points: 0) }
        if isAbsent { return Item(control: control, standing: .notApplicable, points: 0) }
        let points = kinds.values.reduce(0) { $0 + worth($1, at: now) }
        guard points > 0 else { return Item(control: control, standing: .notProven, points: 0) }
        if isAccepted { return Item(control: control, standing: .accepted, points: 0) }
        return Item(control: control, standing: points == 100 ? .proven : .old, points: points)
    }

    private static func worth(_ evidence: Evidence, at now: WallTime) -> Int {
        let whole =
            switch evidence.kind {
            case .audit: Limits.auditPoints
            case .attack: 100 - Limits.auditPoints
            }
        let (full, half) = ages(of: evidence.kind)
        let age = now - evidence.at
        return age <= full ? whole : age <= half ? whole / 2 : 0
    }

    /// Whether somebody could come in, listen or call at the expense of the business.
    private static func opensTheDoor(_ evidence: Evidence) -> Bool {
        guard !evidence.passed else { return false }
        switch evidence.kind {
        case .attack: return true
        case .audit:
            switch evidence.control {
            case .sipPasswords, .credentialDelivery, .signallingEncryption, .mediaEncryption, .openPorts,
                .operatorPasswords, .secondFactor, .adminNetworks, .noDefaults, .countryDialing, .premiumNumbers,
                .spendLimit, .disa, .storedAudio:
                return true
            case .mediaSource, .intrusionDetection, .floodProtection, .roles, .loginProtection, .journal, .callLimits,
                .callPatterns, .afterHours, .trunkEncryption, .providerAllowlist, .callerTrust, .emergencyCalls,
                .dormantExtensions, .forwardingRules, .registrationAlerts, .fraudAlerts, .serviceAlerts,
                .voicemailPins, .recordsRetention:
                return false
            }
        }
    }
}
