// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// What the steps change, by the commands of every day.
extension FirstHour {
    static func country(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let visit = asked.visit
        let home = SetHome(
            region: form["region"],
            outsidePrefix: form["outside"],
            areaCode: form["area"],
            // No step asks for it.
            internationalPrefix: visit.business.site.snapshot().outside.dialing.numbering.internationalPrefix?.text
                ?? ""
        )
        let hours = form.hours
        return try await visit.carryOut(form, for: SetHome.rights + SetHours.rights) {
            try await page(asked, form, $0, .country)
        } _: { () async throws(Refusal) in
            // Both or none: what would refuse the second comes before the first.
            try hours.check()
            if SetHours.rights.allSatisfy(visit.may) { _ = try await visit.perform(home) }
            _ = try await visit.perform(hours)
            return .going(to: "/first-hour?step=\(Step.name.rawValue)")
        }
    }

    static func confirm(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        try await asked.visit.carryOut(form, for: ConfirmDuty.rights) {
            try await page(asked, form, $0, .tests)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(ConfirmDuty(form["duty"]))
            return .going(to: "/first-hour?step=\(Step.tests.rawValue)")
        }
    }

    static func wait(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let command = ExceptDuty(form["duty"], until: form["until"], reason: form["reason"])
        return try await asked.visit.carryOut(form, for: ExceptDuty.rights) {
            try await page(asked, form, $0, .tests)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(command)
            return .going(to: "/first-hour?step=\(Step.tests.rawValue)")
        }
    }

    static func people(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let new = form["list"].split(whereSeparator: \.isNewline).compactMap { line -> NewExtension? in
            let parts = line.split(maxSplits: 1) { ",;\t".contains($0) }
            guard let number = parts.first.map(trimmed), !number.isEmpty else { return nil }
            return NewExtension(number: number, name: parts.count > 1 ? trimmed(parts[1]) : number)
        }
        return try await asked.visit.carryOut(form, for: AddExtensions.rights) {
            try await page(asked, form, $0, .people)
        } _: { () async throws(Refusal) in
            _ = try await asked.visit.perform(AddExtensions(new))
            return .going(to: "/first-hour?step=\(Step.phones.rawValue)")
        }
    }

    /// Without blanks and the quotes that tables are exported with.
    private static func trimmed(_ text: Substring) -> String {
        let isOutside = { (character: Character) in character.isWhitespace || character == "\"" }
        return String(text.drop(while: isOutside).reversed().drop(while: isOutside).reversed())
    }
}
