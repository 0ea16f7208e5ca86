// SPDX-License-Identifier: Apache-2.0

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
        return rehearsal
    }
}
