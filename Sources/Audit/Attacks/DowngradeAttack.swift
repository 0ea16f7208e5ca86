// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension SignallingEncryptionAttack {
    /// RFC 5630 §3.1: `sips` promises encryption on every hop.
    static let downgrade = Attack(
        .signallingEncryption,
        "K02s",
        "Have a call that insists on encryption brought without it",
        attempted:
            "a call to a sips address of a phone that registered with one; with a login over every port that is open without "
            + "encryption: a request for a sips address, and a registration with one as contact",
        expected: "the call comes over the phone's TLS connection, with sips addresses; 4xx for the others",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            var seen: [String] = []
            for port in target.exceptedPorts.sorted() {
                for kind in [Endpoint.Kind.tcp, .udp] {
                    let statuses = try await clear(Endpoint(kind, port: port), phones[1].account, wire, target)
                    guard !statuses.isEmpty else { continue }
                    seen.append("\(kind.name) port \(port): \(statuses)")
                    guard statuses.allSatisfy({ (400..<500).contains($0) }) else {
                        return .broken(seen.joined(separator: "; "))
                    }
                }
            }
            let (caller, phone) = (phones[0], phones[1])
            _ = try await phone.ask(phone.registration(expires: 0))
            var registration = try await phone.registration(expires: 60)
            registration.uri = "sips:\(target.domain)"
            let contact = "sips:\(phone.account.username)@\(try await phone.line().local)"
            registration.contact = "<\(contact)>"
            guard try await phone.ask(registration)?.status == 200 else {
                return .notRun("no sips address was registered")
            }
            var draft = try await caller.invitation(to: phone)
            (draft.uri, draft.contact) = (draft.uri.secured, draft.contact?.secured)
            let invite = try await caller.call(draft)
            guard let heard = try? await phone.nextRequest("INVITE") else {
                return .notRun("the call to the sips address did not come")
            }
            try await phone.reply("603 Decline", to: heard)
            try await caller.acknowledgeRefusal(of: invite, draft)
            seen.append("the call came as '\(heard.firstLine)', from \(heard.value("contact") ?? "nowhere")")
            let isWhole =
                heard.firstLine.hasPrefix("INVITE \(contact)") && heard.value("contact")?.hasPrefix("<sips:") == true
            return isWhole ? .held(seen.joined(separator: "; ")) : .broken(seen.joined(separator: "; "))
        }
    )

    /// What two requests with a login get that ask for encryption where there is none; nothing where nobody listens.
    private static func clear(
        _ endpoint: Endpoint,
        _ account: TestAccount,
        _ wire: Wire,
        _ target: Target
    ) async throws(WireError) -> [Int] {
        guard let link = try? await wire.connect(endpoint) else { return [] }
        let line = Conversation(link, clock: wire.clock)
        var statuses: [Int] = []
        for method in ["OPTIONS", "REGISTER"] {
            var draft = RequestDraft.probe(
                method,
                name: account.number.text,
                domain: target.domain.text,
                transport: endpoint.kind.name,
                using: wire.entropy
            )
            if method == "OPTIONS" { draft.uri = draft.uri.secured }
            (draft.sentBy, draft.contact) = ("\(line.local)", "<sips:\(account.username)@\(line.local)>")
            // Long enough for an answer over UDP (row D13).
            draft.userAgent = String(repeating: "Ringfence-attack ", count: 40)
            guard let answer = try await line.ask(draft, within: Limits.silence) else { continue }
            guard let challenge = HeardChallenge(answer) else {
                statuses.append(answer.status ?? 0)
                continue
            }
            draft.sequence += 1
            draft.extra.append(Login.header(for: draft, challenge, account, LoginForm(), using: wire.entropy))
            draft.ids = Identifiers(callID: draft.ids.callID, fromTag: draft.ids.fromTag, using: wire.entropy)
            statuses.append(try await line.ask(draft, within: Limits.silence)?.status ?? 0)
        }
        await line.close()
        return statuses
    }
}

extension String {
    /// The same address with `sips`.
    fileprivate var secured: String {
        let parts = components(at: "sip:")
        return parts.joined(separator: "sips:")
    }
}
