// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Who has a mailbox, and PINs for them. What is said in messages is heard by phones only.
enum VoicemailPages {
    private static let here = "/voicemail"

    static func list(_ asked: Routes.Asked) async throws -> Response {
        try await page(asked.visit, Form(parsing: ""), nil)
    }

    private static func page(_ visit: Visit, _ typed: Form, _ refusal: Refusal?) async throws -> Response {
        let boxes = try await visit.perform(ListMailboxes())
        let extensions = visit.business.site.snapshot().extensions
        let rows = boxes.map { box -> [Table.Cell] in
            let (number, name) = (box.extension.text, extensions[box.extension].map { Shown.text($0.name) })
            let pin = Table.Button(verb: "New PIN", object: "mailbox of \(number)", address: "\(here)/\(number)/pin")
            let remove = Table.Button(
                verb: "Remove",
                object: "mailbox of \(number)",
                address: "\(here)/\(number)/remove",
                isDangerous: true
            )
            return [
                .text(name ?? number, more: name == nil ? nil : number), .text("\(box.new)"), .text("\(box.old)"),
                box.pinSince.map { .moment($0) } ?? .badge(.warn, "No PIN yet", more: "nobody can listen by one"),
                box.asksOwnPhones
                    ? .badge(.good, "With the PIN", icon: "lock")
                    : .badge(.warn, "Open at its own phones", icon: "unlock"),
                .buttons(
                    (visit.may(.enrolPhones) ? [pin] : []) + (visit.may(.changeExtensions) ? [remove] : [])
                ),
            ]
        }
        var parts: [Part] = []
        if rows.isEmpty {
            parts.append(
                .empty("Nobody has a mailbox yet.", "Calls that nobody takes end without one. Give people one below.")
            )
        } else {
            let columns = [
                Table.Column.text("Mailbox"), .number("New"), .number("Old"), .text("PIN since"), .text("Heard"),
                .buttons("Change"),
            ]
            parts.append(.table(Table("Mailboxes", columns, rows)))
        }
        if visit.may(.changeExtensions) { parts.append(new(boxes, typed, visit)) }
        return visit.page(
            title: "Voice messages",
            at: here,
            lede:
                "People listen by *97 from their own phone. Messages are encrypted on the disk, and go after a while.",
            refusal: refusal,
            parts
        )
    }

    private static func new(_ boxes: [MailboxReport], _ typed: Form, _ visit: Visit) -> Part {
        let taken = Set(boxes.map(\.extension))
        let free = visit.business.site.snapshot().extensions.values.filter { !taken.contains($0.number) }
            .sorted { $0.number < $1.number }.prefix(Limits.optionRows)
        guard !free.isEmpty else { return .text("Every extension has one.", style: "small soft") }
        let options = free.map { FormPart.Option($0.number.text, "\($0.number) \(Shown.text($0.name, most: 30))") }
        let form = FormPart(
            "\(here)/add",
            "Give it a mailbox",
            id: "new",
            for: AddMailbox.rights,
            [.select("number", "Extension", value: typed["number"], options)]
        )
        return .section(
            "Give somebody a mailbox",
            id: "new",
            [
                .text("It takes messages at once. Give it a PIN then, so that they can be heard.", style: "small soft"),
                .form(form, visit),
            ]
        )
    }

    static func add(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = AddMailbox(number: form["number"])
        return try await asked.visit.carryOut(form, for: AddMailbox.rights) {
            try await page(asked.visit, form, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: here)
        }
    }

    // MARK: A PIN

    static func askPIN(_ asked: Routes.Asked) async throws -> Response { ask(asked, .pin, nil) }
    static func askRemoval(_ asked: Routes.Asked) async throws -> Response { ask(asked, .removal, nil) }

    private enum Question { case pin, removal }

    private static func ask(_ asked: Routes.Asked, _ question: Question, _ refusal: Refusal?) -> Response {
        let number = Shown.text(asked.parameters.get("number") ?? "", most: 6)
        let form =
            switch question {
            case .pin:
                FormPart(
                    "\(here)/\(PathText.encoded(number))/pin",
                    "Make a PIN",
                    id: "pin",
                    for: SetMailboxPIN.rights,
                    heading: "Make a new PIN for the mailbox of \(number)?",
                    back: (here, "Leave it"),
                    []
                )
            case .removal:
                FormPart(
                    "\(here)/\(PathText.encoded(number))/remove",
                    "Remove it with its messages",
                    id: "remove",
                    for: RemoveMailbox.rights,
                    heading: "Remove the mailbox of \(number)?",
                    tone: .bad,
                    button: "danger sure",
                    back: (here, "Leave it"),
                    []
                )
            }
        let words =
            question == .pin
            ? "The one before is good for nothing then." : "Every message in it is deleted. They do not come back."
        return asked.visit.page(
            title: question == .pin ? "A new PIN" : "Remove a mailbox",
            at: here,
            crumb: (here, "Voice messages"),
            refusal: refusal,
            [.form(form, asked.visit), .text(words, style: "soft")]
        )
    }

    static func makePIN(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = SetMailboxPIN(number: asked.parameters.get("number") ?? "")
        return try await asked.visit.carryOut(form, for: SetMailboxPIN.rights) {
            ask(asked, .pin, $0)
        } _: { () async throws(Refusal) in
            let report = try await asked.visit.perform(command)
            guard let pin = report.pin else { return .going(to: here) }
            return asked.visit.page(
                title: "The PIN of \(report.extension)",
                at: here,
                lede: "It is shown this once.",
                crumb: (here, "Voice messages"),
                [
                    .once(pin.secret, id: "pin"),
                    .text("Tell it to whoever the mailbox is of. They listen by *97, then this PIN and #."),
                    .link(here, "Done"),
                ]
            )
        }
    }

    static func remove(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = RemoveMailbox(number: asked.parameters.get("number") ?? "")
        return try await asked.visit.carryOut(form, for: RemoveMailbox.rights) {
            ask(asked, .removal, $0)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: here)
        }
    }
}
