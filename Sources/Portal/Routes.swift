// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import HTTPTypes
import Hummingbird
import Model
import Primitives

/// Which page answers which address.
struct Routes: Sendable {
    let office: PortalOffice

    func add(to router: Router<PortalContext>) {
        router.get("/assets/:file") { _, context in
            guard let file = context.parameters.get("file"), let asset = Assets.named(file) else {
                throw HTTPError(.notFound)
            }
            return asset.response
        }
        addDoor(to: router)
        show("/", HomePage.show, on: router)
        show("/calls", CallsPage.show, on: router)
        show("/calls/:id/end", CallsPage.confirm, on: router)
        take("/calls/:id/end", CallsPage.end, on: router)
        show("/extensions", ExtensionsPage.show, on: router)
        show("/extensions/add", ExtensionsPage.ask, on: router)
        take("/extensions/add", ExtensionsPage.add, on: router)
        show("/extensions/:number/enrol", PhonePages.confirmEnrolment, on: router)
        take("/extensions/:number/enrol", PhonePages.enrol, on: router)
        show("/phones/:id/revoke", PhonePages.confirmRevocation, on: router)
        take("/phones/:id/revoke", PhonePages.revoke, on: router)
        addPhones(to: router)
        addMoney(to: router)
        addSafety(to: router)
        show("/controls", ControlPages.list, on: router)
        show("/controls/:name", ControlPages.show, on: router)
        show("/journal", JournalPage.show, on: router)
        show("/journal/export", JournalPage.export, on: router)
        show("/operators", OperatorPages.show, on: router)
        show("/operators/invite", OperatorPages.ask, on: router)
        take("/operators/invite", OperatorPages.invite, on: router)
        show("/operators/:name/end", OperatorPages.confirmEnd, on: router)
        take("/operators/:name/end", OperatorPages.end, on: router)
        show("/account", AccountPage.show, on: router)
        take("/account/end", AccountPage.end, on: router)
        take("/account/keep", AccountPage.keep, on: router)
        addPasskeys(to: router)
        take("/sign-out", AccountPage.signOut, on: router)
        router.get("/calls/stream") { request, context in
            guard let visit = try? await visit(request, context), let address = context.address else {
                return Response(status: .noContent)
            }
            return LiveCalls.stream(visit, to: address)
        }
    }

    private func addPhones(to router: Router<PortalContext>) {
        show("/first-hour", FirstHour.show, on: router)
        take("/first-hour/country", FirstHour.country, on: router)
        take("/first-hour/people", FirstHour.people, on: router)
        take("/first-hour/confirm", FirstHour.confirm, on: router)
        take("/first-hour/wait", FirstHour.wait, on: router)
        show("/groups", GroupPages.show, on: router)
        take("/groups/add", GroupPages.add, on: router)
        show("/groups/:name", GroupPages.group, on: router)
        take("/groups/:name", GroupPages.change, on: router)
        take("/groups/:name/members", GroupPages.members, on: router)
        take("/hours", GroupPages.hours, on: router)
        take("/night", GroupPages.night, on: router)
        show("/numbers", NumberPages.list, on: router)
        take("/numbers/add", NumberPages.add, on: router)
        show("/numbers/:number", NumberPages.show, on: router)
        take("/numbers/:number", NumberPages.route, on: router)
        take("/numbers/:number/remove", NumberPages.remove, on: router)
        show("/voicemail", VoicemailPages.list, on: router)
        take("/voicemail/add", VoicemailPages.add, on: router)
        show("/voicemail/:number/pin", VoicemailPages.askPIN, on: router)
        take("/voicemail/:number/pin", VoicemailPages.makePIN, on: router)
        show("/voicemail/:number/remove", VoicemailPages.askRemoval, on: router)
        take("/voicemail/:number/remove", VoicemailPages.remove, on: router)
        show("/trunks", TrunkPages.list, on: router)
        show("/trunks/add", TrunkPages.ask, on: router)
        take("/trunks/add", TrunkPages.add, on: router)
        show("/trunks/:name", TrunkPages.show, on: router)
        take("/trunks/:name/test", TrunkPages.test, on: router)
        take("/trunks/:name/disable", TrunkPages.disable, on: router)
        take("/trunks/:name/enable", TrunkPages.enable, on: router)
    }

    private func addMoney(to router: Router<PortalContext>) {
        show("/spend", SpendPage.show, on: router)
        take("/spend/limit", SpendPage.limit, on: router)
        take("/spend/price", SpendPage.price, on: router)
        show("/dialling", DiallingPages.list, on: router)
        show("/dialling/end", DiallingPages.confirmEnd, on: router)
        take("/dialling/end", DiallingPages.end, on: router)
        show("/dialling/:region", DiallingPages.show, on: router)
        take("/dialling/:region", DiallingPages.change, on: router)
        take("/dialling/:region/release", DiallingPages.release, on: router)
        show("/history", HistoryPages.list, on: router)
        show("/history/:id", HistoryPages.show, on: router)
    }

    private func addSafety(to router: Router<PortalContext>) {
        show("/alerts", AlertsPage.show, on: router)
        addChannels(to: router)
        show("/backups", BackupPages.show, on: router)
        take("/backups/key", BackupPages.makeKey, on: router)
        take("/backups/now", BackupPages.make, on: router)
        take("/backups/nightly", BackupPages.nightly, on: router)
        show("/tokens", TokenPages.show, on: router)
        take("/tokens/issue", TokenPages.issue, on: router)
        show("/tokens/:name/revoke", TokenPages.confirmRevocation, on: router)
        take("/tokens/:name/revoke", TokenPages.revoke, on: router)
        show("/proof", ProofPages.show, on: router)
        take("/proof/audit", ProofPages.audit, on: router)
        take("/proof/attack", ProofPages.attack, on: router)
        show("/blocked", BlockedPage.show, on: router)
        take("/blocked/add", BlockedPage.add, on: router)
        show("/blocked/lift", BlockedPage.confirmLift, on: router)
        take("/blocked/lift", BlockedPage.lift, on: router)
        show("/exceptions", ExceptionsPage.show, on: router)
        show("/exceptions/end", ExceptionsPage.confirm, on: router)
        take("/exceptions/end", ExceptionsPage.end, on: router)
        show("/about", AboutPage.show, on: router)
        router.get("/proof/stream") { request, context in
            guard let visit = try? await visit(request, context), let address = context.address else {
                return Response(status: .noContent)
            }
            return ProofPages.stream(visit, to: address)
        }
    }

    private func addChannels(to router: Router<PortalContext>) {
        show("/alerts/channels", ChannelPages.list, on: router)
        show("/alerts/add", ChannelForm.ask, on: router)
        take("/alerts/add", ChannelForm.add, on: router)
        show("/alerts/channels/:name", ChannelPages.show, on: router)
        take("/alerts/channels/:name/test", ChannelPages.test, on: router)
        take("/alerts/channels/:name/confirm", ChannelPages.confirm, on: router)
        take("/alerts/channels/:name/hear", ChannelPages.hear, on: router)
        take("/alerts/channels/:name/secret", ChannelPages.secret, on: router)
        show("/alerts/channels/:name/remove", ChannelPages.confirmRemoval, on: router)
        take("/alerts/channels/:name/remove", ChannelPages.remove, on: router)
    }

    private func addPasskeys(to router: Router<PortalContext>) {
        take(RouterPath(Visit.passkeyAddress), PasskeyPages.askToProve, on: router)
        take("/account/passkeys", PasskeyPages.add, on: router)
        take("/account/passkeys/ask", PasskeyPages.askToAdd, on: router)
        show("/account/passkeys/:name/remove", PasskeyPages.confirmRemoval, on: router)
        take("/account/passkeys/:name/remove", PasskeyPages.remove, on: router)
    }

    private func addDoor(to router: Router<PortalContext>) {
        router.get("/sign-in") { request, _ in SignInPage.show(try business(request)) }
        router.post("/sign-in") { request, context in
            let form = try await Form(request)
            let passkey = passkey(form, request)
            return try await SignInPage.take(form, business(request), visitor(request, context), passkey: passkey)
        }
        router.post("/sign-in/passkey") { request, _ in await PasskeyPages.askToSignIn(try business(request)) }
        router.get("/invite/:token") { request, context in
            try await InvitePage.show(business(request), context.parameters.get("token") ?? "")
        }
        router.post("/invite/:token") { request, context in
            let token = context.parameters.get("token") ?? ""
            return try await InvitePage.take(Form(request), business(request), token, visitor(request, context))
        }
    }

    /// What a page is asked with.
    struct Asked: Sendable {
        let visit: Visit
        /// Of the socket's other end.
        let address: IPAddress?
        let parameters: Parameters
        /// Behind the question mark.
        let query: Form
    }

    private func show(
        _ path: RouterPath,
        _ page: @escaping @Sendable (Asked) async throws -> Response,
        on router: Router<PortalContext>
    ) {
        router.get(path) { request, context in
            let visit = try await visit(request, context)
            let asked = Asked(
                visit: visit,
                address: context.address,
                parameters: context.parameters,
                query: Form(parsing: request.uri.query ?? "")
            )
            return try await answered(visit) { try await page(asked) }
        }
    }

    private func take(
        _ path: RouterPath,
        _ page: @escaping @Sendable (Asked, Form) async throws -> Response,
        on router: Router<PortalContext>
    ) {
        router.post(path) { request, context in
            let visit = try await visit(request, context)
            let form = try await Form(request)
            guard form["token"] == visit.token else { throw Answer(response: Gatekeeper.plain(.forbidden)) }
            let asked = Asked(
                visit: visit,
                address: context.address,
                parameters: context.parameters,
                query: Form(parsing: request.uri.query ?? "")
            )
            return try await answered(visit) { try await page(asked, form) }
        }
    }

    /// A refusal that a page has no better place for is a page of its own.
    private func answered(_ visit: Visit, _ page: () async throws -> Response) async throws -> Response {
        do {
            return try await page()
        } catch let refusal as Refusal {
            return visit.page(refusal: refusal, at: "")
        }
    }

    private func business(_ request: Request) throws -> PortalBusiness {
        guard let business = request.head.authority.flatMap(office.site) else { throw HTTPError(.misdirectedRequest) }
        return business
    }

    /// - Throws: The way to the sign-in, where nobody is signed in.
    private func visit(_ request: Request, _ context: PortalContext) async throws -> Visit {
        let business = try business(request)
        guard let cookie = PortalCookie.session.value(in: request), let session = await business.desk.session(cookie)
        else { throw Answer(response: .going(to: "/sign-in")) }
        if let address = context.address { office.handshakes.forget(address) }
        guard business.pace.admits(.token(session.token)) else { throw Answer.tooFast }
        // Asked for only where a page may have to ask for a fresh factor: it is a look into the database.
        let isAsked = SecondFactorRules.needsFreshCode(PasskeyRules.rights, provenAt: session.provenAt, at: .present)
        let hasPasskeys = isAsked ? await !business.desk.passkeys(of: session.name).isEmpty : false
        return Visit(
            business,
            session,
            cookie: cookie,
            party: request.head.authority.flatMap(PasskeyRules.Party.init(authority:)),
            hasPasskeys: hasPasskeys
        )
    }

    /// The passkey by which somebody signs in; `nil` where there is none, or the browser was not asked for it.
    private func passkey(_ form: Form, _ request: Request) -> SignInDesk.PasskeyAnswer? {
        guard let assertion = form.assertion, let ticket = PortalCookie.ticket.value(in: request),
            let party = request.head.authority.flatMap(PasskeyRules.Party.init(authority:))
        else { return nil }
        return SignInDesk.PasskeyAnswer(assertion, for: party, ticket: Redacted(ticket))
    }

    private func visitor(_ request: Request, _ context: PortalContext) throws -> SignInDesk.Visitor {
        guard let address = context.address else { throw HTTPError(.misdirectedRequest) }
        return SignInDesk.Visitor(
            address: address,
            agent: request.headers[.userAgent] ?? "",
            browser: PortalCookie.browser.value(in: request),
            session: PortalCookie.session.value(in: request)
        )
    }
}
