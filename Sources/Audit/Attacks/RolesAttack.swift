// SPDX-License-Identifier: Apache-2.0

import Guard
import Model

/// Doing what one's role is not for: as an operator over the control socket, and as a phone over SIP.
enum RolesAttack {
    static let all = [bypass, foreignThings, foreignPhones]

    private static let bypass = Attack(
        .roles,
        "P07",
        "Do as an operator what one's role is not for",
        attempted:
            "over the control socket of the running server: every command there is, in every role that is not for it",
        expected: "each is refused because of the role, and none in the role of an owner is",
        run: { (_, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            guard let control = target.insider?.control else { return .needsInsider }
            for trial in control.commands {
                let reply = try await control.say(trial, .owner, account.number)
                guard !reply.isRefusedByRole else { return .notRun("not even an owner may do \(trial.name)") }
            }
            var refused: [String] = []
            for role in Role.all(ownExtension: account.number) {
                let forbidden = control.commands.filter { !role.isFor($0) }
                for trial in forbidden {
                    let reply = try await control.say(trial, role, account.number)
                    guard reply.isRefusedByRole else { return .broken("\(role) was let through to \(trial.name)") }
                }
                refused.append("\(role) \(forbidden.count)")
            }
            return .held("of \(control.commands.count) commands, refused to \(refused.joined(separator: ", "))")
        }
    )

    private static let foreignThings = Attack(
        .roles,
        "P08",
        "Look at what belongs to somebody else",
        attempted:
            "every command that the role own-extension may use, for another extension that has a registered phone",
        expected: "refused, or an answer with nothing in it but what belongs to one's own extension",
        phones: 2,
        run: { (phones, _, target) async throws(WireError) in
            guard let control = target.insider?.control else { return .needsInsider }
            let (own, other) = (phones[0].account.number, phones[1].account.number)
            var (refused, shown): (Int, Int) = (0, 0)
            for trial in control.commands where Role.ownExtension(own).isFor(trial) {
                switch try await control.say(trial, .ownExtension(own), other) {
                case .refused(let refusal):
                    guard refusal.control == .roles else { return .broken("\(trial.name): \(refusal.problem)") }
                    refused += 1
                case .answered(let things):
                    if let foreign = things.first(where: { !$0.contains(own) }) {
                        return .broken("\(trial.name) showed what belongs to \(foreign.map(\.text))")
                    }
                    shown += things.count
                }
            }
            guard shown > 0 else { return .notRun("not even what is its own was shown") }
            return .held("\(refused) commands refused, the others showed \(shown) things, all of extension \(own)")
        }
    )

    private static let foreignPhones = Attack(
        .roles,
        "P08p",
        "Use another extension's things from one's own phone",
        attempted:
            "with the login of one phone: register for another extension, ask for its messages and its phones, write in "
            + "its name, and take a call that rings there",
        expected: "403 for each, and the call goes on ringing where it was for",
        phones: 3,
        run: { (phones, wire, target) async throws(WireError) in
            let (caller, victim, thief) = (phones[0], phones[1], phones[2])
            var seen: [String] = []
            for (name, draft) in try await attempts(thief, against: victim, target) {
                let status = try await thief.ask(draft)?.status ?? 0
                seen.append("\(name) \(status)")
                guard status == 403 else { return .broken(seen.joined(separator: ", ")) }
            }
            let draft = try await caller.invitation(to: victim)
            let invite = try await caller.call(draft)
            let ringing = try await victim.nextRequest("INVITE")
            let pickUp = try await thief.invitation(to: "**\(victim.account.number)")
            let answer = try await thief.ask(pickUp)
            seen.append("pick-up \(answer?.status ?? 0)")
            if let answer { try await thief.acknowledge(answer, to: pickUp) }
            let lost = try await victim.unasked()
            try await victim.reply("603 Decline", to: ringing)
            try await caller.acknowledgeRefusal(of: invite, draft)
            guard answer?.status == 403 else { return .broken(seen.joined(separator: ", ")) }
            if let lost { return .broken("the phone that rang got '\(lost)'") }
            return .held(seen.joined(separator: ", ") + "; it went on ringing")
        }
    )

    /// What one phone asks for that belongs to another.
    private static func attempts(
        _ thief: TestPhone,
        against victim: TestPhone,
        _ target: Target
    ) async throws(WireError) -> [(String, RequestDraft)] {
        let number = victim.account.number.text
        let address = "sip:\(number)@\(target.domain)"
        var registration = try await thief.registration(expires: 60)
        (registration.to, registration.from) = (address, address)
        var drafts = [("register", registration)]
        for event in ["message-summary", "reg"] {
            var draft = try await thief.draft("SUBSCRIBE", to: number)
            draft.extra = ["Event: \(event)", "Expires: 60"]
            drafts.append((event, draft))
        }
        var message = try await thief.draft("MESSAGE", to: number)
        (message.from, message.contentType, message.body) = (address, "text/plain", Array("hello".utf8))
        drafts.append(("message", message))
        return drafts
    }
}

extension Role {
    /// Whether the role has all the rights that a command needs, in part at least.
    fileprivate func isFor(_ trial: ControlTrials.Trial) -> Bool {
        trial.rights.allSatisfy { Authoriser.reach(of: self, with: $0) != .nothing }
    }
}

extension ControlTrials.Reply {
    fileprivate var isRefusedByRole: Bool {
        switch self {
        case .answered: false
        case .refused(let refusal): refusal.control == .roles
        }
    }
}
