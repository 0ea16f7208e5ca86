// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Enrols a phone with a picture to scan, and revokes one.
enum PhonePages {
    static func confirmEnrolment(_ asked: Routes.Asked) async throws -> Response { askEnrolment(asked, nil) }

    private static func askEnrolment(_ asked: Routes.Asked, _ refusal: Refusal?) -> Response {
        let number = Shown.text(asked.parameters.get("number") ?? "")
        var values = refusal?.values ?? [:]
        values.merge([
            "class": "info", "address": "/extensions/\(number)/enrol", "question": "Enrol a phone for \(number)?",
            "text": "It gets a user name and a password of its own, which are shown once. Have the phone at hand.",
            "needsCode": asked.visit.needsCode(for: EnrolPhones.rights), "button": "primary", "verb": "Enrol a phone",
            "back": "/extensions", "keep": "Not now",
        ]) { $1 }
        return asked.visit.page("confirm", title: "Enrol a phone", at: "/extensions", values)
    }

    static func enrol(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        if let refusal = await asked.visit.prove(by: form, for: EnrolPhones.rights) {
            return askEnrolment(asked, refusal)
        }
        let new = NewPhone(extension: asked.parameters.get("number") ?? "")
        guard let phone = try await asked.visit.perform(EnrolPhones([new])).first else {
            return .going(to: "/extensions")
        }
        let enrolment = phone.enrolment
        var values: Templates.Values = [
            "number": phone.extension.text, "server": enrolment.server, "domain": enrolment.domain,
            "username": enrolment.username, "password": enrolment.password.reveal { copy $0 },
        ]
        if let code = enrolment.compact.reveal({ QRCode(copy $0) }) {
            (values["path"], values["box"]) = (code.path, code.box)
        }
        return asked.visit.page("enrolled", title: "A phone is enrolled", at: "/extensions", values)
    }

    static func confirmRevocation(_ asked: Routes.Asked) async throws -> Response {
        try await askRevocation(asked, nil)
    }

    private static func askRevocation(_ asked: Routes.Asked, _ refusal: Refusal?) async throws -> Response {
        let id = asked.parameters.get("id") ?? ""
        guard let phone = try await asked.visit.perform(ListPhones()).first(where: { $0.id.text == id }) else {
            return .going(to: "/extensions")
        }
        var values = refusal?.values ?? [:]
        values.merge([
            "class": "bad", "address": "/phones/\(id)/revoke",
            "question": "Revoke \(Shown.text(phone.label)) of \(phone.extension)?",
            "text": "Its password is good for nothing from then on, and its calls end. It has to be enrolled again.",
            "needsCode": asked.visit.needsCode(for: RevokePhone.rights), "button": "danger sure",
            "verb": "Revoke this phone", "back": "/extensions", "keep": "Keep the phone",
        ]) { $1 }
        return asked.visit.page("confirm", title: "Revoke a phone", at: "/extensions", values)
    }

    static func revoke(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        if let refusal = await asked.visit.prove(by: form, for: RevokePhone.rights) {
            return try await askRevocation(asked, refusal)
        }
        _ = try await asked.visit.perform(RevokePhone(id: asked.parameters.get("id") ?? ""))
        return .going(to: "/extensions")
    }
}
