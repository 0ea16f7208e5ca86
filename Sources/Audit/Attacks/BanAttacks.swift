// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Guessing on: from one address until it is shut out, and from many so that none is.
enum BanAttacks {
    static let all = [persistence, distribution, neighbour]

    private static let persistence = Attack(
        .intrusionDetection,
        "C01b",
        "Go on guessing passwords",
        attempted:
            "REGISTER with wrong passwords for one phone from one other address, while a second connection from there is open",
        expected:
            "after at most \(BanRules.guessesForOneAccount.deny) the address is shut out, the second connection too, and the phone itself is let in",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            guard let source = target.elsewhere(using: wire.entropy) else { return .needsOtherAddress }
            let idle = try await wire.converse(Endpoint(.tls, port: target.tlsPort, from: source))
            var guesses = 0
            while guesses < 2 * BanRules.guessesForOneAccount.deny, await !idle.isClosed {
                let stranger = TestPhone(account, wire, target, from: source)
                guard (try? await stranger.tryOnce(LoginForm(password: Redacted("guess \(guesses)")))) != nil else {
                    break
                }
                guesses += 1
                await stranger.hangUp()
            }
            let isCut = await idle.everything(within: Limits.silence).isClosed
            let again = try? await wire.connect(Endpoint(.tls, port: target.tlsPort, from: source))
            await again?.close()
            let phone = TestPhone(account, wire, target)
            let own = try await phone.register()?.status
            try await phone.unregister()
            let text =
                "\(guesses) guesses from \(source), then the open connection was \(isCut ? "cut" : "left open") and a new "
                + "one \(again == nil ? "refused" : "accepted"); the phone itself got \(own.map(String.init) ?? "no answer")"
            let isOver = guesses <= BanRules.guessesForOneAccount.deny && isCut && again == nil
            return isOver && own == 200 ? .held(text) : .broken(text)
        }
    )

    private static let distribution = Attack(
        .intrusionDetection,
        "C02",
        "Guess from many addresses, a few times from each",
        attempted:
            "\(Guard.Limits.failuresPerDay + 4) wrong passwords for one phone, each from another address, then the right one from yet another",
        expected: "the right password is good only where the phone already was",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.last else { return .needsAccount }
            guard target.elsewhere(using: wire.entropy) != nil else { return .needsOtherAddress }
            let phone = TestPhone(account, wire, target)
            guard try await phone.register()?.status == 200 else { return .notRun("the phone could not register") }
            for number in 0..<Guard.Limits.failuresPerDay + 4 {
                let guesser = TestPhone(account, wire, target, from: target.elsewhere(using: wire.entropy))
                let status = try await guesser.tryOnce(LoginForm(password: Redacted("guess \(number)")))
                await guesser.hangUp()
                if status != 401 { return .broken("guess \(number) got \(status.map(String.init) ?? "no answer")") }
            }
            let thief = TestPhone(account, wire, target, from: target.elsewhere(using: wire.entropy))
            let stolen = try await thief.tryOnce(LoginForm())
            await thief.hangUp()
            let own = try await phone.register()?.status
            try await phone.unregister()
            let text =
                "afterwards the right password got \(stolen.map(String.init) ?? "no answer") from a new address and "
                + "\(own.map(String.init) ?? "no answer") from the phone's own"
            return stolen == 401 && own == 200 ? .held(text) : .broken(text)
        }
    )

    private static let neighbour = Attack(
        .intrusionDetection,
        "D12n",
        "Get an office shut out from behind the same router",
        attempted:
            "a phone logs in from another address and loses its connection; then scanners and wrong passwords come from there",
        expected: "the phone is let in from there again",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            guard let source = target.elsewhere(using: wire.entropy) else { return .needsOtherAddress }
            // Guesses at the first one, which attacks before may have had guarded.
            let phone = TestPhone(target.accounts[1], wire, target, from: source)
            guard try await phone.register()?.status == 200 else { return .notRun("the phone could not register") }
            await phone.hangUp()
            for _ in 0..<2 * Limits.offences {
                let scanner = try? await wire.connect(Endpoint(.tls, port: target.tlsPort, from: source))
                var draft = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
                draft.userAgent = "friendly-scanner"
                _ = try? await scanner?.send(draft.bytes)
                _ = await scanner?.receive(.milliseconds(50))
                await scanner?.close()
            }
            for number in 0..<Limits.offences {
                let guesser = TestPhone(target.accounts[0], wire, target, from: source)
                _ = try? await guesser.tryOnce(LoginForm(password: Redacted("guess \(number)")))
                await guesser.hangUp()
            }
            let back = (try? await phone.register())?.status
            if back != nil { try await phone.unregister() }
            let text = "afterwards the phone got \(back.map(String.init) ?? "no answer") from \(source)"
            return back == 200 ? .held(text) : .broken(text)
        }
    )
}

extension TestPhone {
    /// Registers with one login and does not try again: whoever is not answered any more has been shut out.
    ///
    /// - Returns: The status; `nil` without an answer.
    func tryOnce(_ form: LoginForm) async throws(WireError) -> Int? {
        let draft = try await registration(expires: 60)
        guard let first = try await line().ask(draft) else { throw WireError(.closed, "no challenge") }
        guard let challenge = HeardChallenge(first) else { return first.status }
        return try await answer(challenge, with: draft, form)?.status
    }
}

extension Observation {
    static let needsOtherAddress = Observation.notRun(
        "this attack needs a second address to come from: run it on the server's own machine, over IPv4"
    )
}
