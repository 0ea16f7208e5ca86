// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import HTTPTypes
import Hummingbird
import Model
import Primitives

/// Name, password and code, on one page: what was wrong is not said.
enum SignInPage {
    static func show(_ business: PortalBusiness) -> Response { page(business, [:]) }

    static func take(
        _ form: Form,
        _ business: PortalBusiness,
        _ visitor: SignInDesk.Visitor,
        passkey: SignInDesk.PasskeyAnswer?
    ) async throws -> Response {
        let attempt = SignInDesk.Attempt(
            name: form["name"],
            password: form.secret("password"),
            code: form.secret("code"),
            passkey: passkey,
            visitor: visitor
        )
        switch await business.desk.signIn(attempt) {
        case .signedIn(let session):
            return .going(to: "/", cookies: session.cookies + (passkey == nil ? [] : [PortalCookie.ticket.removing]))
        case .refused: return page(business, Refusal.noMatch.values, form["name"], status: .forbidden)
        case .wait(let wait):
            return page(business, Refusal.tooManyTries(wait).values, form["name"], status: .tooManyRequests)
        case .busy(let refusal):
            return page(business, refusal.values, form["name"], status: .serviceUnavailable)
        }
    }

    private static func page(
        _ business: PortalBusiness,
        _ problem: Templates.Values,
        _ name: String = "",
        status: HTTPResponse.Status = .ok
    ) -> Response {
        var values = problem
        values["name"] = Shown.text(name)
        (values["passkeyAddress"], values["script"]) = ("/sign-in/passkey", Assets.script.path)
        return business.door("sign-in", title: "Sign in", values, status: status)
    }
}

/// The page of a link: a password and a second factor.
enum InvitePage {
    static func show(_ business: PortalBusiness, _ token: String) async -> Response {
        if let from = await business.desk.waiting(token) { return waiting(business, from) }
        guard let offer = await business.desk.offer(token) else { return closed(business) }
        return page(business, token, offer)
    }

    private static func waiting(_ business: PortalBusiness, _ from: WallTime) -> Response {
        let refusal = Refusal(
            .secondFactor,
            problem: "This link does not work yet.",
            reason: "it takes away what somebody signs in with, and gives them a day to say no",
            remedy: "open it again after \(Shown.moment(from)) UTC"
        )
        return business.door("closed", title: "This link waits", refusal.values)
    }

    static func take(
        _ form: Form,
        _ business: PortalBusiness,
        _ token: String,
        _ visitor: SignInDesk.Visitor
    ) async throws -> Response {
        guard let offer = await business.desk.offer(token) else { return closed(business) }
        guard form["password"] == form["again"] else { return page(business, token, offer, .notTheSame) }
        do throws(Refusal) {
            let welcome = try await business.desk.accept(
                token,
                password: form.secret("password"),
                code: form.secret("code"),
                visitor: visitor,
                isStolen: StolenPasswords.contains
            )
            return Response.page(
                Templates.render("welcome", welcomeValues(business, welcome)),
                cookies: welcome.session.cookies
            )
        } catch {
            return page(business, token, offer, error)
        }
    }

    private static func page(
        _ business: PortalBusiness,
        _ token: String,
        _ offer: SignInDesk.Offer,
        _ refusal: Refusal? = nil
    ) -> Response {
        var values = refusal?.values ?? [:]
        let address = OneTimeCode.address(of: offer.secret, for: offer.name, business: "Ringfence \(business.name)")
        if let code = address.reveal({ QRCode(copy $0) }) { (values["path"], values["box"]) = (code.path, code.box) }
        let secret = Array(offer.secret.reveal { Base32.encode(copy $0) })
        values["secret"] = stride(from: 0, to: secret.count, by: 4)
            .map { String(secret[$0..<min($0 + 4, secret.count)]) }.joined(separator: " ")
        (values["name"], values["role"]) = (offer.name, offer.role.description)
        values["address"] = "/invite/\(token)"
        values["isWide"] = true
        let status: HTTPResponse.Status = refusal == nil ? .ok : .unprocessableContent
        return business.door("invite", title: "Welcome", values, status: status)
    }

    private static func welcomeValues(_ business: PortalBusiness, _ welcome: SignInDesk.Welcome) -> Templates.Values {
        [
            "title": "Recovery codes", "business": business.name, "style": Assets.style.path,
            "codes": welcome.recoveryCodes.map { code in code.reveal { copy $0 } },
        ]
    }

    private static func closed(_ business: PortalBusiness) -> Response {
        business.door("closed", title: "This link is closed", Refusal.noInvitation.values, status: .notFound)
    }
}

extension SignInDesk.NewSession {
    /// What the browser keeps.
    fileprivate var cookies: [String] {
        let age = Int(PortalSessionRules.knownBrowser.components.seconds)
        return [PortalCookie.session.setting(token), PortalCookie.browser.setting(browser, age: age)]
    }
}

extension Refusal {
    fileprivate static let noMatch = Self(
        problem: "That did not match.",
        reason: "the name, the password or the code is another one",
        remedy: "check all three; after a few tries each next one has to wait"
    )

    fileprivate static let notTheSame = Self(
        problem: "The password was not set.",
        reason: "what you typed the second time is not what you typed first",
        remedy: "type it twice, or let your password manager fill in both"
    )
}
