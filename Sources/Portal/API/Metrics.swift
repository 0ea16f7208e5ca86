// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Model
import Primitives

/// Figures for Prometheus (text format 0.0.4). Each part needs the right that its command needs; a token that has not all of them
/// gets the others.
enum Metrics {
    static func text(of business: PortalBusiness, for token: APIToken) async throws -> String {
        let administrator = business.site.administrator
        var page = Page()
        page.add("up", "Whether the business is served.", [([:], 1)])
        page.add("extensions", "Extensions.", [([:], business.site.snapshot().extensions.count)])
        page.add("phones", "Phones that are enrolled.", [([:], business.site.snapshot().devices.count)])
        if let calls = await asked(ListCalls(), administrator, token) {
            let outside = calls.count { $0.cost != nil }
            page.add(
                "calls",
                "Calls of this moment.",
                [(["way": "outside"], outside), (["way": "inside"], calls.count - outside)]
            )
            let readable = calls.count { call in
                [call.callerProtection, call.calleeProtection].contains { $0?.srtpSuite == LegProtection.readableAudio }
            }
            page.add("calls_readable", "Calls with a leg that is not encrypted.", [([:], readable)])
        }
        if let registrations = await asked(ListRegistrations(), administrator, token) {
            page.add("registrations", "Registrations of phones.", [([:], registrations.count)])
        }
        if let bans = await asked(ListBans(), administrator, token) {
            page.add("banned_sources", "Sources that are shut out.", [([:], bans.count)])
        }
        if let trunks = await asked(ListTrunks(), administrator, token) {
            page.add(
                "trunk_enabled",
                "Whether a trunk is enabled.",
                trunks.map { (["trunk": "\($0.trunk.name)"], $0.trunk.isEnabled ? 1 : 0) }
            )
        }
        if let report = await asked(Diagnose(), administrator, token) {
            let severities: [Finding.Severity] = [.notice, .warning, .critical]
            page.add(
                "findings",
                "What falls short, by severity.",
                severities.map { severity in
                    (["severity": severity.rawValue], report.facts.count { $0.severity == severity })
                }
            )
        }
        return page.text
    }

    private static func asked<Asked: Command>(
        _ command: Asked,
        _ administrator: Administrator,
        _ token: APIToken
    ) async -> Asked.Reply? {
        guard Asked.rights.allSatisfy({ Authoriser.reach(of: token.role, with: $0) != .nothing }),
            TokenRules.refusal(of: Asked.name, needing: command.needed, by: token) == nil
        else { return nil }
        return try? await administrator.perform(command, showing: token)
    }

    private struct Page {
        private(set) var text = ""

        /// All of them gauges.
        mutating func add(_ name: String, _ help: String, _ values: [(labels: [String: String], value: Int)]) {
            text += "# HELP ringfence_\(name) \(help)\n# TYPE ringfence_\(name) gauge\n"
            for (labels, value) in values {
                let list = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
                text += "ringfence_\(name)" + (list.isEmpty ? "" : "{\(list.joined(separator: ","))}") + " \(value)\n"
            }
        }

        private static func escaped(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }
    }
}
