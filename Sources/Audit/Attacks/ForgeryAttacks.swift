// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Pretending: to be somebody else, to be in a dialog, to be a guest, to be a proxy's customer.
enum ForgeryAttacks {
    static let all = [guestCall, relay, dialog, identity, contacts]

    private static let guestCall = Attack(
        .intrusionDetection,
        "S01",
        "Call without a login",
        attempted: "INVITE to an extension whose phone is registered, and to an outside number, without a login",
        expected: "401, nothing rings, no 100 or 180",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            let phone = phones[0]
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            var seen: [String] = []
            for number in [phone.account.number.text, "00441632960000", "+441632960000", "9011441632960000"] {
                let draft = RequestDraft.probe("INVITE", name: number, domain: target.domain.text, using: wire.entropy)
                let answer = try await line.ask(draft)
                seen.append("\(number): \(answer.status ?? 0)")
                if answer.status != 401 { return .broken("'\(answer.firstLine)' to INVITE for \(number)") }
            }
            await line.hangUp()
            if let rung = try await phone.unasked() { return .broken("the phone got '\(rung)'") }
            return .held(seen.joined(separator: ", ") + "; the phone stayed silent")
        }
    )

    private static let relay = Attack(
        .intrusionDetection,
        "S02",
        "Use the server as a relay to somewhere else",
        attempted:
            "INVITE and OPTIONS to a foreign host and with Route to the attacker, with and without a login, while the attacker listens there",
        expected:
            "without a login the same 401 as for our own name, with one 403 or 404; not one packet arrives",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            // Where the target is this machine, another of its addresses stands for somewhere else.
            let elsewhere = target.elsewhere(using: wire.entropy)
            let trap = try await wire.connect(Endpoint(.udp, port: target.mediaPort, from: elsewhere))
            let phone = TestPhone(account, wire, target)
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            var statuses: Set<Int> = []
            for (name, host, route) in detours(trap.local, target) {
                for method in ["INVITE", "OPTIONS", "MESSAGE"] {
                    var draft = try await phone.draft(method, to: "100")
                    draft.uri = "sip:100@\(host)"
                    draft.extra += route.map { ["Route: \($0)"] } ?? []
                    let bare = try await line.ask(draft).status ?? 0
                    if bare != 401 {
                        return .broken("a stranger got \(bare) to \(method) \(name), which tells our own name")
                    }
                    draft.ids = Identifiers(using: wire.entropy)
                    let status = try await phone.ask(draft)?.status ?? 0
                    if status != 403, status != 404 { return .broken("\(method) \(name) with a login got \(status)") }
                    statuses.insert(status)
                }
            }
            await phone.hangUp()
            await line.hangUp()
            let arrival = await trap.receive(Limits.silence)
            await trap.close()
            if case .bytes(let bytes, _) = arrival {
                return .broken("a packet of \(bytes.count) bytes arrived at the attacker")
            }
            return .held("strangers got 401, a phone \(statuses.sorted()); no packet arrived at the attacker")
        }
    )

    /// Request-URI and Route that lead elsewhere: by the one, by the other, by both, and behind ourselves.
    private static func detours(_ trap: SocketAddress, _ target: Target) -> [(String, String, String?)] {
        let (there, here) = ("\(trap);transport=udp", target.domain.text)
        return [
            ("for another host", there, nil), ("by way of another host", here, "<sip:\(there);lr>"),
            ("for and by another host", there, "<sip:\(there);lr>"),
            ("behind ourselves", here, "<sip:\(here);lr>, <sip:\(there);lr>"),
            ("for a foreign name", "victim.example", nil),
        ]
    }

    private static let dialog = Attack(
        .intrusionDetection,
        "S03",
        "Pretend to be in a call",
        attempted:
            "BYE, INVITE, UPDATE, INFO, NOTIFY, REFER and ACK with a made-up To tag, without a login, and INVITE with Replaces",
        expected: "481 or 401 for each, nothing for ACK",
        run: { (wire, target) async throws(WireError) in
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            var seen: [String] = []
            for method in ["BYE", "INVITE", "UPDATE", "INFO", "NOTIFY", "REFER", "CANCEL", "Replaces"] {
                let name = method == "Replaces" ? "INVITE" : method
                var draft = RequestDraft.probe(name, name: "100", domain: target.domain.text, using: wire.entropy)
                if method == "Replaces" {
                    draft.extra.append("Replaces: \(wire.entropy.token(bits: 64));to-tag=1;from-tag=2")
                } else {
                    draft.toTag = wire.entropy.token(bits: 64)
                }
                let answer = try await line.ask(draft)
                seen.append("\(method) \(answer.status ?? 0)")
                if answer.status != 481, answer.status != 401 { return .broken("'\(answer.firstLine)' to \(method)") }
            }
            var ack = RequestDraft.probe("ACK", name: "100", domain: target.domain.text, using: wire.entropy)
            ack.toTag = wire.entropy.token(bits: 64)
            let conversation = try await line.open()
            try await conversation.say(ack.bytes)
            let echo = await line.more(within: Limits.silence)
            await line.hangUp()
            if let echo { return .broken("ACK was answered with '\(echo.firstLine)'") }
            return .held(seen.joined(separator: ", ") + ", ACK silent")
        }
    )

    private static let identity = Attack(
        .intrusionDetection,
        "C07",
        "Log in as oneself and act as somebody else",
        attempted: "with the login of one extension: REGISTER for another one, and INVITE with another one in From",
        expected: "403; the other extension has no new phone",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let phone = phones[0]
            let victim = "sip:\(target.accounts[1].number)@\(target.domain)"
            var registration = try await phone.registration(expires: 60)
            (registration.to, registration.from) = (victim, victim)
            let bound = try await phone.ask(registration)
            var invite = try await phone.invitation(to: phone)
            invite.from = victim
            let called = try await phone.ask(invite)
            let seen = "REGISTER \(bound?.firstLine ?? "no answer"), INVITE \(called?.firstLine ?? "no answer")"
            return bound?.status == 403 && called?.status == 403 ? .held(seen) : .broken(seen)
        }
    )

    private static let contacts = Attack(
        .intrusionDetection,
        "S05",
        "Register where others are to be flooded",
        attempted:
            "with a login: 50 contacts in one REGISTER, '*' with other contacts, contacts with maddr and header parts, and eight contacts one by one",
        expected: "refused each time; of those one by one, five are kept",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let phone = TestPhone(account, wire, target)
            let many = (1...50).map { "<sip:a@192.0.2.\($0)>" }.joined(separator: ", ")
            var (seen, taken): ([String], [String]) = ([], [])
            for (name, contact) in [
                ("50 contacts", many), ("star with others", "*, <sip:a@192.0.2.1>"),
                ("maddr", "<sip:a@192.0.2.1;maddr=192.0.2.7>"),
                ("headers", "<sip:a@192.0.2.1?Route=%3Csip:192.0.2.7%3E>"),
            ] {
                var draft = try await phone.registration(expires: 60)
                draft.contact = contact
                let status = try await phone.ask(draft)?.status
                seen.append("\(name): \(status.map(String.init) ?? "no answer")")
                if let status, status < 300 { taken.append(name) }
            }
            let kept = try await keptContacts(of: phone, after: 8)
            seen.append("one by one: \(kept) kept")
            if kept > 5 { taken.append("one by one") }
            try? await phone.unregister()
            await phone.hangUp()
            return taken.isEmpty ? .held(seen.joined(separator: ", ")) : .broken(seen.joined(separator: ", "))
        }
    )

    /// Registers so many contacts, one by one; how many the server says it has in the end.
    private static func keptContacts(of phone: TestPhone, after count: Int) async throws(WireError) -> Int {
        var kept = 0
        for index in 1...count {
            var draft = try await phone.registration(expires: 60)
            draft.contact = "<sip:c\(index)@192.0.2.\(index)>"
            guard let answer = try await phone.ask(draft) else { continue }
            kept = answer.values("contact").reduce(0) { $0 + $1.split(separator: "<").count }
        }
        var draft = try await phone.registration(expires: 0)
        draft.contact = "*"
        _ = try await phone.ask(draft)
        return kept
    }
}
