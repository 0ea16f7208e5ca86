// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

@testable import Audit

// The control socket, as far as roles go: the real decision, and things of every extension to show.
extension MemoryTarget {
    nonisolated func controlTrials(_ office: TestOffice) -> ControlTrials {
        let commands = Right.allCases.map { ControlTrials.Trial(name: $0.rawValue, rights: [$0]) }
        let things = office.accounts.map { [$0.number] }
        return ControlTrials(commands: commands) { [weakness] (trial, role, number) async throws(WireError) in
            do throws(Refusal) {
                let subject: Authoriser.Subject =
                    trial.rights == [.seePhones] && weakness != .showsEverything ? .extension(number) : .any
                let permit = try Authoriser.decide(trial.rights, on: subject, by: "the attacker", with: Mandate(role))
                return .answered(things.filter { weakness == .showsEverything || permit.covers($0.first) })
            } catch {
                return weakness == .forgetsRoles ? .answered([]) : .refused(error)
            }
        }
    }
}
