// SPDX-License-Identifier: Apache-2.0

public import Model
public import Primitives

/// What an attack saw.
public struct Observation: Codable, Hashable, Sendable {
    public enum Outcome: String, Codable, Hashable, Sendable, CaseIterable {
        /// The attack was carried out and got nothing.
        case held
        /// It got something.
        case broken
        /// It could not be carried out, so nothing is proven.
        case notRun
        /// What it attacks is not there, such as a portal. Nothing is proven, and nothing is missing.
        case absent
    }

    public let outcome: Outcome
    /// What came back, in figures. Never a secret.
    public let observed: String

    public init(_ outcome: Outcome, _ observed: String) {
        (self.outcome, self.observed) = (outcome, observed)
    }

    public static func held(_ observed: String) -> Self { Self(.held, observed) }
    public static func broken(_ observed: String) -> Self { Self(.broken, observed) }
    public static func notRun(_ why: String) -> Self { Self(.notRun, why) }
    public static func absent(_ what: String) -> Self { Self(.absent, what) }
}

/// One attack, beside what came of it.
public struct AttackResult: Codable, Hashable, Sendable {
    public let control: Control
    /// The row of the attack catalogue: `R02`.
    public let id: String
    public let name: String
    public let attempted: String
    public let expected: String
    public let observed: String
    public let outcome: Observation.Outcome

    /// An attack that could not be carried out proves nothing, so it does not pass.
    public var passed: Bool { outcome == .held }

    init(_ attack: Attack, _ observation: Observation) {
        (control, id, name) = (attack.control, attack.id, attack.name)
        (attempted, expected) = (attack.attempted, attack.expected)
        (observed, outcome) = (observation.observed, observation.outcome)
    }
}

/// What came of a run of attacks.
public struct AttackReport: Codable, Hashable, Sendable {
    public let at: WallTime
    /// `pbx.example:5061`.
    public let target: String
    public let results: [AttackResult]

    public init(at: WallTime, target: String, results: [AttackResult]) {
        (self.at, self.target, self.results) = (at, target, results)
    }

    public func results(of control: Control) -> [AttackResult] { results.filter { $0.control == control } }
    public var holds: Bool { !results.isEmpty && results.allSatisfy { $0.passed || $0.outcome == .absent } }
    /// 0 when every attack failed to get anything, 1 when one did or could not be carried out.
    public var exitStatus: Int32 { holds ? 0 : 1 }

    /// For a terminal: plain text that makes sense read aloud.
    public var text: String {
        let (held, tried) = (results.count { $0.passed }, results.count { $0.outcome != .absent })
        var lines = ["Attacked \(target) at \(at): \(held) of \(tried) attacks got nothing."]
        for control in Control.allCases where !results(of: control).isEmpty {
            lines.append("")
            lines.append("\(control.rawValue): \(control.title)")
            lines += results(of: control).flatMap(\.lines)
        }
        return lines.joined(separator: "\n")
    }
}

extension AttackResult {
    /// In a word: `ok`, `FAIL`, `NOT RUN` or `ABSENT`, padded to the longest.
    public var verdict: String {
        switch outcome {
        case .held: "ok     "
        case .broken: "FAIL   "
        case .notRun: "NOT RUN"
        case .absent: "ABSENT "
        }
    }

    fileprivate var lines: [String] {
        [
            "  \(verdict) \(id) \(name)",
            "          attempted: \(attempted)",
            "          expected:  \(expected)",
            "          observed:  \(observed)",
        ]
    }
}
