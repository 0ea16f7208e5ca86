// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Reaching countries that nobody has opened, with the login of one phone.
enum CountryDialingAttack {
    static let all = [abroad, transfer, redirection, disguises]

    private static let abroad = Attack(
        .countryDialing,
        "T01",
        "Call all over the world with the login of one phone",
        attempted:
            "a registered phone dials a number in each of up to \(OutsideNumber.abroad.count) countries, among them those that fraud likes most, where its extension has no leave to call",
        expected: "each is refused with 403 before anything shows that a provider was asked",
        phones: 1,
        run: { (phones, _, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            let closed = terms.closed(OutsideNumber.abroad, to: phones[0].account.number)
            guard !closed.isEmpty else { return .notRun("every country that it knows is open") }
            return try await phones[0].dialEach(closed.map(\.number)).noting(terms)
        }
    )

    private static let transfer = Attack(
        .countryDialing,
        "T06",
        "Send a call that stands abroad",
        attempted:
            "a phone in a call asks with REFER to connect the other one with a closed country, by a sip and by a tel address, here and at a foreign host",
        expected: "403 for each, no other call begins, and the first one goes on",
        run: { (wire, target) async throws(WireError) in
            guard let terms = target.outside, let account = target.accounts.first else { return .needsTerms }
            guard let number = terms.closed(OutsideNumber.abroad, to: account.number).first?.number else {
                return .notRun("every country that it knows is open")
            }
            let uris = [
                "sip:\(number)@\(target.domain)", "tel:\(number)", "sip:\(number)@provider.example;user=phone",
            ]
            return try await TestCall.attacked(by: sending(to: uris), wire, target)
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
            guard let terms = target.outside else { return .needsTerms }
            let closed = terms.closed(OutsideNumber.abroad, to: phones[1].account.number)
            guard let number = closed.first?.number else { return .notRun("every country that it knows is open") }
            var seen: [String] = []
            for contact in [
                "<sip:\(number)@provider.example>", "<sip:\(number)@\(target.domain)>", "<tel:\(number)>",
            ] {
                let draft = try await phones[0].invitation(to: phones[1])
                let invite = try await phones[0].call(draft)
                let ringing = try await phones[1].nextRequest("INVITE")
                try await phones[1].reply("302 Moved Temporarily", to: ringing, contact: contact)
                switch try await phones[0].outcome(of: invite, draft) {
                case .left(let status) where status < 300: return .broken("\(contact) was followed: \(status)")
                case .left(let status), .refused(let status): seen.append("\(status)")
                case .unclear(let why): return .notRun(why)
                case nil: return .notRun("the target had no time")
                }
            }
            return .held("the caller got \(seen.joined(separator: ", "))").noting(terms)
        }
    )

    private static let disguises = Attack(
        .countryDialing,
        "T08",
        "Dial a closed country in disguise",
        attempted:
            "one number of a closed country with the prefix for abroad, an outside line, a carrier, letters, digits of other scripts, pauses, a second number, phone-context, and as a tel address",
        expected: "each is refused: what is no number with 484 or 404, what is one with 403",
        phones: 1,
        run: { (phones, _, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            let closed = terms.closed(OutsideNumber.abroad, to: phones[0].account.number)
            guard let number = closed.first?.number else { return .notRun("every country that it knows is open") }
            var seen: [Int: Int] = [:]
            let forms = Disguise.forms(of: number.digits, numbering: terms.dialing.numbering)
            for form in forms {
                var draft = try await phones[0].invitation(to: "somebody")
                draft.uri = form.hasPrefix("tel:") ? form : "sip:\(form)@\(target.domain)"
                switch try await phones[0].dial(draft) {
                case .refused(let status): seen[status, default: 0] += 1
                case .left(let status): return .broken("\(form) was on its way: \(status)")
                case .unclear(let why): return .notRun(why)
                }
            }
            let statuses = seen.sorted { $0.key < $1.key }.map { "\($0.value) with \($0.key)" }
            return .held("of \(forms.count) forms refused \(statuses.joined(separator: ", "))").noting(terms)
        }
    )
}

/// Forms of one number that some phone system takes for it. None can be a number of anybody else: each has a plus, the prefix for
/// abroad, or something that no number has.
enum Disguise {
    static func forms(of digits: String, numbering: NumberingSettings) -> [String] {
        let half = digits.utf8.count / 2
        let (head, tail) = (String(digits.prefix(half)), String(digits.dropFirst(half)))
        let wide = digits.unicodeScalars.map { "%EF%BC%\(String(0x90 + $0.value - 48, radix: 16, uppercase: true))" }
        let arabic = digits.unicodeScalars.map { "%D9%A\($0.value - 48)" }
        let outside = numbering.outsidePrefix.map { "\($0)" } ?? ""
        let usual = numbering.home.flatMap { CountryDialing($0) }?.internationalPrefixes.first
        let abroad = (numbering.internationalPrefix ?? usual).map { "\($0)" } ?? "00"
        return [
            "+\(digits)", "%2B\(digits)", "+\(head)-\(tail)", "+\(head).\(tail)", "(+\(head))\(tail)",
            "+(\(head))\(tail)",
            "\(outside)\(abroad)\(digits)", "\(outside)+\(digits)", "9,\(abroad)\(digits)",
            "\(outside),\(abroad)\(digits)", "1234%23\(digits)",
            "1234%23+\(digits)", "*31*+\(digits)", "*67+\(digits)", "%2331%23+\(digits)", "+\(digits),,,1",
            "+\(digits)ppp1", "+\(digits)w1", "+\(digits)&+\(digits)", "+\(digits)!", "+\(digits)%20", "%20+\(digits)",
            "+\(head)%20\(tail)", "+\(digits)%00", "+\(digits)%0D%0A", "+\(head)SPAM", "+\(digits)%23",
            "+" + wide.joined(),
            "+" + arabic.joined(), "++\(digits)", "+00\(digits)", "+\(digits);phone-context=+1",
            "\(digits);phone-context=+", "+\(digits);ext=1", "+\(digits);postd=pp1", "tel:+\(digits)",
            "tel:\(digits);phone-context=+", "tel:+\(head)-\(tail);isub=1", "+\(digits):secret",
        ]
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
