// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Calling in to call out.
enum DISAAttack {
    static let all = [dialIn]

    /// An island, where fraud goes, and what premium numbers look like.
    static let wanted = "+9607710000"
    private static let ownDomain = Trunk.standInDomain

    private static let dialIn = Attack(
        .disa,
        "T05",
        "Call in to get a line to call out with",
        attempted:
            "from a provider's side, with every country open: calls to numbers outside as sip and tel, by routes and by service codes, under the number of an extension and with the password of its phone; REFER in and out of a call, INVITE with Replaces, registration, subscription; and a 302 to a call that went out",
        expected: "each is refused, and no call leaves; a number of the business rings, and its phone can call out",
        run: { (_, target) async throws(WireError) in
            guard let open = target.insider?.dialIn else { return .needsInsider }
            let stage = try await open()
            guard let account = stage.target.accounts.first else { return .needsAccount }
            let provider = try await ProviderSide(stage)
            let phone = TestPhone(account, stage.wire, stage.target)
            guard try await phone.register()?.status == 200 else { return .notRun("the phone could not register") }
            let standing = try await provider.callIn(phone)
            var tried = 0
            for (name, draft) in try await drafts(stage, phone, provider, standing) {
                let heard = try await provider.say(draft)
                if let left = heard.left { return .broken("\(name): '\(left)' went out") }
                guard let status = heard.status, status >= 400 else {
                    return .broken("\(name) got \(heard.status.map(String.init) ?? "no refusal")")
                }
                tried += 1
            }
            if let redirected = try await provider.redirect(phone, to: "<sip:\(wanted)@\(ownDomain)>") {
                return redirected
            }
            return .held("\(tried) ways refused, and a 302 of the provider was not followed; nothing left")
        }
    )

    /// Everything that a provider could say to get a line.
    private static func drafts(
        _ stage: DialInRehearsal,
        _ phone: TestPhone,
        _ provider: ProviderSide,
        _ standing: ProviderSide.Standing
    ) async throws(WireError) -> [(String, RequestDraft)] {
        let (domain, own) = (stage.target.domain.text, stage.number.text)
        let inside = phone.account.number.text
        var list: [(String, RequestDraft)] = []
        for uri in [
            "sip:\(wanted)@\(domain)", "sip:\(wanted)@\(domain);user=phone", "tel:\(wanted)",
            "sips:\(wanted)@\(domain)",
            "sip:\(inside)@\(domain)", "sip:*43@\(domain)", "sip:*8@\(domain)", "sip:**\(inside)@\(domain)",
            "sip:9\(wanted.dropFirst())@\(domain)", "sip:00\(wanted.dropFirst())@\(domain)", "sip:112@\(domain)",
            "sip:\(own),\(wanted)@\(domain)", "sip:\(own)&\(wanted)@\(domain)", "sip:\(wanted)@\(ownDomain)",
        ] { list.append(("a call to \(uri)", provider.invitation(to: uri))) }
        var disguised = provider.invitation(to: "sip:\(wanted)@\(domain)")
        disguised.to = "sip:\(own)@\(domain)"
        list.append(("a call to a number of ours by To only", disguised))
        for claim in ["sip:\(inside)@\(domain)", "sip:\(own)@\(domain)"] {
            var spoofed = provider.invitation(to: "sip:\(wanted)@\(domain)")
            spoofed.from = claim
            spoofed.extra += ["P-Asserted-Identity: <\(claim)>", "Referred-By: <\(claim)>", "Diversion: <\(claim)>"]
            list.append(("a call as \(claim)", spoofed))
        }
        var replacing = provider.invitation(to: "sip:\(own)@\(domain)")
        replacing.extra += ["Replaces: \(standing.dialog)", "Require: replaces"]
        list.append(("the place of somebody in a call", replacing))
        list += try await strangers(domain, phone, provider)
        for (index, uri) in ["sip:\(wanted)@\(domain)", "tel:\(wanted)", "sip:\(inside)@\(domain)"].enumerated() {
            list.append(("a transfer to \(uri)", provider.refer(to: uri, in: standing, number: index + 1)))
        }
        return list
    }

    /// What is no call, and what shows the login of a phone.
    private static func strangers(
        _ domain: String,
        _ phone: TestPhone,
        _ provider: ProviderSide
    ) async throws(WireError) -> [(String, RequestDraft)] {
        let (inside, outside) = (phone.account.number.text, "sip:\(wanted)@\(domain)")
        var list: [(String, RequestDraft)] = []
        for method in ["REFER", "REGISTER", "SUBSCRIBE", "MESSAGE", "PUBLISH"] {
            var draft = provider.invitation(to: method == "REGISTER" ? "sip:\(domain)" : "sip:\(inside)@\(domain)")
            draft.method = method
            (draft.contentType, draft.body) = (nil, [])
            draft.extra = ["Refer-To: <\(outside)>", "Event: dialog", "Expires: 600"]
            list.append((method, draft))
        }
        var routed = provider.invitation(to: outside)
        routed.extra += ["Route: <sip:\(domain);lr>", "Route: <sip:\(wanted)@\(ownDomain);lr>"]
        list.append(("a call by a route", routed))
        for (method, uri) in [("INVITE", outside), ("REGISTER", "sip:\(domain)")] {
            var draft = provider.invitation(to: uri)
            draft.method = method
            draft.from = "sip:\(inside)@\(domain)"
            if method == "REGISTER" { draft.to = draft.from }
            let challenge = try await phone.challenge(to: phone.registration(expires: 60))
            draft = await phone.authorised(draft, challenge, LoginForm())
            list.append(("\(method) with the password of a phone", draft))
        }
        return list
    }
}
