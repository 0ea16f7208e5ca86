// SPDX-License-Identifier: Apache-2.0

import Admin
import Guard
import Hummingbird
import Model
import Primitives

/// The calls of this moment.
enum CallsPage {
    static func show(_ asked: Routes.Asked) async throws -> Response {
        let visit = asked.visit
        let calls = try await visit.perform(ListCalls())
        var values = LiveCalls.values(calls, visit)
        values["time"] = Shown.clock(visit.now)
        values["sides"] = calls.prefix(Limits.liveCalls).flatMap(sides)
        if asked.query["live"] != "off" { values["stream"] = "/calls/stream" }
        return visit.page("calls", title: "Live calls", at: "/calls", values)
    }

    private static func sides(_ call: CallReport) -> [Templates.Values] {
        let name = "\(call.caller.words) → \(call.callee.words)"
        return [("Caller", call.callerProtection), ("Callee", call.calleeProtection)].compactMap { side, protection in
            guard let protection else { return nil }
            let setUp = [protection.transport.uppercased(), protection.tlsVersion, protection.cipher]
            return [
                "call": name, "side": side, "setUp": setUp.compactMap { $0 }.joined(separator: ", "),
                "sound": protection.srtpSuite.map { "SRTP \($0)" } ?? "not yet",
            ]
        }
    }

    static func confirm(_ asked: Routes.Asked) async throws -> Response { try await confirm(asked, nil) }

    private static func confirm(_ asked: Routes.Asked, _ refusal: Refusal?) async throws -> Response {
        let visit = asked.visit
        let id = asked.parameters.get("id") ?? ""
        guard let call = try await visit.perform(ListCalls()).first(where: { $0.id == id }) else {
            return .going(to: "/calls")
        }
        var values = refusal?.values ?? [:]
        values.merge([
            "class": "bad", "address": "/calls/\(call.id)/end",
            "question": "Hang up this call?",
            "text": "Both will hear the line go dead. This cannot be undone, and is written to the journal.",
            "hasFacts": true,
            "facts": [
                ["name": "From", "value": LiveCalls.name(call.caller, visit)],
                ["name": "To", "value": LiveCalls.name(call.callee, visit)],
                ["name": "Since", "value": LiveCalls.since(call, visit.now)],
            ],
            "needsCode": visit.needsCode(for: EndCall.rights), "button": "danger sure", "verb": "Hang up this call",
            "back": "/calls", "keep": "Keep the call",
        ]) { $1 }
        return visit.page("confirm", title: "Hang up a call", at: "/calls", values)
    }

    static func end(_ asked: Routes.Asked, _ form: Form) async throws -> Response {
        if let refusal = await asked.visit.prove(by: form, for: EndCall.rights) {
            return try await confirm(asked, refusal)
        }
        _ = try await asked.visit.perform(EndCall(id: asked.parameters.get("id") ?? ""))
        return .going(to: "/calls")
    }
}
