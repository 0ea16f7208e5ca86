// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Getting past the second factor with a password that is known.
enum SecondFactorAttack {
    static let all = [guessing, replay]

    private static let guessing = Attack(
        .secondFactor,
        "P02",
        "Guess the code of somebody whose password is known",
        attempted:
            "with name, password and a stolen cookie of the browser: no code, and then \(Limits.codesTried) wrong ones, over as many connections at the same time",
        expected:
            "no session, at most \(Guard.Limits.freeSignIns) of them are looked at, and then not even the right code is until some time has passed",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard portal.inside != nil else { return .notAdmitted }
            var person = try await PortalPerson.enrolled(wire, portal, target)
            // Its count is its own: nobody else waits because of it.
            var known = person.browser
            known.cookies[PortalPerson.session] = nil
            let bare = try await known.send(person.form(""), to: "/sign-in")
            guard bare.status != 303, known.cookies[PortalPerson.session] == nil else {
                return .broken("without a code: \(bare.status), and a session")
            }
            let began = wire.clock()
            let statuses = try await beside(known, (0..<Limits.codesTried).map { person.form(person.wrongCode($0)) })
            let looked = statuses.count { $0 == 403 }
            guard statuses.allSatisfy({ $0 == 403 || $0 == 429 }) else { return .broken("answered with \(statuses)") }
            // One more was looked at before: the one without a code.
            guard looked < Guard.Limits.freeSignIns else { return .broken("\(looked + 1) codes were looked at") }
            let late = try await known.send(person.form(await person.freshCode()), to: "/sign-in")
            // On a slow machine the wait may be over by then.
            guard late.status == 429 || wire.clock() - began >= Limits.signInWait else {
                return .broken("the right code after them was answered with \(late.status)")
            }
            return .held("\(looked + 1) of \(statuses.count + 1) looked at, then \(late.status) for the right code")
        }
    )

    /// - Returns: The status of each.
    private static func beside(
        _ browser: PortalBrowser,
        _ forms: [[(name: String, value: String)]]
    ) async throws(WireError) -> [Int] {
        await withTaskGroup(of: Int.self) { group in
            for form in forms {
                group.addTask {
                    var browser = browser
                    return (try? await browser.send(form, to: "/sign-in"))?.status ?? 0
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }.sorted()
    }

    private static let replay = Attack(
        .secondFactor,
        "P03",
        "Use a code a second time",
        attempted: "sign in with a code, and then again with the same one and with an older one, from the same browser",
        expected: "the first lets in, the others do not",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard portal.inside != nil else { return .notAdmitted }
            var person = try await PortalPerson.enrolled(wire, portal, target)
            let (older, code) = (await person.freshCode(), await person.freshCode())
            var browser = person.browser
            let first = try await browser.send(person.form(code), to: "/sign-in")
            guard first.status == 303 else { return .notRun("a right code was answered with \(first.status)") }
            browser.cookies[PortalPerson.session] = nil
            for (name, typed) in [("the same code", code), ("an older code", older)] {
                let again = try await browser.send(person.form(typed), to: "/sign-in")
                guard again.status == 403, browser.cookies[PortalPerson.session] == nil else {
                    return .broken("\(name) was answered with \(again.status)")
                }
            }
            return .held("the first was answered with 303, the same and an older one with 403")
        }
    )
}
