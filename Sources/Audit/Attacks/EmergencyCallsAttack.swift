// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Everything that refuses other calls, tried on calls for help.
enum EmergencyCallsAttack {
    static let all = [obstacles]

    private static let obstacles = Attack(
        .emergencyCalls,
        "T13",
        "Call for help with everything in the way that refuses other calls",
        attempted:
            "in the attacker's own process, by the same program and with the way of dialling of the target, so that nobody real is called: a phone dials every number for help, with the outside prefix, without and behind a plus, while its extension is disabled, its address shut out, no budget, price, line, port or call left, the business closed, its calls stopped, the gate before its first call closed, or the provider failing the calls before",
        expected: "an ordinary call is refused each time, and each call for help reaches the attacker's own provider",
        run: { (_, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            guard let rehearsal = target.insider?.help else { return .needsInsider }
            var seen: [String] = []
            for obstacle in HelpRehearsal.Obstacle.allCases {
                let run = try await HelpRun(obstacle, rehearsal, terms.dialing)
                if let fault = try await run.fault() { return fault }
                seen.append(obstacle.rawValue)
            }
            let numbers = DialPlan(terms.dialing).emergency.numbers.count
            return .held("\(numbers) numbers reached a provider with \(seen.joined(separator: ", "))")
        }
    )
}

/// One obstacle, and every number with it.
private struct HelpRun {
    private let obstacle: HelpRehearsal.Obstacle
    private let stage: HelpRehearsal.Stage
    private let phones: [TestPhone]
    private let dialing: DialingSettings
    private let ordinary: String

    init(
        _ obstacle: HelpRehearsal.Obstacle,
        _ rehearsal: HelpRehearsal,
        _ dialing: DialingSettings
    ) async throws(WireError) {
        guard let settings = obstacle.settings(dialing.numbering) else {
            throw WireError(.local, "no settings for \(obstacle.rawValue)")
        }
        (self.obstacle, self.dialing) = (obstacle, dialing)
        ordinary = HelpRehearsal.ordinary(from: dialing.numbering.home)?.number ?? ""
        stage = try await rehearsal.stage(settings, obstacle != .closed)
        phones = try await TestPhone.registered(2, stage.wire, stage.target)
    }

    /// What shows that a call for help did not leave, or that nothing was in its way; `nil` when all left.
    func fault() async throws(WireError) -> Observation? {
        try await obstruct()
        let isReached = try await reaches(ordinary) != nil
        guard isReached == (obstacle == .nothing) else {
            return .notRun("an ordinary call \(isReached ? "left" : "was refused") with \(obstacle.rawValue)")
        }
        for (number, dialled) in forms {
            await stage.wire.pause(.seconds(1))
            try await obstructAgain()
            let asked = try await reaches(dialled)
            guard asked == number.text else {
                return .broken(
                    "\(dialled) with \(obstacle.rawValue): the provider was asked for \(asked ?? "nothing") instead of \(number)"
                )
            }
        }
        return nil
    }

    /// All that people dial. Where something is in the way, for some numbers: a country has a hundred.
    private var forms: [(number: DigitString, dialled: String)] {
        let numbers = DialPlan(dialing).emergency.numbers
        let prefix = dialing.numbering.outsidePrefix?.text
        return numbers.prefix(obstacle == .nothing ? numbers.count : 6).flatMap { number in
            [number.text, "+\(number)", prefix.map { $0 + number.text }].compactMap(\.self).map { (number, $0) }
        }
    }

    private func obstruct() async throws(WireError) {
        switch obstacle {
        case .nothing, .noBudget, .noPrices, .closed, .notLive: break
        case .disabled:
            guard let number = stage.target.accounts.first?.number else { return }
            let disabled = Extension(number: number, name: "", isEnabled: false, createdAt: WallTime(milliseconds: 0))
            await stage.change([.put(disabled)])
        case .shutOut: await stage.shutOut()
        case .stopped:
            for _ in 0..<4 { _ = try await reaches(ordinary) }
        case .limited: _ = try await phones[0].call(phones[0].invitation(to: ordinary))
        case .fullTrunk, .failed, .noPorts: try await obstructAgain()
        }
    }

    /// What does not stay in the way by itself: a call for help ends what held its line or port, and a breaker closes again.
    private func obstructAgain() async throws(WireError) {
        switch obstacle {
        case .nothing, .disabled, .shutOut, .noBudget, .noPrices, .closed, .stopped, .limited, .notLive: break
        case .fullTrunk: try await takeLine()
        case .failed:
            await stage.fail(true)
            for _ in 0..<Limits.failedCalls {
                // Not faster than one person may call.
                await stage.wire.pause(.seconds(1))
                _ = try await phones[1].call(phones[1].invitation(to: ordinary))
            }
            await stage.fail(false)
        case .noPorts:
            for _ in 0..<HelpRehearsal.plainPairs { try await takeLine() }
        }
    }

    private func takeLine() async throws(WireError) {
        _ = try await phones[1].call(phones[1].invitation(to: ordinary))
        await stage.wire.pause(.seconds(1))
    }

    /// What the provider was asked for when the first phone dialled this; `nil` for nothing.
    private func reaches(_ dialled: String) async throws(WireError) -> String? {
        try await stage.reaches(dialled, from: phones[0])
    }
}
