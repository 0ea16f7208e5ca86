// SPDX-License-Identifier: Apache-2.0

import Admin
import ArgumentParser
import Guard
import Model
import Primitives

struct ExtensionList: ServerCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show every extension.")

    @OptionGroup var options: ServerOptions

    var command: ListExtensions { ListExtensions() }

    func output(of list: ListExtensions.Reply) throws -> Output {
        guard !list.isEmpty else {
            return try Output("There are no extensions yet.", json: list, hint: "Next: ringfence extension add 101")
        }
        let rows = list.map {
            [
                $0.number.text, $0.name, $0.isEnabled ? "enabled" : "disabled", "\($0.phones)",
                $0.forwarding.rawValue, $0.lastUse?.day ?? "never", $0.createdAt.seconds,
            ]
        }
        let columns = ["number", "name", "state", "phones", "forwards to", "last used", "added"]
        return try Output(Table(columns, rows).text, json: list)
    }
}

struct ExtensionShow: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one extension with its phones, registrations and calls."
    )

    @OptionGroup var number: NumberArgument
    @OptionGroup var options: ServerOptions

    var command: ShowExtension { ShowExtension(number: number.text) }

    func output(of detail: ShowExtension.Reply) throws -> Output {
        let summary = detail.summary
        var parts = [
            "Extension \(summary.number): \(summary.name.shown)",
            FactList([
                ("State", summary.isEnabled ? "enabled" : "disabled"),
                ("Pick-up group", summary.pickupGroup?.text ?? "none"),
                ("Forwards to", summary.forwarding.rawValue),
                ("Added", summary.createdAt.seconds),
                ("Last used", summary.lastUse?.day ?? "never"),
                ("Kept unused", summary.reservation?.words ?? "no"),
                ("Phones", "\(summary.phones)"),
                ("Registered", "\(detail.registrations.count)"),
                ("Calls now", "\(detail.calls.count)"),
            ]).text,
        ]
        if !detail.phones.isEmpty { parts += ["", PhoneReport.table(detail.phones)] }
        if !detail.registrations.isEmpty { parts += ["", RegistrationReport.table(detail.registrations)] }
        if !detail.calls.isEmpty { parts += ["", CallReport.table(detail.calls)] }
        return try Output(parts.joined(separator: "\n"), json: detail)
    }
}

extension Reservation {
    fileprivate var words: String { "until \(until.seconds), by \(grantedBy): \(reason)" }
}
