// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Reaching numbers that are paid for being called.
enum PremiumNumbersAttack {
    static let all = [dialled, transferred]

    private static let dialled = Attack(
        .premiumNumbers,
        "T01p",
        "Call numbers that pay whoever has them",
        attempted:
            "a registered phone dials premium numbers of six countries, satellite telephones, networks and premium of no country, and the islands behind +1, except what the owner has approved or opened",
        expected: "each is refused before anything shows that a provider was asked",
        phones: 1,
        run: { (phones, _, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            let dear = DearNumber.all.map(\.number).filter { !terms.isApproved($0) }
            let numbers = dear + terms.closed(OutsideNumber.islands, to: phones[0].account.number)
            guard !numbers.isEmpty else { return .notRun("every number that it knows is approved or open") }
            return try await phones[0].dialEach(numbers).noting(terms)
        }
    )

    /// What a caller who pretends to be from the help desk asks somebody for.
    private static let transferred = Attack(
        .premiumNumbers,
        "Z05",
        "Have a call transferred to a premium number",
        attempted:
            "a phone in a call asks with REFER to connect the other one with a premium number and a satellite telephone",
        expected: "403 or 404 for each, no other call begins, and the first one goes on",
        run: { (wire, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            let numbers = DearNumber.all.filter { [.premium, .satellite].contains($0.numberClass) }
            let uris = numbers.map(\.number).filter { !terms.isApproved($0) }.map { "sip:\($0)@\(target.domain)" }
            guard !uris.isEmpty else { return .notRun("every number that it knows is approved") }
            return try await TestCall.attacked(by: CountryDialingAttack.sending(to: uris), wire, target).noting(terms)
        }
    )
}
