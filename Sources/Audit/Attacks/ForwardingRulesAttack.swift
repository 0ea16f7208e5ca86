// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Calling at somebody else's expense by a phone that sends its calls on.
enum ForwardingRulesAttack {
    static let all = [expensive]

    private static let expensive = Attack(
        .forwardingRules,
        "T03",
        "Have calls forwarded to who is paid for them",
        attempted:
            "a phone that may forward outside answers 302 with premium, satellite and closed numbers; one forwards to another, which does; and two forward to each other",
        expected: "each call ends without an answer, nothing shows that it left, and the ring is cut",
        phones: 3,
        run: { (phones, _, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            let dear = DearNumber.all.map(\.number).filter { !terms.isApproved($0) }
            let closed = terms.closed(OutsideNumber.abroad, to: phones[1].account.number)
            let numbers = closed.prefix(3) + dear
            guard let first = numbers.first else { return .notRun("every number that it knows is approved or open") }
            let second = uri(phones[2].account.number.text, target)
            var chains = numbers.map { [uri($0.text, target)] }
            chains += [["tel:\(first)"], [second, uri(first.text, target)], [second, "tel:\(first)"]]
            chains.append([second, uri(phones[1].account.number.text, target)])
            chains.append([second, uri(phones[0].account.number.text, target)])
            for chain in chains {
                switch try await follow(chain, phones) {
                case .refused: break
                case .left(let status): return .broken("\(chain.joined(separator: ", then ")) was followed: \(status)")
                case .unclear(let why): return .notRun(why)
                }
            }
            return .held("\(numbers.count) numbers, 3 chains and 2 rings got nowhere").noting(terms)
        }
    )

    private static func uri(_ user: String, _ target: Target) -> String { "sip:\(user)@\(target.domain)" }

    /// The first phone calls the second; each sends the call on to the next place.
    private static func follow(_ chain: [String], _ phones: [TestPhone]) async throws(WireError) -> OutsideOutcome {
        let draft = try await phones[0].invitation(to: phones[1])
        let invite = try await phones[0].call(draft)
        for (phone, place) in zip(phones.dropFirst(), chain) {
            let ringing: HeardMessage
            do throws(WireError) { ringing = try await phone.nextRequest("INVITE") } catch {
                _ = try await phones[0].outcome(of: invite, draft)
                return .unclear("a call inside is not forwarded, so that refusals prove nothing")
            }
            try await phone.reply("302 Moved Temporarily", to: ringing, contact: "<\(place)>")
        }
        switch try await phones[0].outcome(of: invite, draft) {
        case .left(let status) where status >= 300: return .refused(status)
        case .some(let outcome): return outcome
        case nil: return .unclear("the target had no time")
        }
    }
}
