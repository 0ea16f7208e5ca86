// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Taking another phone's place, or making the server call somewhere it should not.
enum RegistrationAttacks {
    static let all = [hijack, poison, names]

    private static let hijack = Attack(
        .intrusionDetection,
        "S04",
        "Take over or remove another phone's registration",
        attempted:
            "REGISTER with Contact * and with a new contact for a registered phone: without a login, with the login of another extension, with its overheard login, and * with a time",
        expected: "401, 403, 401 and 400; a call still reaches the phone",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let (victim, thief) = (
                TestPhone(target.accounts[0], wire, target), TestPhone(target.accounts[1], wire, target)
            )
            let draft = try await victim.registration(expires: 60)
            let challenge = try await victim.challenge(to: draft)
            let login = await victim.authorised(draft, challenge, LoginForm())
            guard try await victim.line().ask(login)?.status == 200, try await thief.register()?.status == 200 else {
                return .notRun("a phone could not register")
            }
            var seen: [String] = []
            for (name, contact, expires) in [("all", "*", 0), ("new", "<sip:x@192.0.2.66>", 60)] {
                var attempt = try await thief.registration(expires: expires)
                (attempt.to, attempt.from, attempt.contact) = (draft.to, draft.from, contact)
                let bare = try await thief.line().ask(attempt)?.status
                attempt.ids = Identifiers(using: wire.entropy)
                let foreign = try await thief.ask(attempt)?.status
                var replayed = login
                (replayed.contact, replayed.ids) = (contact, Identifiers(using: wire.entropy))
                let overheard = try await thief.line().ask(replayed)?.status
                seen.append("\(name): \([bare, foreign, overheard].map { $0 ?? 0 })")
                guard bare == 401, foreign == 403, overheard == 401 else {
                    return .broken(seen.joined(separator: "; "))
                }
            }
            var timed = try await victim.registration(expires: 60)
            timed.contact = "*"
            let star = try await victim.ask(timed)?.status
            guard star == 400 else { return .broken("* with a time got \(star ?? 0)") }
            guard try await thief.rings(victim) else {
                return .broken("a call does not reach the phone any more")
            }
            for phone in [victim, thief] { try await phone.unregister() }
            return .held(seen.joined(separator: "; ") + "; a call still reaches the phone")
        }
    )

    private static let poison = Attack(
        .intrusionDetection,
        "S06",
        "Register somebody else's address",
        attempted:
            "contacts at the attacker's own UDP port, at link-local and unspecified addresses, of other schemes, with headers and maddr; then a call",
        expected:
            "400, or the call comes over the phone's own connection; not one packet goes to the address in the contact",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let trap = try await wire.connect(Endpoint(.udp, port: target.mediaPort))
            let (phone, caller) = (
                TestPhone(target.accounts[0], wire, target), TestPhone(target.accounts[1], wire, target)
            )
            var seen: [String] = []
            for contact in [
                "<sip:x@169.254.169.254>", "<sip:x@0.0.0.0>", "<tel:+15550100>", "<http://\(trap.local)/>",
                "<sip:x@\(trap.local);maddr=192.0.2.7>", "<sip:x@\(trap.local)?Authorization=a>",
            ] {
                var draft = try await phone.registration(expires: 60)
                draft.contact = contact
                let status = try await phone.ask(draft)?.status
                seen.append("\(contact): \(status.map(String.init) ?? "no answer")")
                if status != 400 { return .broken(seen.joined(separator: "; ")) }
            }
            var draft = try await phone.registration(expires: 60)
            draft.contact = "<sip:x@\(trap.local);transport=udp>"
            guard try await phone.ask(draft)?.status == 200, try await caller.register()?.status == 200 else {
                return .notRun("a phone could not register")
            }
            let rings = try await caller.rings(phone)
            let arrival = await trap.receive(Limits.silence)
            await trap.close()
            for phone in [phone, caller] { try await phone.unregister() }
            if case .bytes(let bytes, _) = arrival {
                return .broken("\(bytes.count) bytes arrived at the contact's address")
            }
            return rings
                ? .held("\(seen.count) refused; the call came over the phone's own connection")
                : .broken("the call did not come over the phone's own connection")
        }
    )

    private static let names = Attack(
        .intrusionDetection,
        "S22",
        "Make the server look up names",
        attempted:
            "contacts and Request-URIs with names that are hard to look up: .1, 300 labels, labels of 200 letters, names that stand for inside addresses",
        expected: "each is answered within \(Limits.promptly), because no name out of a message is ever looked up",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            let phone = phones[0]
            let hosts = [
                ".1", "a..b", String(repeating: "a.", count: 300) + "example",
                String(repeating: "b", count: 200) + ".example",
                "localhost", "169.254.169.254.example", "does-not-exist.invalid", "[::ffff:127.0.0.1]",
            ]
            for host in hosts {
                var (binding, call) = (
                    try await phone.registration(expires: 60), try await phone.draft("OPTIONS", to: "100")
                )
                binding.contact = "<sip:x@\(host)>"
                call.uri = "sip:x@\(host)"
                for draft in [binding, call] {
                    let start = wire.clock()
                    let line = try await phone.line()
                    try await line.say(draft.bytes)
                    let heard = await line.next(within: Limits.reply)
                    guard wire.clock() - start < Limits.promptly else {
                        return .broken("\(host.prefix(20)): took too long")
                    }
                    if case .closed = heard { await phone.hangUp() }
                }
            }
            guard try await phone.register()?.status == 200 else { return .broken("the phone is not served any more") }
            return .held("\(2 * hosts.count) requests answered at once")
        }
    )
}

extension TestPhone {
    /// Calls a phone and tells whether it hears of it over its own connection. The call is refused there.
    func rings(_ phone: TestPhone) async throws(WireError) -> Bool {
        let draft = try await invitation(to: phone)
        let invite = try await call(draft)
        guard let heard = try? await phone.nextRequest("INVITE") else { return false }
        try await phone.reply("603 Decline", to: heard)
        try await acknowledgeRefusal(of: invite, draft)
        return true
    }
}
