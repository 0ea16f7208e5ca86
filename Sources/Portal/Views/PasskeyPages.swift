// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import HTTPTypes
import Hummingbird
import Model
import Primitives

/// Passkeys of whoever is signed in, and what authenticators are asked.
enum PasskeyPages {
    /// What the script asks an authenticator; bytes in Base 64 for addresses.
    private struct Asked: Encodable {
        let challenge: String
        /// Of a new passkey.
        var user: String?
        var name: String?
        var known: [String]?

        init(_ challenge: [UInt8]) { self.challenge = Base64URL.encode(challenge) }

        func response(cookies: [String] = []) -> Response {
            guard let data = try? JSONEncoder().encode(self) else { preconditionFailure("texts are JSON") }
            var headers: HTTPFields = [.contentType: "application/json"]
            for cookie in cookies { headers.append(HTTPField(name: .setCookie, value: cookie)) }
            return Response(
                status: .ok,
                headers: headers,
                body: ResponseBody(byteBuffer: .init(string: String(decoding: data, as: UTF8.self)))
            )
        }
    }

    /// Asked by anybody: it says nothing of who there is.
    static func askToSignIn(_ business: PortalBusiness) async -> Response {
        let (challenge, ticket) = await business.desk.askToSignIn()
        let age = Int(PasskeyRules.challengeLasts.components.seconds)
        return Asked(challenge).response(cookies: [PortalCookie.ticket.setting(ticket, age: age)])
    }

    static func askToProve(_ asked: Routes.Asked, _: Form) async throws -> Response {
        Asked(await asked.visit.business.desk.askToProve(asked.visit.session)).response()
    }

    static func askToAdd(_ asked: Routes.Asked, _: Form) async throws -> Response {
        let session = asked.visit.session
        let offer = await asked.visit.business.desk.askToAdd(session)
        var wish = Asked(offer.challenge)
        (wish.user, wish.name) = (Base64URL.encode(offer.user), session.name)
        wish.known = offer.known.map { Base64URL.encode($0) }
        return wish.response()
    }

    static func add(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        return try await visit.carryOut(form, for: PasskeyRules.rights) {
            await AccountPage.page(visit, name: form["name"], $0)
        } _: { () async throws(Refusal) in
            guard let party = visit.party, let registration = form.registration else { throw .noPasskeyMade }
            try await visit.business.desk.addPasskey(form["name"], registration, for: party, in: visit.session)
            return .going(to: "/account")
        }
    }

    static func confirmRemoval(_ asked: Routes.Asked) async throws -> Response { confirmRemoval(asked, nil) }

    private static func confirmRemoval(_ asked: Routes.Asked, _ refusal: Refusal?) -> Response {
        let name = PathText.decoded(asked.parameters.get("name") ?? "")
        var values = refusal?.values ?? [:]
        values.merge([
            "class": "bad", "address": "/account/passkeys/\(PathText.encoded(name))/remove",
            "question": "Remove the passkey \(Shown.text(name))?",
            "text": "It signs nobody in any more, and your sessions in other browsers end.",
            "needsCode": asked.visit.needsCode(for: PasskeyRules.rights), "button": "danger sure",
            "verb": "Remove the passkey", "back": "/account", "keep": "Leave it",
        ]) { $1 }
        return asked.visit.page(
            "confirm",
            title: "Remove a passkey",
            at: "/account",
            values,
            status: refusal == nil ? .ok : .unprocessableContent
        )
    }

    static func remove(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        return try await visit.carryOut(form, for: PasskeyRules.rights) {
            confirmRemoval(asked, $0)
        } _: { () async throws(Refusal) in
            let name = PathText.decoded(asked.parameters.get("name") ?? "")
            try await visit.business.desk.removePasskey(name, in: visit.session)
            return .going(to: "/account")
        }
    }
}

extension Form {
    private func bytes(_ name: String) -> [UInt8]? { Base64URL.decode(self[name]) }

    var hasPasskey: Bool { !self["passkey"].isEmpty }

    /// What an authenticator signed; `nil` where there is none, or it cannot be.
    var assertion: PasskeyAssertion? {
        guard let id = bytes("passkey"), let client = bytes("passkey-client"), let data = bytes("passkey-data"),
            let signature = bytes("passkey-signature")
        else { return nil }
        return PasskeyAssertion(id: id, clientData: client, authenticatorData: data, signature: signature)
    }

    /// What an authenticator made; `nil` where there is none, or it cannot be.
    fileprivate var registration: PasskeyRegistration? {
        guard let client = bytes("passkey-client"), let attestation = bytes("passkey-attestation") else { return nil }
        return PasskeyRegistration(clientData: client, attestation: attestation)
    }
}

extension Refusal {
    fileprivate static let noPasskeyMade = Self(
        problem: "The passkey was not added.",
        reason: "the browser sent none; it makes them only for a host that has a name",
        remedy: "open the portal by its name, and try again"
    )
}
