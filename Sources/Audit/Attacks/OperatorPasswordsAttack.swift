// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Choosing a password that others know already.
enum OperatorPasswordsAttack {
    static let all = [weakPasswords]

    private static let weakPasswords = Attack(
        .operatorPasswords,
        "P01w",
        "Choose a password for the portal that attackers try first",
        attempted:
            "with a link of one's own: passwords that are short, were stolen often, are put together of those, are one character again and again, or name their owner or the business",
        expected: "each is refused and leaves the link as it was, and a good one is taken",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard portal.inside != nil else { return .notAdmitted }
            let name = OperatorRules.attackPrefix + wire.entropy.token(bits: 32)
            let path = try await portal.invite(name)
            var browser = PortalBrowser(wire, portal, target)
            let secret = try await PortalPerson.secret(at: path, &browser)
            let tries = weak(name, target.domain.text)
            for (kind, password) in tries {
                let code = portal.code(secret, SecondFactorRules.step(at: wire.wallClock()))
                let reply = try await browser.send(PortalPerson.form(password, code), to: path)
                guard reply.status == 422, browser.cookies[PortalPerson.session] == nil else {
                    return .broken("a password that \(kind) was answered with \(reply.status)")
                }
            }
            let good = PortalPerson.goodPassword(using: wire.entropy)
            let code = portal.code(secret, SecondFactorRules.step(at: wire.wallClock()))
            let done = try await browser.send(PortalPerson.form(good, code), to: path)
            guard done.status == 200, browser.cookies[PortalPerson.session] != nil else {
                return .notRun("not even a good password was taken: \(done.status)")
            }
            return .held(
                "\(tries.count) refused: one that \(tries.map(\.kind).joined(separator: ", one that ")); a good one taken"
            )
        }
    )

    private static func weak(_ name: String, _ domain: String) -> [(kind: String, password: String)] {
        [
            ("is short", "9fK2-vQx7!mZ4w"),
            ("was stolen often", "password12345678"),
            ("is put together of stolen ones", "sunshinefootballmonkey"),
            ("is one character again and again", "aaaaaaaaaaaaaaaaaaaa"),
            ("is one word again and again", "kitchenkitchenkitchen"),
            ("names its owner", "xK7 \(name) vQ93 mZ4w"),
            ("names the business", "xK7 \(domain) vQ93 mZ4w"),
        ]
    }
}
