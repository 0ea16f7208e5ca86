// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Check {
    /// Looks how the password of each operator is kept (ATTACKS P01).
    static let operatorPasswords = Check(.operatorPasswords) { system in
        guard let people = system.portal.people else {
            return CheckReport(control: .operatorPasswords, examined: [], findings: [.unreadable(.operatorPasswords)])
        }
        let schemes = Set(people.map(\.scheme)).sorted().joined(separator: ", ")
        return CheckReport(
            control: .operatorPasswords,
            examined: [
                "how the passwords of \(people.count) operators are kept: \(schemes.isEmpty ? "there are none" : schemes)"
            ],
            findings: people.filter { !OperatorPasswordRules.keepsWell($0.scheme) }.map(Finding.weakHash)
        )
    }
}

extension Finding {
    fileprivate static func weakHash(_ person: PortalFacts.Person) -> Self {
        Finding(
            "weak-hash",
            .operatorPasswords,
            .critical,
            "A password is kept in a way that a thief of the disk can try out fast.",
            evidence: "the one of \(person.name) is kept as \(person.scheme)",
            remedy: "let them set a new one: ringfence operator invite \(person.name)"
        )
    }
}
