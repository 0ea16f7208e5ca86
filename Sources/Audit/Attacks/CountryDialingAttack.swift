// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Reaching countries that nobody has opened, with the login of one phone.
enum CountryDialingAttack {
    static let all = [abroad, transfer, redirection, disguises, refusals]

    private static let abroad = Attack(
        .countryDialing,
        "T01",
        "Call all over the world with the login of one phone",
        attempted:
            "a registered phone dials a number in each of up to \(OutsideNumber.abroad.count) countries, among them those that fraud likes most, where its extension has no leave to call",
        expected: "each is refused before anything shows that a provider was asked",
        phones: 1,
        run: { (phones, _, target) async throws(WireError) in
            try await closed(to: phones[0].account, target) { (_, numbers) async throws(WireError) in
                try await phones[0].dialEach(numbers)
            }
        }
    )

    private static let transfer = Attack(
        .countryDialing,
        "T06",
        "Send a call that stands abroad",
        attempted:
            "a phone in a call asks with REFER to connect the other one with a closed country, by a sip and by a tel address, here and at a foreign host",
        expected: "403 or 404 for each, no other call begins, and the first one goes on",
        run: { (wire, target) async throws(WireError) in
            try await closed(to: target.accounts.first, target) { (_, numbers) async throws(WireError) in
                let uris = [
                    "sip:\(numbers[0])@\(target.domain)", "tel:\(numbers[0])",
                    "sip:\(numbers[0])@provider.example;user=phone",
                ]
                return try await TestCall.attacked(by: sending(to: uris), wire, target)
            }
        }
    )

    /// Asks for a transfer to each; the first that is taken ends the call, and with it what was begun.
    static func sending(
        to uris: [String]
    ) -> @Sendable (TestCall, Wire, Target) async throws(WireError) -> Observation {
        { (call, _, _) async throws(WireError) in
            var statuses: [Int] = []
            for (index, uri) in uris.enumerated() {
                let status = try await call.transfer(to: uri, number: index + 1)
                statuses.append(status)
                if status < 300 { return .broken("the transfer to \(uri) was taken: \(status)") }
            }
            let own = await call.hangUp()
            let text = "REFER got \(statuses); the call's own BYE got \(own ?? 0)"
            return statuses.allSatisfy { $0 == 403 || $0 == 404 } && own == 200 ? .held(text) : .broken(text)
        }
    }

    private static let redirection = Attack(
        .countryDialing,
        "T07",
        "Let a phone send the calls that ring there abroad",
        attempted:
            "one phone calls another, which answers 302 with a number in a closed country: at a provider, here, and as a tel address",
        expected: "the call ends without an answer, and nothing shows that it was sent on",
        phones: 2,
        run: { (phones, _, target) async throws(WireError) in
            try await closed(to: phones[1].account, target) { (_, numbers) async throws(WireError) in
                let uris = [
                    "sip:\(numbers[0])@provider.example", "sip:\(numbers[0])@\(target.domain)", "tel:\(numbers[0])",
                ]
                return try await redirect(phones, to: uris)
            }
        }
    )

    /// The first phone calls the second, which sends the call on to each of these in turn.
    private static func redirect(_ phones: [TestPhone], to uris: [String]) async throws(WireError) -> Observation {
        var seen: [String] = []
        for uri in uris {
            let draft = try await phones[0].invitation(to: phones[1])
            let invite = try await phones[0].call(draft)
            let ringing = try await phones[1].nextRequest("INVITE")
            try await phones[1].reply("302 Moved Temporarily", to: ringing, contact: "<\(uri)>")
            switch try await phones[0].outcome(of: invite, draft) {
            case .left(let status) where status < 300: return .broken("\(uri) was followed: \(status)")
            case .left(let status), .refused(let status): seen.append("\(status)")
            case .unclear(let why): return .notRun(why)
            case nil: return .notRun("the target had no time")
            }
        }
        return .held("the caller got \(seen.joined(separator: ", "))")
    }

    private static let refusals = Attack(
        .countryDialing,
        "F09",
        "Have a call that a provider refuses tried over another one",
        attempted:
            "calls that a provider refuses with each status that says no, and calls that it fails or leaves unanswered",
        expected: "what is refused, perhaps for fraud, is tried nowhere else; what failed is",
        run: { (_, target) in
            guard let provider = target.insider?.provider else { return .needsInsider }
            let no = Array(300..<500).filter { $0 != 408 } + Array(600..<700)
            if let status = no.first(where: provider.overflows) {
                return .broken("a call that was refused with \(status) is tried over the next trunk")
            }
            guard [408, 500, 503].allSatisfy(provider.overflows) else {
                return .notRun("not even a provider that fails is left, so that nothing is proven")
            }
            return .held("\(no.count) statuses that refuse are the last word, and a provider that fails is left")
        }
    )

    private static let disguises = Attack(
        .countryDialing,
        "T08",
        "Dial a closed country in disguise",
        attempted:
            "one number of a closed country with the prefix for abroad, an outside line, a carrier, letters, digits of other scripts, pauses, a second number, phone-context, and as a tel address",
        expected: "each is refused, as no number or as a closed one",
        phones: 1,
        run: { (phones, _, target) async throws(WireError) in
            try await closed(to: phones[0].account, target) { (terms, numbers) async throws(WireError) in
                let forms = Disguise.forms(of: numbers[0].digits, numbering: terms.dialing.numbering)
                return try await phones[0].dialEach("forms", forms) { (form) async throws(WireError) in
                    var draft = try await phones[0].invitation(to: "somebody")
                    draft.uri = form.hasPrefix("tel:") ? form : "sip:\(form)@\(target.domain)"
                    return draft
                }
            }
        }
    )

    /// Attacks with the numbers abroad that an account must not reach, of which there is one at least.
    private static func closed(
        to caller: TestAccount?,
        _ target: Target,
        attack: (OutsideTerms, [PhoneNumber]) async throws(WireError) -> Observation
    ) async throws(WireError) -> Observation {
        guard let terms = target.outside, let caller else { return .needsTerms }
        let numbers = terms.closed(OutsideNumber.abroad, to: caller.number)
        guard !numbers.isEmpty else { return .notRun("every country that it knows is open") }
        return try await attack(terms, numbers).noting(terms)
    }
}

extension Observation {
    static let needsTerms = Observation.notRun(
        "this attack must know which countries are closed, so that it calls nobody: run it beside the running server, with --data"
    )

    /// Says so where no provider could have been asked.
    func noting(_ terms: OutsideTerms) -> Observation {
        terms.hasTrunk ? self : Observation(outcome, observed + "; no provider is there that a call could leave by")
    }
}
