// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Extensions, and the phones of each.
enum ExtensionsPage {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let all = try await visit.perform(ListExtensions())
        let phones = Dictionary(grouping: await visit.ask(ListPhones()) ?? [], by: \.extension)
        let live = Dictionary(grouping: await visit.ask(ListRegistrations()) ?? [], by: \.phone)
        let pager = Pager(all.count, page: asked.query["page"])
        let rows = all[pager.range].map { row($0, phones[$0.number] ?? [], live, visit) }
        let connected = phones.values.joined().count { $0.registrations > 0 }
        let total = phones.values.reduce(0) { $0 + $1.count }
        var values: Templates.Values = [
            "sum": "\(Shown.count(all.count, "extension", "extensions")), \(connected) of "
                + "\(Shown.count(total, "phone", "phones")) connected.",
            "mayAdd": visit.may(.changeExtensions), "hasExtensions": !all.isEmpty, "extensions": rows,
        ]
        if let links = pager.values { values["pager"] = links }
        return visit.page("extensions", title: "Extensions and phones", at: "/extensions", values)
    }

    private static func row(
        _ value: ExtensionReport,
        _ phones: [PhoneReport],
        _ live: [DeviceID: [RegistrationReport]],
        _ visit: Visit
    ) -> Templates.Values {
        let isConnected = phones.contains { $0.registrations > 0 }
        let (state, icon, style) =
            !value.isEnabled
            ? ("Off", "none", "")
            : isConnected
                ? ("Connected", "check", "good") : phones.isEmpty ? ("No phone", "none", "") : ("Away", "warn", "warn")
        return [
            "number": value.number.text, "name": Shown.text(value.name), "state": state, "icon": icon,
            "class": Part.given(style),
            "hasPhones": !phones.isEmpty, "mayEnrol": visit.may(.enrolPhones) && value.isEnabled,
            "phones": phones.map { phone -> Templates.Values in
                let here = live[phone.id]?.first
                return [
                    "id": phone.id.text, "number": value.number.text, "label": Shown.text(phone.label),
                    "state": here.map { "connected from \($0.source)" } ?? "not connected",
                    "agent": Part.given(Shown.text(here?.userAgent ?? "")), "mayRevoke": visit.may(.revokePhones),
                ]
            },
        ]
    }

    static func ask(_ asked: Routes.Asked) async throws -> Response { form(asked.visit, Form(parsing: ""), nil) }

    private static func form(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) -> Response {
        var values = refusal?.values ?? [:]
        (values["number"], values["name"]) = (Shown.text(typed["number"]), Shown.text(typed["name"]))
        return visit.page(
            "extension-add",
            title: "Add an extension",
            at: "/extensions",
            values,
            status: refusal == nil ? .ok : .unprocessableContent
        )
    }

    static func add(_ asked: Routes.Asked, _ typed: Form) async throws -> Response {
        do throws(Refusal) {
            let new = NewExtension(number: typed["number"], name: typed["name"])
            _ = try await asked.visit.perform(AddExtensions([new]))
            return .going(to: "/extensions")
        } catch {
            return form(asked.visit, typed, error)
        }
    }
}

/// One page of a list.
struct Pager {
    private let all: Int
    private let page: Int

    init(_ all: Int, page: String) {
        let last = max(1, (all + Limits.rows - 1) / Limits.rows)
        (self.all, self.page) = (all, min(max(1, Int(page) ?? 1), last))
    }

    var range: Range<Int> { (page - 1) * Limits.rows..<min(all, page * Limits.rows) }

    /// `nil` where everything is on one page.
    var values: Templates.Values? {
        guard all > Limits.rows else { return nil }
        var values: Templates.Values = ["first": range.lowerBound + 1, "last": range.upperBound, "all": all]
        if page > 1 { values["previous"] = page - 1 }
        if range.upperBound < all { values["next"] = page + 1 }
        return values
    }
}
