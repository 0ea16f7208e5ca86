// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Attacks by somebody who says that they are the provider, or who is one and wants more than to bring calls.
enum ProviderAllowlistAttack {
    static let all = [pretence, reach, leak]

    private static let pretence = Attack(
        .providerAllowlist,
        "C11",
        "Bring calls as if we were the provider",
        attempted:
            "calls without a login from the attacker's address to an extension of the attack, with what a provider writes: its numbers, Record-Route and P-Asserted-Identity; and for what decides about addresses, others than the provider's",
        expected:
            "a challenge each time, and no phone rings; only the networks of a trunk are let in, over its own transport",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            for uri in [
                "sip:\(phones[0].account.number)@\(target.domain)", "sips:\(phones[0].account.number)@\(target.domain)",
            ] {
                var draft = RequestDraft.probe(
                    "INVITE",
                    name: "+88199900101",
                    domain: target.domain.text,
                    using: wire.entropy
                )
                (draft.uri, draft.to) = (uri, uri)
                draft.extra = [
                    "Record-Route: <sip:proxy.provider.invalid;lr>",
                    "P-Asserted-Identity: <sip:+88199900101@provider.invalid;user=phone>",
                ]
                let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
                let answer = try await line.ask(draft)
                await line.hangUp()
                guard answer.status == 401 else { return .broken("'\(answer.firstLine)' instead of a challenge") }
            }
            if let heard = try await phones[0].unasked() { return .broken("a phone was told '\(heard)'") }
            guard let provider = target.insider?.provider else { return .needsInsider }
            let inside = provider.trunk.prefixes.first?.address
            guard let inside, provider.admit(inside, .tls) else {
                return .notRun("the provider itself is not let in, so that refusals prove nothing")
            }
            let others = strangers.compactMap { IPAddress(parsing: $0) }
            if let admitted = others.first(where: { provider.admit($0, .tls) }) {
                return .broken("\(admitted) is taken for the provider")
            }
            for transport in [Trunk.Transport.tcp, .udp] where provider.admit(inside, transport) {
                return .broken("the provider's address is taken over \(transport.rawValue)")
            }
            return .held(
                "401 twice, no phone rang; \(others.count) other addresses and 2 other transports are no provider"
            )
        }
    )

    /// Beside the network of the stand-in, and what looks like it in IPv6.
    private static let strangers = [
        "192.0.2.16", "192.0.1.255", "198.51.100.1", "::192.0.2.1", "64:ff9b::c000:201", "::1",
    ]

    private static let reach = Attack(
        .providerAllowlist,
        "C11r",
        "Reach more over a trunk than the numbers of the business",
        attempted:
            "calls brought over a trunk to numbers outside, to numbers of another customer, to what is no number, and to numbers of the business without encryption",
        expected: "each is refused; a number of the business rings",
        run: { (_, target) in
            guard let provider = target.insider?.provider, let number = provider.numbers.last else {
                return .needsInsider
            }
            let rings = { (called: PhoneNumber?) in provider.refusal(ofCallTo: called) == nil }
            guard let reachable = provider.numbers.first(where: rings) else {
                return .notRun("no number rings, so that refusals prove nothing")
            }
            let strangers = foreign.compactMap { PhoneNumber(parsing: $0) }.filter { !provider.numbers.contains($0) }
            let neighbour = PhoneNumber(value: number.value + 1).flatMap { provider.numbers.contains($0) ? nil : $0 }
            for called in strangers + [neighbour].compactMap(\.self) where rings(called) {
                return .broken("a call to \(called) would leave or ring")
            }
            if rings(nil) { return .broken("a call to no number would ring") }
            if provider.refusal(ofCallTo: reachable, signallingIsSecure: false) == nil {
                return .broken("keys were taken over readable signalling")
            }
            if provider.refusal(ofCallTo: reachable, media: .plain) == nil {
                return .broken("readable audio was taken")
            }
            return .held("\(strangers.count + 4) calls refused, and \(reachable) would ring")
        }
    )

    /// A premium number, an island, a satellite, a neighbour and a freephone number of somebody else.
    private static let foreign = ["+49900123456", "+9607771234", "+88161234567", "+4930999999", "+80012345678"]

    private static let leak = Attack(
        .providerAllowlist,
        "C06t",
        "Have the server log in to somebody who is no provider",
        attempted:
            "a call between two phones of the attacker's, whose INVITE is answered with a challenge as providers make it: 401 and 407, for the realm of the business",
        expected: "the call is over, and no login is sent",
        run: { (wire, target) async throws(WireError) in
            for status in ["401 Unauthorized", "407 Proxy Authentication Required"] {
                if let line = try await TestCall.refuse(status, wire, target, realm: target.domain.text) {
                    return .broken("'\(line)' came with a login after \(status)")
                }
            }
            return .held("no login after 401 and 407 to an INVITE")
        }
    )
}
