// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Guessing who may sign in, taking over sessions, and letting a browser do what its owner never asked for.
enum LoginProtectionAttack {
    /// The one last that makes the attacker's address wait.
    static let all = [fixation, forgery, guessing]

    private static let guessing = Attack(
        .loginProtection,
        "P01",
        "Guess at the sign-in of the portal",
        attempted:
            "as a stranger: a name that nobody has, a name of somebody with a wrong password, and with the right one but a wrong code; then go on; then the owner of the name signs in from a browser of theirs",
        expected:
            "the same answer for each of the three, no look at any further one, and the owner comes in all the same",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard portal.inside != nil else { return .notAdmitted }
            var person = try await PortalPerson.enrolled(wire, portal, target)
            let stranger = person.browser.fresh
            let nobody = OperatorRules.attackPrefix + wire.entropy.token(bits: 32)
            let wrong = PortalPerson.goodPassword(using: wire.entropy)
            let forms = [
                [("name", nobody), ("password", wrong), ("code", person.wrongCode(0))],
                person.form(person.wrongCode(1), password: wrong), person.form(person.wrongCode(2)),
            ]
            var answers: [String] = []
            for form in forms {
                var stranger = stranger
                var reply = try await stranger.send(form, to: "/sign-in")
                // Where others failed from here before.
                for _ in 0..<Limits.backOffs where reply.status == 429 {
                    await wire.pause(Limits.backOff)
                    reply = try await stranger.send(form, to: "/sign-in")
                }
                guard reply.status == 403, stranger.cookies.isEmpty else { return .broken("answered \(reply.status)") }
                answers.append(reply.body.components(at: form[0].1).joined())
            }
            guard Set(answers).count == 1 else { return .broken("the page differs by what was wrong") }
            let began = wire.clock()
            for _ in 0..<3 {
                var stranger = stranger
                let reply = try await stranger.send(person.form(person.wrongCode(3)), to: "/sign-in")
                // On a slow machine the wait may be over by then.
                guard reply.status == 429 || wire.clock() - began >= Limits.signInWait else {
                    return .broken("a fourth try was answered with \(reply.status)")
                }
            }
            var own = person.browser
            let back = try await own.send(person.form(await person.freshCode()), to: "/sign-in")
            guard back.status == 303 else { return .broken("the owner of the name is kept out: \(back.status)") }
            return .held("403 and the same page for each of \(forms.count), then 429; the owner came in")
        }
    )

    private static let fixation = Attack(
        .loginProtection,
        "P04",
        "Keep a session that was over, or bring one along",
        attempted:
            "sign in with a session cookie that the attacker chose, use the session from before the sign-in, and use one whose owner signed out",
        expected: "a new cookie each time, and the other two lead to the sign-in",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard portal.inside != nil else { return .notAdmitted }
            var person = try await PortalPerson.enrolled(wire, portal, target)
            let first = person.browser.cookies[PortalPerson.session]
            let again = try await person.browser.send(person.form(await person.freshCode()), to: "/sign-in")
            let second = person.browser.cookies[PortalPerson.session]
            guard again.status == 303 else { return .notRun("a right code was answered with \(again.status)") }
            guard first != second else { return .broken("the session of before the sign-in is that of after it") }
            var brought = person.browser
            let chosen = Hex.encode(wire.entropy.bytes(32))
            brought.cookies[PortalPerson.session] = chosen
            let taken = try await brought.send(person.form(await person.freshCode()), to: "/sign-in")
            guard taken.status == 303 else { return .notRun("a right code was answered with \(taken.status)") }
            guard brought.cookies[PortalPerson.session] != chosen else {
                return .broken("a session cookie that the attacker chose is good")
            }
            guard let token = try await brought.formToken() else { return .notRun("no page has a form") }
            let ended = brought
            _ = try await brought.send([("token", token)], to: "/sign-out")
            for (name, cookie) in [
                ("before the sign-in", first), ("the attacker's choice", chosen),
                ("signed out", ended.cookies[PortalPerson.session]),
            ] {
                var browser = person.browser
                browser.cookies[PortalPerson.session] = cookie
                let page = try await browser.open("/account")
                guard page.status == 303 else { return .broken("the session of \(name) is good still") }
            }
            return .held("3 sessions, each with a cookie of its own; 3 that were over led to the sign-in")
        }
    )

    private static let forgery = Attack(
        .loginProtection,
        "P05",
        "Let a browser do what its owner never asked for",
        attempted:
            "with the cookie of somebody who is signed in: end their sessions from a page of another site, from one of a site beside ours, without saying where from, without the token of the form, with a made-up one, and by an address alone",
        expected: "403 for each form, and the address does nothing",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard portal.inside != nil else { return .notAdmitted }
            let person = try await PortalPerson.enrolled(wire, portal, target)
            var browser = person.browser
            guard let token = try await browser.formToken() else { return .notRun("no page has a form") }
            let foreign: [[(name: String, value: String)]] = [
                [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
                [("Origin", "https://www.\(browser.host)"), ("Sec-Fetch-Site", "same-site")], [("Origin", "null")], [],
            ]
            for fields in foreign {
                let reply = try await browser.send([("token", token)], to: "/account/end", saying: fields)
                guard reply.status == 403 else {
                    return .broken(
                        "a form \(fields.first.map { "from \($0.value)" } ?? "from nowhere"): \(reply.status)"
                    )
                }
            }
            for form in [[], [("token", Hex.encode(wire.entropy.bytes(32)))]] as [[(name: String, value: String)]] {
                let reply = try await browser.send(form, to: "/account/end")
                guard reply.status == 403 else { return .broken("a form with \(form.count) tokens: \(reply.status)") }
            }
            _ = try await browser.open("/account/end?token=\(token)")
            let page = try await browser.open("/account")
            guard page.status == 200 else { return .broken("the session was ended by one of them") }
            return .held("\(foreign.count + 2) forms got 403, and the session goes on")
        }
    )
}

extension PortalBrowser {
    /// What stands in the forms of our own pages; `nil` where there is none.
    fileprivate mutating func formToken() async throws(WireError) -> String? {
        try await open("/account").between("name=\"token\" value=\"", "\"")
    }
}
