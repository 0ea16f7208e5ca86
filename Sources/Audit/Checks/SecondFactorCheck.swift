// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

extension Check {
    /// Looks whether everybody who can sign in has a second factor of their own (ATTACKS P02, P15).
    static let secondFactor = Check(.secondFactor) { system in
        guard let people = system.portal.people else {
            return CheckReport(control: .secondFactor, examined: [], findings: [.unreadable(.secondFactor)])
        }
        var findings: [Finding] = []
        for person in people {
            // Its codes are taken also of those who have a passkey.
            if person.secretBytes < SecondFactorRules.secretBytes { findings.append(.none(person)) }
            if person.sharesSecret || person.sharesPasskey { findings.append(.shared(person)) }
            if person.recoveryCodes < Limits.recoveryCodes { findings.append(.fewCodes(person)) }
        }
        let list = people.map { "\($0.name) with \($0.recoveryCodes) recovery codes and \($0.passkeys) passkeys" }
            .joined(separator: ", ")
        return CheckReport(
            control: .secondFactor,
            examined: ["second factors of those who sign in: \(list.isEmpty ? "nobody does" : list)"],
            findings: findings
        )
    }
}

extension Finding {
    fileprivate static func none(_ person: PortalFacts.Person) -> Self {
        Finding(
            "none",
            .secondFactor,
            .critical,
            "Somebody signs in without a second factor.",
            evidence: "\(person.name), as \(person.role), has a secret of \(person.secretBytes) bytes",
            remedy: "let them set it up anew: ringfence operator invite \(person.name)"
        )
    }

    fileprivate static func shared(_ person: PortalFacts.Person) -> Self {
        Finding(
            "shared",
            .secondFactor,
            .critical,
            "Two operators have the same second factor.",
            evidence: "the codes or a passkey of \(person.name) are those of somebody else",
            remedy: "let them set it up anew: ringfence operator invite \(person.name)"
        )
    }

    fileprivate static func fewCodes(_ person: PortalFacts.Person) -> Self {
        Finding(
            "few-codes",
            .secondFactor,
            .notice,
            "Somebody has few recovery codes left.",
            evidence: "\(person.name) has \(person.recoveryCodes)",
            remedy: "let them set up a new second factor, which comes with new codes: ringfence operator invite "
                + person.name
        )
    }
}
