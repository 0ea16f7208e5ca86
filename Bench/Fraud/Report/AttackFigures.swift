// SPDX-License-Identifier: Apache-2.0

/// What a detector did to one kind of attack in one reach, over all seeds, beside what it takes uncontrolled.
struct AttackFigures {
    private let controlled: [AttackOutcome]
    private let uncontrolled: [AttackOutcome]

    init(_ kind: AttackKind, _ reach: Reach, of run: Run, beside free: Run) {
        let wanted = { (run: Run) in
            run.outcomes.joined().compactMap(\.attack).filter { $0.kind == kind && $0.reach == reach }
        }
        (controlled, uncontrolled) = (wanted(run), wanted(free))
    }

    var count: Int { controlled.count }
    var losses: Statistics { Statistics(controlled.map(\.loss.euros)) }
    var freeLosses: Statistics { Statistics(uncontrolled.map(\.loss.euros)) }

    /// Of 100: the whole loss beside the whole uncontrolled loss.
    var lossPercent: Double {
        let free = freeLosses.mean
        return free > 0 ? 100 * losses.mean / free : 0
    }

    /// Of 100: attacks of which a call was refused, cut or not confirmed, or a true alert was given.
    var noticedPercent: Double { percent { $0.noticed != nil } }

    /// Of 100: attacks that lost at most one percent of what they lose uncontrolled.
    var stoppedPercent: Double {
        let stopped = zip(controlled, uncontrolled).filter { $0.loss.micros * 100 <= $1.loss.micros }
        return controlled.isEmpty ? 0 : 100 * Double(stopped.count) / Double(controlled.count)
    }

    /// Minutes from the first answer to the last spoken second, where anything was lost.
    var minutes: Statistics { Statistics(controlled.filter { $0.loss > .zero }.map { Double($0.lasted) / 60 }) }

    /// Minutes from the first answer to the first refusal, cut or true alert, of attacks that were noticed; 0 when that came first.
    var reaction: Statistics {
        Statistics(
            controlled.compactMap { outcome in
                outcome.noticed.map { Double(max(0, $0 - (outcome.firstLoss ?? $0))) / 60 }
            }
        )
    }

    private func percent(_ holds: (AttackOutcome) -> Bool) -> Double {
        controlled.isEmpty ? 0 : 100 * Double(controlled.count(where: holds)) / Double(controlled.count)
    }
}
