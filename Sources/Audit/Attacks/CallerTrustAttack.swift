// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Attacks by somebody who says that they are somebody else.
enum CallerTrustAttack {
    static let all = [ownNumber, names, inside, forwarded]

    private static let ownNumber = Attack(
        .callerTrust,
        "Z01",
        "Call from outside as a colleague",
        attempted:
            "calls brought over a trunk under each number of the business and under the numbers of its extensions",
        expected: "each is refused; a caller with a number of their own rings, and so does one who withholds it",
        run: { (_, target) in
            guard let provider = target.insider?.provider else { return .needsInsider }
            guard let called = provider.numbers.first(where: { provider.refusal(ofCallTo: $0) == nil }),
                let stranger = PhoneNumber(parsing: "+88199900102"),
                provider.refusal(ofCallTo: called, from: stranger) == nil
            else { return .notRun("no honest caller rings, so that refusals prove nothing") }
            for own in provider.numbers
            where provider.refusal(ofCallTo: called, from: own)?.control != .callerTrust {
                return .broken("\(own), a number of the business, rings as a caller from outside")
            }
            guard provider.refusal(ofCallTo: called, claimsExtension: true)?.control == .callerTrust else {
                return .broken("an extension rings as a caller from outside")
            }
            return .held("\(provider.numbers.count) numbers of the business and its extensions refused as callers")
        }
    )

    private static let names = Attack(
        .callerTrust,
        "Z03",
        "Call under a name that looks like another",
        attempted:
            "\(lookAlikes.count) names with other letters of the same look, text that runs backwards, seals and signs that are not seen",
        expected: "what is shown has no such sign; letters of two scripts are marked; honest names stay as they are",
        run: { (_, target) in
            guard let provider = target.insider?.provider else { return .needsInsider }
            for name in honest where provider.show(name) != name { return .broken("'\(name)' is shown otherwise") }
            for name in lookAlikes {
                let shown = provider.show(name)
                if shown == name { return .broken("'\(name)' is shown as it is") }
                if shown.unicodeScalars.contains(where: isDeceptive) { return .broken("a sign of '\(name)' is shown") }
            }
            return .held("\(lookAlikes.count) names cleaned or marked, \(honest.count) honest ones shown as they are")
        }
    )

    private static func isDeceptive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .otherSymbol, .privateUse: true
        default: false
        }
    }

    private static let honest = [
        "Müller & Söhne GmbH", "José Álvarez", "Иванова Анна", "Παπαδόπουλος", "山田太郎", "O'Brien, Pat (2)",
    ]

    private static let lookAlikes = [
        "\u{0421}EO", "P\u{0430}yroll", "IT H\u{0435}lpdesk", "\u{0392}ank", "Bank \u{2713}", "Bank \u{2705}",
        "\u{1F512} Bank",
        "\u{202E}knaB", "B\u{200B}ank", "Bank\u{2069}", "Ba\u{00AD}nk", "\u{FEFF}Bank", "Bank\u{0007}", "Bank\u{E000}",
        "Chief\r\nP-Asserted-Identity: x",
    ]

    private static let forwarded = Attack(
        .callerTrust,
        "S08c",
        "Go out under a foreign number with a forwarded call",
        attempted:
            "calls that a provider says were sent on by foreign numbers, and that an extension and a group send on outside",
        expected: "the next provider is told numbers of the business and no others",
        run: { (_, target) in
            guard let provider = target.insider?.provider else { return .needsInsider }
            guard let foreign = PhoneNumber(parsing: "+12025550100"), let next = PhoneNumber(parsing: "+12025550101"),
                let group = ShortName(parsing: "sales"), let own = provider.numbers.first
            else { return .notRun("a number could not be made") }
            let callee = Participant.extension(provider.callee)
            for reason in CallStep.Reason.allCases where reason != .diverted {
                let steps = [
                    CallStep(from: .outside(foreign), .diverted, to: .outside(own)),
                    CallStep(from: .outside(foreign), reason, to: callee),
                    CallStep(from: .group(group), reason, to: callee),
                    CallStep(from: callee, reason, to: .outside(next)),
                ]
                let told = provider.tell(steps)
                if let number = told.first(where: { !provider.numbers.contains($0) }) {
                    return .broken("the provider is told \(number), which is no number of the business")
                }
            }
            let honest = provider.tell([CallStep(from: callee, .always, to: .outside(next))])
            guard honest.count == 1 else { return .notRun("nothing is told of any forward, so that nothing is proven") }
            return .held("of \(CallStep.Reason.allCases.count) ways to send a call on, none shows a foreign number")
        }
    )

    private static let inside = Attack(
        .callerTrust,
        "S07",
        "Call a colleague as somebody else",
        attempted:
            "calls of a phone whose From, P-Asserted-Identity, P-Preferred-Identity, Remote-Party-ID, Diversion and Referred-By name an extension, a number of the business and the owner",
        expected: "refused, or the called phone is told the name and number of the directory and nothing else",
        phones: 2,
        run: { (phones, _, target) async throws(WireError) in
            let claims = ["sip:+88199900100@\(target.domain)", "sip:100@\(target.domain)"]
            for claim in claims {
                let heard = try await TestCall.overhear(phones) { draft in
                    draft.fromName = "\"The owner \u{2713}\" "
                    draft.extra += fields.map { "\($0): \"The owner\" <\(claim)>" }
                }
                let text = String(decoding: heard.bytes, as: UTF8.self)
                if text.contains("The owner") || text.contains(claim) {
                    return .broken("the called phone was told \(claim)")
                }
                guard heard.value("from")?.contains("sip:\(phones[0].account.number)@") == true else {
                    return .broken("From is '\(heard.value("from") ?? "")'")
                }
                var draft = try await phones[0].invitation(to: phones[1])
                draft.from = claim
                let answer = try await phones[0].ask(draft)
                if let answer { try await phones[0].acknowledge(answer, to: draft) }
                guard answer?.status == 403 else {
                    return .broken("'\(answer?.firstLine ?? "nothing")' to a call from \(claim)")
                }
            }
            return .held(
                "\(claims.count) identities of others refused in From, and in \(fields.count) other fields not passed on"
            )
        }
    )

    private static let fields = [
        "P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID", "Diversion", "Referred-By",
    ]
}
