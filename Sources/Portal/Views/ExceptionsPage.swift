// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// Everything that is allowed for a while only, with who decided it, why, and when it ends.
enum ExceptionsPage {
    /// One of them, and the command that ends it.
    private struct Exception {
        let what: String
        let more: String
        let reason: String
        let person: String
        let until: WallTime
        let control: Control
        /// As it stands in the address.
        let key: String
        let rights: [Right]
    }

    private static func all(_ visit: Visit) async throws -> [Exception] {
        var found: [Exception] = []
        for report in try await visit.perform(ListListeners()) {
            guard let leave = report.exception else { continue }
            found.append(
                Exception(
                    what: "A listener without encryption: \(leave.transport.rawValue.uppercased()) \(leave.address)",
                    more: report.isOpen ? "open now" : "not open",
                    reason: leave.reason,
                    person: "",
                    until: leave.until,
                    control: .signallingEncryption,
                    key: "listener \(leave.transport.rawValue) \(leave.address)",
                    rights: WithdrawListener.rights
                )
            )
        }
        for report in await visit.ask(ListTrunks()) ?? [] {
            guard let leave = report.trunk.exception else { continue }
            found.append(
                Exception(
                    what: "The line \(report.trunk.name) without encryption",
                    more: report.trunk.domain.text,
                    reason: leave.reason,
                    person: leave.grantedBy,
                    until: leave.until,
                    control: .trunkEncryption,
                    key: "trunk \(report.trunk.name)",
                    rights: WithdrawTrunk.rights
                )
            )
        }
        if let dialling = await visit.ask(ShowDialing())?.settings {
            found += dialling.releases.map { leave in
                let place =
                    switch leave.scope {
                    case .region(let region): region.text
                    case .prefix(let prefix): prefix.text
                    case .numberClass(let kind): kind.rawValue
                    }
                return Exception(
                    what: "Calls to \(leave.scope.words)",
                    more: leave.extensions.map { Shown.count($0.count, "extension", "extensions") } ?? "everybody",
                    reason: leave.reason,
                    person: leave.releasedBy,
                    until: leave.until,
                    control: .countryDialing,
                    key: "release \(place)",
                    rights: CloseCountry.rights
                )
            }
            found += dialling.approvals.map { leave in
                Exception(
                    what: "The premium number \(leave.number)",
                    more: "",
                    reason: leave.reason,
                    person: leave.approvedBy,
                    until: leave.until,
                    control: .premiumNumbers,
                    key: "premium \(leave.number)",
                    rights: WithdrawPremium.rights
                )
            }
        }
        if let live = await visit.ask(ShowGoLive())?.goLive {
            for duty in GoLive.Duty.allCases {
                guard let word = live[duty], let until = word.until else { continue }
                found.append(
                    Exception(
                        what: "Before the first call outside: \(duty.words)",
                        more: "may wait",
                        reason: word.reason,
                        person: word.person,
                        until: until,
                        control: .noDefaults,
                        key: "live \(duty.rawValue)",
                        rights: []
                    )
                )
            }
        }
        for value in visit.business.site.snapshot().extensions.values.sorted(by: { $0.number < $1.number }) {
            guard let leave = value.reservation else { continue }
            found.append(
                Exception(
                    what: "Extension \(value.number), which nobody uses, stays",
                    more: Shown.text(value.name),
                    reason: leave.reason,
                    person: "",
                    until: leave.until,
                    control: .dormantExtensions,
                    key: "reserved \(value.number)",
                    rights: UnreserveExtension.rights
                )
            )
        }
        return found.sorted { $0.until < $1.until }
    }

    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let found = try await all(visit)
        let rows = found.map { exception -> [Table.Cell] in
            let isOver = exception.until <= visit.now
            let end = Table.Button(
                verb: "End it",
                object: exception.what,
                address: "/exceptions/end?what=\(PathText.encoded(exception.key))",
                isDangerous: true
            )
            return [
                .text(Shown.text(exception.what, most: 160), more: exception.more),
                .text(
                    Shown.text(exception.reason, most: 160),
                    more: exception.person.isEmpty ? nil : "by \(Shown.text(exception.person))"
                ),
                isOver
                    ? .badge(.plain, "Over", icon: "check", more: "\(Shown.moment(exception.until)) UTC")
                    : .badge(
                        .warn,
                        Shown.left(until: exception.until, at: visit.now),
                        icon: "clock",
                        more: "\(Shown.moment(exception.until)) UTC"
                    ),
                .link(exception.control.rawValue, "/controls/\(exception.control.rawValue)"),
                .buttons(!exception.rights.isEmpty && exception.rights.allSatisfy(visit.may) && !isOver ? [end] : []),
            ]
        }
        let table = Table(
            "Exceptions, the next to end first",
            [.text("What"), .text("Why"), .text("Ends"), .text("Rule"), .buttons("End")],
            rows
        )
        let open = found.count { visit.now < $0.until }
        return visit.page(
            title: "Exceptions",
            at: "/exceptions",
            lede: open == 0
                ? "No rule has an exception."
                : "\(Shown.count(open, "exception is", "exceptions are")) open. Each ends by itself.",
            [
                found.isEmpty
                    ? .empty(
                        "Nothing is excepted.",
                        "What is allowed for a while, by name and with a reason, appears here with its end."
                    )
                    : .table(table)
            ]
        )
    }

    static func confirm(_ asked: Routes.Asked) async throws -> Response {
        try await confirm(asked, asked.query["what"], nil)
    }

    private static func confirm(_ asked: Routes.Asked, _ key: String, _ refusal: Refusal?) async throws -> Response {
        let visit = asked.visit
        guard let exception = try await all(visit).first(where: { $0.key == key }) else {
            return .going(to: "/exceptions")
        }
        let form = FormPart(
            "/exceptions/end",
            "End it now",
            id: "end",
            for: exception.rights,
            heading: "End it before its time?",
            tone: .bad,
            button: "danger sure",
            hidden: [("what", key)],
            back: ("/exceptions", "Leave it"),
            []
        )
        return visit.page(
            title: "End an exception",
            at: "/exceptions",
            crumb: ("/exceptions", "Exceptions"),
            refusal: refusal,
            [
                .facts([
                    Part.Fact("What", Shown.text(exception.what, most: 160)),
                    Part.Fact("Why", Shown.text(exception.reason, most: 160)),
                    Part.Fact("Ends by itself", "\(Shown.moment(exception.until)) UTC"),
                ]),
                .form(form, visit),
            ]
        )
    }

    static func end(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        let (visit, key) = (asked.visit, form["what"])
        guard let exception = try await all(visit).first(where: { $0.key == key }) else {
            return .going(to: "/exceptions")
        }
        return try await visit.carryOut(form, for: exception.rights) {
            try await confirm(asked, key, $0)
        } _: { () async throws(Refusal) in
            let parts = key.split(separator: " ", maxSplits: 2).map(String.init)
            switch parts.first {
            case "listener" where parts.count == 3:
                guard let transport = ListenerException.Transport(rawValue: parts[1]) else { break }
                _ = try await visit.perform(WithdrawListener(transport, address: parts[2]))
            case "trunk": _ = try await visit.perform(WithdrawTrunk(trunk: parts[1]))
            case "release": _ = try await visit.perform(CloseCountry(parts[1], releaseOnly: true))
            case "premium": _ = try await visit.perform(WithdrawPremium(number: parts[1]))
            case "reserved": _ = try await visit.perform(UnreserveExtension(number: parts[1]))
            default: break
            }
            return .going(to: "/exceptions")
        }
    }
}

extension Shown {
    /// `in 3 days`.
    static func left(until end: WallTime, at now: WallTime) -> String {
        let seconds = max(0, (end - now).components.seconds)
        switch seconds {
        case ..<120: return "in a moment"
        case ..<7_200: return "in \(seconds / 60) minutes"
        case ..<172_800: return "in \(seconds / 3_600) hours"
        default: return "in \(seconds / 86_400) days"
        }
    }
}
