// SPDX-License-Identifier: Apache-2.0

import Model

/// Into somebody else's mailbox.
enum VoicemailPinsAttack {
    static let all = [foreign]

    private static let foreign = Attack(
        .voicemailPins,
        "W02",
        "Open somebody else's mailbox",
        attempted:
            "from a phone that has none: *97 under the number of a colleague in every field that shows one, with the colleague's extension behind the code, by transfer, and in the place of somebody; and from a stranger without a login",
        expected: "each is refused, and nobody answers",
        phones: 2,
        run: { (phones, _, _) async throws(WireError) in
            let phone = phones[0]
            let owner = phones[1].account.number
            var refused = 0
            for (name, draft) in try await ways(phone, to: owner) {
                guard let answer = try await phone.ask(draft) else { continue }
                guard let status = answer.status, status >= 300 else {
                    return .broken("\(name) got '\(answer.firstLine)'")
                }
                refused += 1
            }
            for user in ["*97", "*97\(owner)", "*96\(owner)"] {
                let answer = try await phone.firstAnswer(to: try await phone.invitation(to: user))
                guard let status = answer.status, status >= 400 else {
                    return .broken("a stranger who dials \(user) got '\(answer.firstLine)'")
                }
                refused += 1
            }
            guard refused > 3 else { return .notRun("nothing was answered") }
            return .held("\(refused) ways refused")
        }
    )

    private static func ways(
        _ phone: TestPhone,
        to owner: ExtensionNumber
    ) async throws(WireError) -> [(String, RequestDraft)] {
        var list: [(String, RequestDraft)] = []
        for user in ["*97", "*97\(owner)", "*97*\(owner)", "*98\(owner)", "*97%23\(owner)"] {
            list.append(("a call to \(user)", try await phone.invitation(to: user)))
        }
        let domain = try await phone.invitation(to: "*97").to.split(separator: "@").last.map(String.init) ?? ""
        let address = "sip:\(owner)@\(domain)"
        var spoofed = try await phone.invitation(to: "*97")
        spoofed.extra += [
            "P-Asserted-Identity: <\(address)>", "P-Preferred-Identity: <\(address)>",
            "Remote-Party-ID: <\(address)>;party=calling", "Diversion: <\(address)>", "Referred-By: <\(address)>",
        ]
        list.append(("*97 with the number of \(owner) in every field", spoofed))
        var named = try await phone.invitation(to: "*97")
        named.from = address
        list.append(("*97 from \(owner)", named))
        var replacing = try await phone.invitation(to: "*97")
        replacing.extra += ["Replaces: a;to-tag=b;from-tag=c", "Require: replaces"]
        list.append(("*97 in the place of somebody", replacing))
        var refer = try await phone.draft("REFER", to: owner.text)
        refer.extra.append("Refer-To: <sip:*97@\(domain)>")
        list.append(("a transfer to *97", refer))
        return list
    }
}
