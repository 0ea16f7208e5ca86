// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Calling outside before anybody has seen to what attackers try first.
enum NoDefaultsAttack {
    static let all = [early]

    private static let early = Attack(
        .noDefaults,
        "T01d",
        "Call outside before defaults are gone and alerts arrive",
        attempted:
            "in the attacker's own process, by the same program, so that nobody real is called: a phone dials an ordinary number while nothing is done, while one thing of four is left, when all is done, and after the end of a word that one of them may wait",
        expected: "the call leaves when all is done, and at no other time",
        run: { (_, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            guard let rehearsal = target.insider?.help else { return .needsInsider }
            let numbering = terms.dialing.numbering
            guard let settings = HelpRehearsal.Obstacle.nothing.settings(numbering),
                let number = HelpRehearsal.ordinary(from: numbering.home)?.number
            else { return .notRun("there is no ordinary number to dial") }
            let stage = try await rehearsal.stage(settings, true)
            let phones = try await TestPhone.registered(2, stage.wire, stage.target)
            let now = stage.wire.wallClock()
            guard let wait = GoLive.Word(by: "attack", at: now, waitingUntil: now + .seconds(60), reason: "rehearsal")
            else { return .notRun("nothing may wait") }
            let done = GoLive.Word(by: "attack", at: now)
            let nothing = GoLive.asked(since: now)
            let duties = GoLive.Duty.allCases
            let all = duties.reduce(nothing) { $0.with(done, for: $1) }
            var trials = [("nothing done", nothing, false)]
            trials += duties.map { left in
                (
                    "\(left.rawValue) left", duties.filter { $0 != left }.reduce(nothing) { $0.with(done, for: $1) },
                    false
                )
            }
            trials += [
                ("all done", all, true), ("\(duties[0].rawValue) waiting", all.with(wait, for: duties[0]), true),
            ]
            for (name, goLive, mayLeave) in trials {
                await stage.change([.outside(.goLive(goLive))])
                await stage.wire.pause(.seconds(4))
                let left = try await stage.reaches(number, from: phones[0]) != nil
                if left && !mayLeave { return .broken("with \(name) a call left") }
                if !left && mayLeave { return .notRun("with \(name) no call left either") }
            }
            await stage.wire.pause(.seconds(90))
            guard try await stage.reaches(number, from: phones[0]) == nil else {
                return .broken("a call left after the end of a word that \(duties[0].rawValue) may wait")
            }
            return .held(
                "refused with \(trials.count - 2) things left and after the end of a word; left when all was done"
            )
        }
    )
}
