// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Who may run the system, who is signed in, and how somebody new comes in.
enum OperatorPages {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let (operators, sessions) = (try await visit.perform(ListOperators()), try await visit.perform(ListSessions()))
        let mayAppoint = visit.may(.appointOperators)
        return visit.page(
            "operators",
            title: "Operators",
            at: "/operators",
            [
                "sum": "\(Shown.count(operators.count, "account", "accounts")), "
                    + "\(Shown.count(sessions.count, "browser", "browsers")) signed in.",
                "mayAppoint": mayAppoint, "operators": operators.map(row),
                "sessions": sessions.map { session -> Templates.Values in
                    [
                        "id": session.id, "name": session.name, "role": session.role.description,
                        "agent": Shown.browser(session.agent), "source": session.source.description,
                        "since": "\(Shown.moment(session.since)) UTC", "mayEnd": mayAppoint,
                    ]
                },
            ]
        )
    }

    private static func row(_ value: OperatorReport) -> Templates.Values {
        let ways = [value.account == nil ? nil : "this machine", value.signsIn ? "the portal" : nil].compactMap { $0 }
        return [
            "link": Part.given(value.replacedFrom.map { "a link replaces it from \(Shown.moment($0)) UTC on" }),
            "name": Shown.text(value.words), "role": value.role.description,
            "way": ways.isEmpty ? "invited, not here yet" : ways.joined(separator: " and "),
            "seen": value.since == nil ? "" : value.lastSeen.map { "\(Shown.moment($0)) UTC" } ?? "never",
        ]
    }

    static func ask(_ asked: Routes.Asked) async throws -> Response { form(asked.visit, Form(parsing: ""), nil) }

    private static func form(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) -> Response {
        var values = refusal?.values ?? [:]
        values["name"] = Shown.text(typed["name"])
        values["needsCode"] = visit.needsCode(for: InviteOperator.rights)
        values["roles"] = [
            ("auditor", "auditor: looks at everything and changes nothing"),
            ("front-desk", "front-desk: who is there and who talks"),
            ("billing", "billing: who called whom, for the bill"),
            ("administrator", "administrator: the daily work"),
            ("security", "security: what is allowed and what it may cost"),
            ("owner", "owner: everything, and who else may do what"),
        ].map { name, words -> Templates.Values in ["value": name, "words": words, "isChosen": typed["role"] == name] }
        return visit.page(
            "operator-invite",
            title: "Invite somebody",
            at: "/operators",
            values,
            status: refusal == nil ? .ok : .unprocessableContent
        )
    }

    static func invite(_ asked: Routes.Asked, _ typed: Form) async throws -> Response {
        let visit = asked.visit
        if let refusal = await visit.prove(by: typed, for: InviteOperator.rights) { return form(visit, typed, refusal) }
        do throws(Refusal) {
            let link = try await visit.perform(InviteOperator(name: typed["name"], role: Role(parsing: typed["role"])))
            return visit.page(
                "invited",
                title: "The link",
                at: "/operators",
                [
                    "name": link.name, "link": link.link, "from": Shown.moment(link.from),
                    "until": Shown.moment(link.until),
                ]
            )
        } catch {
            return form(visit, typed, error)
        }
    }

    static func confirmEnd(_ asked: Routes.Asked) async throws -> Response { confirmEnd(asked, asked.query["id"], nil) }

    private static func confirmEnd(_ asked: Routes.Asked, _ id: String, _ refusal: Refusal?) -> Response {
        let name = PathText.decoded(asked.parameters.get("name") ?? "")
        var values = refusal?.values ?? [:]
        values.merge([
            "class": "bad", "address": "/operators/\(PathText.encoded(name))/end",
            "question": "End this session of \(Shown.text(name))?",
            "text": "Whoever sits at that browser has to sign in again.",
            "hidden": [["name": "id", "value": id]],
            "needsCode": asked.visit.needsCode(for: EndSessions.rights), "button": "danger sure",
            "verb": "End the session", "back": "/operators", "keep": "Leave it",
        ]) { $1 }
        return asked.visit.page("confirm", title: "End a session", at: "/operators", values)
    }

    static func end(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        if let refusal = await asked.visit.prove(by: form, for: EndSessions.rights) {
            return confirmEnd(asked, form["id"], refusal)
        }
        let name = PathText.decoded(asked.parameters.get("name") ?? "")
        _ = try await asked.visit.perform(EndSessions(of: name, id: form["id"]))
        return .going(to: "/operators")
    }
}

/// One's own sessions.
enum AccountPage {
    static func show(_ asked: Routes.Asked) async throws -> Response { await page(asked.visit) }

    /// - Parameters:
    ///   - name: Of a passkey, as typed.
    ///   - refusal: Why it was not added.
    static func page(_ visit: Visit, name: String = "", _ refusal: Refusal? = nil) async -> Response {
        let sessions = await visit.business.desk.sessions(of: visit.session.name)
        let link = await visit.business.desk.replacement(of: visit.session.name)
        let passkeys = await visit.business.desk.passkeys(of: visit.session.name)
        let problem = refusal?.values ?? [:]
        return visit.page(
            "account",
            title: "Your account",
            at: "/account",
            problem.merging([
                "keyName": Shown.text(name), "needsCode": visit.needsCode(for: PasskeyRules.rights),
                "hasList": !passkeys.isEmpty,
                "passkeys": passkeys.map { passkey -> Templates.Values in
                    [
                        "name": passkey.name.text, "since": "\(Shown.moment(passkey.since)) UTC",
                        "lastUsed": passkey.lastUsed.map { "\(Shown.moment($0)) UTC" } ?? "never",
                    ]
                },
                "hasLink": link != nil, "maker": link.map { Shown.text($0.maker) } ?? "",
                "from": link.map { Shown.moment($0.from) } ?? "",
                "sessions": sessions.map { session -> Templates.Values in
                    [
                        "id": session.id, "agent": Shown.browser(session.agent), "source": session.source.description,
                        "since": "\(Shown.moment(session.since)) UTC",
                        "lastSeen": "\(Shown.moment(session.lastSeen)) UTC",
                        "isHere": session.id == visit.session.id,
                    ]
                },
            ]) { $1 },
            status: refusal == nil ? .ok : .unprocessableContent
        )
    }

    /// Says no to a link that would take away what somebody signs in with.
    static func keep(_ asked: Routes.Asked, _: Form) async throws -> Response {
        await asked.visit.business.desk.refuseReplacement(of: asked.visit.session.name)
        return .going(to: "/account")
    }

    static func end(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let (visit, id) = (asked.visit, form["id"])
        await visit.business.desk.end(id.isEmpty ? nil : [id], of: visit.session.name)
        return .going(to: "/account")
    }

    static func signOut(_ asked: Routes.Asked, _: Form) async throws -> Response {
        await asked.visit.business.desk.end([asked.visit.session.id], of: asked.visit.session.name)
        return .going(to: "/sign-in", cookies: [PortalCookie.session.removing])
    }
}

/// Text as a part of a path (RFC 3986 §2.1).
enum PathText {
    static func encoded(_ text: String) -> String { text.percentEncoded }

    /// What stands in a path, as it was before. Empty for what is not UTF-8, or a percent sign without two digits.
    static func decoded(_ text: String) -> String { Form.decode(text[...], plus: UInt8(ascii: "+")) ?? "" }
}
