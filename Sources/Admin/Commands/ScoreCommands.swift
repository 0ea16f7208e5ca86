// SPDX-License-Identifier: Apache-2.0

public import Guard
public import Model
public import Primitives
import Store

/// How much is proven, as one number, and how that came about.
public struct SecurityScore: Hashable, Sendable, Codable {
    public struct Item: Hashable, Sendable, Codable {
        public let control: Control
        public let title: String
        public let standing: ScoreRules.Standing
        /// Of 100.
        public let points: Int
        /// Exceptions that are open now.
        public let openExceptions: Int

        init(_ item: ScoreRules.Item, openExceptions: Int) {
            (control, title, standing) = (item.control, item.control.title, item.standing)
            (points, self.openExceptions) = (item.points, openExceptions)
        }
    }

    public struct Day: Hashable, Sendable, Codable {
        /// When the day ended, or now.
        public let at: WallTime
        public let value: Int
    }

    public let at: WallTime
    /// 0 to 100.
    public let value: Int
    /// Whether somebody could come in, which caps it.
    public let isExposed: Bool
    /// In the order of the controls.
    public let items: [Item]
    /// The oldest first; the last is now. As far as proofs are kept, and without exceptions of then.
    public let history: [Day]

    public func count(_ standing: ScoreRules.Standing) -> Int { items.count { $0.standing == standing } }
}

public struct ShowScore: Command {
    public static let name = "score.show"
    public static let rights: [Right] = [.seeControls]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> SecurityScore {
        let (time, snapshot) = (administrator.now(), administrator.store.snapshot)
        let oldest = time + .seconds(-2 * Int64(Limits.scoreDays) * 86_400)
        let proofs = try await administrator.reading { kept in
            // Also those that are older, as long as nothing has taken their place.
            try kept.lastProofs() + kept.proofs(since: oldest)
        }
        let evidence = proofs.map { proof in
            let kind: ScoreRules.Evidence.Kind =
                switch proof.kind {
                case .audit: .audit
                case .attack: .attack
                }
            return ScoreRules.Evidence(proof.control, kind, passed: proof.passed, at: proof.at)
        }
        var exceptions: [Control: Int] = [:]
        for control in Control.allCases {
            let open = control.openExceptions(in: snapshot, at: time)
            if open > 0 { exceptions[control] = open }
        }
        let score = ScoreRules.score(evidence, accepted: Set(exceptions.keys), at: time)
        let day: Int64 = 86_400_000
        let today = time.milliseconds / day
        let days = (1..<Int64(Limits.scoreDays)).reversed().map { WallTime(milliseconds: (today - $0 + 1) * day - 1) }
        let history = days.map { end in
            SecurityScore.Day(at: end, value: ScoreRules.score(evidence, accepted: [], at: end).value)
        }
        return SecurityScore(
            at: time,
            value: score.value,
            isExposed: score.isExposed,
            items: score.items.map { .init($0, openExceptions: exceptions[$0.control] ?? 0) },
            history: history + [SecurityScore.Day(at: time, value: score.value)]
        )
    }
}

/// Somebody wants the running server attacked, to prove that the controls hold. The attack itself is a process of its own:
/// this says that they may, and that they did.
public struct BeginAttack: Command {
    public struct Reply: Hashable, Sendable, Codable {
        public let control: Control?

        public init(control: Control?) { self.control = control }
    }

    public static let name = "attack.begin"
    public static let rights: [Right] = [.keepProofs]

    /// The one whose attacks are to run; `nil` for all.
    public let control: Control?

    public init(_ control: Control? = nil) { self.control = control }

    public static func harmless(_: ExtensionNumber) -> Self { Self(.roles) }

    public func run(in administrator: isolated Administrator, for caller: Caller) async throws(Refusal) -> Reply {
        let draft = caller.draft(Self.name, control?.rawValue ?? "all", "{}")
        try administrator.writing { try $0.append(draft, at: administrator.now()) }
        return Reply(control: control)
    }
}
