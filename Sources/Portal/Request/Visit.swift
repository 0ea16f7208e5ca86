// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import HTTPTypes
import Hummingbird
import Model
import Primitives

/// A request of somebody who is signed in.
struct Visit: Sendable {
    let business: PortalBusiness
    let session: PortalSession
    /// Stands in each form: only our own pages can know it.
    let token: String
    /// For whom passkeys are here; `nil` where the portal is asked by an address.
    let party: PasskeyRules.Party?
    let hasPasskeys: Bool

    init(
        _ business: PortalBusiness,
        _ session: PortalSession,
        cookie: String,
        party: PasskeyRules.Party? = nil,
        hasPasskeys: Bool = false
    ) {
        (self.business, self.session) = (business, session)
        (self.party, self.hasPasskeys) = (party, hasPasskeys)
        token = OneTimeToken.derived(from: cookie, for: "form")
    }

    var now: WallTime { WallTime.present }

    /// Does it as this person, by the role that they have at this moment. What is dangerous is done for nobody who has not just shown a
    /// code, whatever the page has asked for.
    func perform<Asked: Command>(_ command: Asked) async throws(Refusal) -> Asked.Reply {
        if needsCode(for: command.needed), !(await business.desk.hasProven(session, for: command.needed)) {
            throw .notProven
        }
        return try await business.site.administrator.perform(command, for: .signedIn(name: session.name))
    }

    /// The same for a part of a page that is left out for those it is not for.
    func ask<Asked: Command>(_ command: Asked) async -> Asked.Reply? {
        guard Asked.rights.allSatisfy(may) else { return nil }
        return try? await perform(command)
    }

    /// Whether their role is for it. The authoriser decides again when it is done.
    func may(_ right: Right) -> Bool { Authoriser.reach(of: session.role, with: right) != .nothing }

    // MARK: Pages

    func page(
        _ template: String,
        title: String,
        at here: String,
        _ values: Templates.Values = [:],
        status: HTTPResponse.Status = .ok
    ) -> Response {
        .page(Templates.render(template, framed(values, title, here)), status: status)
    }

    func page(refusal: Refusal, at here: String) -> Response {
        page("refused", title: "That was not done", at: here, refusal.values, status: .unprocessableContent)
    }

    private func framed(_ values: Templates.Values, _ title: String, _ here: String) -> Templates.Values {
        var values = values
        values["title"] = title
        values["business"] = business.name
        values["style"] = Assets.style.path
        values["script"] = Assets.script.path
        values["person"] = session.name
        values["role"] = session.role.description
        values["token"] = token
        (values["hasPasskeys"], values["passkeyAddress"]) = (hasPasskeys, Visit.passkeyAddress)
        values["groups"] = Self.navigation.enumerated().compactMap { index, group -> Templates.Values? in
            let links = group.links.filter { $0.right.map(may) ?? true }
            guard !links.isEmpty else { return nil }
            return [
                "id": "n\(index)", "name": group.name,
                "links": links.map { link -> Templates.Values in
                    ["address": link.address, "name": link.name, "icon": link.icon, "isHere": link.address == here]
                },
            ]
        }
        return values
    }

    private struct Link {
        let name: String
        let address: String
        let icon: String
        /// What it takes to see the page.
        let right: Right?
    }

    private static let navigation: [(name: String, links: [Link])] = [
        (
            "Today",
            [
                Link(name: "Home", address: "/", icon: "home", right: nil),
                Link(name: "Live calls", address: "/calls", icon: "wave", right: .seeCalls),
                Link(name: "Alerts", address: "/alerts", icon: "bell", right: .seeAlerts),
                Link(name: "Call history", address: "/history", icon: "clock", right: .seeRecords),
                Link(name: "Spend", address: "/spend", icon: "coin", right: .seeSpending),
            ]
        ),
        (
            "Your phones",
            [
                Link(name: "Extensions and phones", address: "/extensions", icon: "phone", right: .seeExtensions),
                Link(name: "Groups and hours", address: "/groups", icon: "people", right: .seeNumbers),
                Link(name: "Numbers", address: "/numbers", icon: "list", right: .seeNumbers),
                Link(name: "Voice messages", address: "/voicemail", icon: "wave", right: .seeNumbers),
                Link(name: "Dial permissions", address: "/dialling", icon: "globe", right: .seeDialling),
                Link(name: "Lines to the outside", address: "/trunks", icon: "up", right: .seeTrunks),
                Link(name: "First hour", address: "/first-hour", icon: "steps", right: .changeNetwork),
            ]
        ),
        (
            "Your safety",
            [
                Link(name: "Controls and score", address: "/controls", icon: "fence", right: .seeControls),
                Link(name: "Audit and attacks", address: "/proof", icon: "audit", right: .seeControls),
                Link(name: "Blocked sources", address: "/blocked", icon: "siren", right: .seeBans),
                Link(name: "Exceptions", address: "/exceptions", icon: "flag", right: .seeListeners),
                Link(name: "Operators", address: "/operators", icon: "lock", right: .seeOperators),
                Link(name: "Programs", address: "/tokens", icon: "list", right: .seeOperators),
                Link(name: "Backups", address: "/backups", icon: "save", right: .diagnose),
                Link(name: "Journal", address: "/journal", icon: "book", right: .readJournal),
            ]
        ),
    ]

    // MARK: What is dangerous

    /// Whether a page has to ask for a fresh code before it does this.
    func needsCode(for rights: [Right]) -> Bool {
        SecondFactorRules.needsFreshCode(rights, provenAt: session.provenAt, at: now)
    }

    /// Where the script asks what a passkey is to sign that stands in for a code.
    static let passkeyAddress = "/account/passkey"

    /// Takes the code or the passkey of a form, where one is needed.
    ///
    /// - Returns: Why not; `nil` when it may be done.
    func prove(by form: Form, for rights: [Right]) async -> Refusal? {
        guard needsCode(for: rights) else { return nil }
        let proof: SignInDesk.Proof
        if let party, let assertion = form.assertion {
            proof = await business.desk.prove(session, by: SignInDesk.PasskeyAnswer(assertion, for: party))
        } else {
            proof = await business.desk.prove(session, by: form.secret("code"))
        }
        switch proof {
        case .proven: return nil
        case .refused: return form.hasPasskey ? .otherPasskey : .wrongCode
        case .wait(let wait): return .tooManyTries(wait)
        }
    }
}

extension Refusal {
    fileprivate static let notProven = Self(
        .roles,
        problem: "That was not done.",
        reason: "it is dangerous, and no fresh code was shown for it",
        remedy: "do it anew, and type in the code that your authenticator app shows"
    )

    fileprivate static let otherPasskey = Self(
        .secondFactor,
        problem: "The passkey did not match.",
        reason: "it is not one of yours, or the page was open for more than five minutes",
        remedy: "try again, or type in the code that the app shows now"
    )
}

extension WallTime {
    /// For what pages say and compare; sessions are judged by the business's own clock.
    static var present: WallTime {
        WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }
}
