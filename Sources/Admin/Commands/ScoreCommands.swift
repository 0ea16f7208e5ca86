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

    /// Those that should be proven and are not: what somebody accepted, and what has nothing to protect, is not among them.
    public var unproven: Int { items.count - count(.proven) - count(.accepted) - count(.notApplicable) }
}

public struct ShowScore: Command {
    public static let name = "score.show"
    public static let rights: [Right] = [.seeControls]

    public init() {}

    public static func harmless(_: ExtensionNumber) -> Self { Self() }

    public func run(in administrator: isolated Administrator, for _: Caller) async throws(Refusal) -> SecurityScore {
        let (time, snapshot) = (administrator.now(), administrator.store.snapshot)
        let hasPortal = !administrator.portal.isEmpty || !snapshot.network.portal.isEmpty
        let absent = hasPortal ? [] : ScoreRules.needingPortal
        let kept = administrator.scores.flatMap { $0.fits(time, absent) ? $0 : nil }
        let oldest = time + .seconds(-2 * Int64(Limits.scoreDays) * 86_400)
        let proofs = try await administrator.reading { backend in
            let last = try backend.lastProofs()
            // Nothing of a later time counts, so what it took the place of is looked at too: a clock may be set back.
            let needsAll = kept == nil || last.contains { time < $0.at }
            // Also those that are older, as long as nothing has taken their place.
            return needsAll ? last + (try backend.proofs(since: oldest)) : last
        }
        var exceptions: [Control: Int] = [:]
        for control in Control.allCases {
            let open = control.openExceptions(in: snapshot, at: time)
            if open > 0 { exceptions[control] = open }
        }
        let (score, past) = await Self.score(proofs, Set(exceptions.keys), absent, kept, at: time)
        administrator.scores = past
        return SecurityScore(
            at: time,
            value: score.value,
            isExposed: score.isExposed,
            items: score.items.map { .init($0, openExceptions: exceptions[$0.control] ?? 0) },
            history: past.days + [SecurityScore.Day(at: time, value: score.value)]
        )
    }

    /// Beside the one thread that writes: there may be thousands of proofs.
    @concurrent
    private static func score(
        _ proofs: [Proof],
        _ accepted: Set<Control>,
        _ absent: Set<Control>,
        _ kept: PastScores?,
        at time: WallTime
    ) async -> (ScoreRules.Score, PastScores) {
        let evidence = proofs.map { proof in
            let kind: ScoreRules.Evidence.Kind =
                switch proof.kind {
                case .audit: .audit
                case .attack: .attack
                }
            return ScoreRules.Evidence(proof.control, kind, passed: proof.passed, at: proof.at)
        }
        return (
            ScoreRules.score(evidence, accepted: accepted, absent: absent, at: time),
            kept ?? PastScores(evidence, absent, before: time)
        )
    }
}

/// The scores of the days before one day, which no later proof changes: found out once a day.
struct PastScores: Sendable {
    private static let day: Int64 = 86_400_000
    private let today: Int64
    private let absent: Set<Control>
    /// The oldest first.
    let days: [SecurityScore.Day]

    init(_ evidence: [ScoreRules.Evidence], _ absent: Set<Control>, before time: WallTime) {
        let today = time.milliseconds / Self.day
        let ends = (1..<Int64(Limits.scoreDays)).reversed().map {
            WallTime(milliseconds: (today - $0 + 1) * Self.day - 1)
        }
        let values = ScoreRules.values(evidence, absent: absent, at: ends)
        days = zip(ends, values).map { SecurityScore.Day(at: $0, value: $1) }
        (self.today, self.absent) = (today, absent)
    }

    func fits(_ time: WallTime, _ absent: Set<Control>) -> Bool {
        time.milliseconds / Self.day == today && absent == self.absent
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
