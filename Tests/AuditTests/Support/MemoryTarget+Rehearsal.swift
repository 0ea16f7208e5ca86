// SPDX-License-Identifier: Apache-2.0

import Calls
import Guard
import Model
import Primitives

@testable import Audit

// What decides about providers, with one thing wrong perhaps.
extension MemoryTarget {
    nonisolated func rehearsal(_ office: TestOffice) -> ProviderRehearsal? {
        let now = WallTime(milliseconds: 1_800_000_000_000)
        let numbers = office.accounts.map(\.number)
        guard let owned = PhoneNumber(parsing: "+49301234567"), let callee = numbers.first else { return nil }
        let own = OwnedNumber(number: owned, destination: .extension(callee), createdAt: now)
        var rehearsal = ProviderRehearsal([own], numbers, domain: office.snapshot.domain, at: now) {
            [weakness] (pretence) async throws(WireError) in
            switch pretence {
            case .proper: .taken
            case .noTLS where weakness == .fallsBack: .readable("OPTIONS sip:provider.attack.invalid SIP/2.0")
            case .otherName, .expired, .unknownIssuer, .noTLS:
                weakness == .trustsAnyProvider ? .taken : .refused(pretence.rawValue)
            }
        }
        if let honest = rehearsal?.judge, weakness == .letsProvidersDial || weakness == .believesCallers {
            rehearsal?.judge = { [weakness] attempt in
                switch weakness {
                case .letsProvidersDial where attempt.called != nil && attempt.called != owned: nil
                case .believesCallers where attempt.caller == owned: nil
                default: honest(attempt)
                }
            }
        }
        if weakness == .showsAnyName { rehearsal?.show = { $0 } }
        if weakness == .triesEverywhere { rehearsal?.overflows = { $0 >= 400 } }
        if weakness == .tellsForeignNumbers {
            rehearsal?.tell = { steps in
                steps.compactMap { if case .outside(let number) = $0.from { number } else { owned } }
            }
        }
        return rehearsal
    }
}

// Calls for help, with a provider of the attacker's own.
extension MemoryTarget {
    nonisolated func helpRehearsal() -> HelpRehearsal {
        HelpRehearsal { [weakness] (settings, isOpen) async throws(WireError) in
            do {
                let memory = try MemoryTarget(weakness, outside: settings)
                await memory.open(isOpen)
                return HelpRehearsal.Stage(
                    wire: memory.wire(),
                    target: try memory.target(),
                    change: { await memory.change($0) },
                    shutOut: { await memory.shutOut() },
                    asked: { await memory.asked },
                    fail: { await memory.fail($0) },
                    isHome: { await memory.isHome(Self.address) }
                )
            } catch { throw WireError(.local, "\(error)") }
        }
    }

    func fail(_ isFailing: Bool) {
        self.isFailing = isFailing
        if isFailing { hasFailed = true }
    }

    private func open(_ isOpen: Bool) {
        var turn = Turn(at: moment)
        switchboard.setOpen(isOpen, &turn)
        carryOut(turn.actions)
    }

    private func change(_ told: [Change]) {
        let changes = told.map(weakened)
        snapshot = snapshot.applying(changes)
        var turn = Turn(at: moment)
        switchboard.apply(snapshot, by: changes, &turn)
        carryOut(turn.actions)
    }

    /// What a server hears that lets calls out too early.
    private func weakened(_ change: Change) -> Change {
        guard case .outside(.goLive(let gate)) = change else { return change }
        if weakness == .callsTooEarly { return .outside(.goLive(.open)) }
        guard weakness == .forgetsEnds else { return change }
        let kept = GoLive.Duty.allCases.reduce(gate) { gate, duty in
            guard let word = gate[duty], word.until != nil else { return gate }
            return gate.with(GoLive.Word(by: word.person, at: word.at), for: duty)
        }
        return .outside(.goLive(kept))
    }

    private func shutOut() {
        isShutOut = true
        let calling = switchboard.flowsOfHelp
        for id in peers.keys where !calling.contains(FlowID(rawValue: id)) { close(id) }
    }
}
