// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Meddling with calls: from another connection, in a circle, without pause, or on somebody else's account.
enum DialogAttacks {
    static let all = [meddling, takeover, loops, timers, referral]

    private static let meddling = Attack(
        .intrusionDetection,
        "S14",
        "End or redirect somebody else's call",
        attempted:
            "with every identifier of a call that stands, from another connection: BYE, CANCEL, re-INVITE and UPDATE with the attacker's own media address, INFO",
        expected: "401, 403 or 481 each time, and the call goes on",
        run: { (wire, target) async throws(WireError) in
            let call = try await TestCall.connect(wire, target)
            var (seen, taken): ([String], [String]) = ([], [])
            for method in ["BYE", "CANCEL", "INVITE", "UPDATE", "INFO", "REFER"] {
                let source = target.elsewhere(using: wire.entropy)
                let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort, from: source))
                let status = try await line.ask(call.forged(method, wire))?.status
                await line.close()
                seen.append("\(method) \(status.map(String.init) ?? "no answer")")
                if status.map({ ![401, 403, 481].contains($0) }) ?? true { taken.append(method) }
            }
            let own = await call.hangUp()
            let text =
                seen.joined(separator: ", ") + "; the caller's own BYE got \(own.map(String.init) ?? "no answer")"
            return taken.isEmpty && own == 200 ? .held(text) : .broken(text)
        }
    )

    private static let takeover = Attack(
        .intrusionDetection,
        "S16",
        "Take over a call with Replaces",
        attempted:
            "INVITE with Replaces of a call that stands, without a login, and of calls that do not exist, with one",
        expected: "401 without a login, 4xx with one; the call goes on, and no phone rings",
        run: { (wire, target) async throws(WireError) in
            let call = try await TestCall.connect(wire, target)
            let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
            var stranger = RequestDraft.probe("INVITE", name: "100", domain: target.domain.text, using: wire.entropy)
            stranger.extra.append("Replaces: \(call.dialog)")
            let bare = try await line.ask(stranger)?.status ?? 0
            await line.close()
            var made = try await call.caller.invitation(to: call.callee)
            made.extra = ["Replaces: \(wire.entropy.token(bits: 96));to-tag=1;from-tag=2"]
            let answer = try await call.caller.ask(made)
            if let answer { try await call.caller.acknowledge(answer, to: made) }
            let own = await call.hangUp()
            let text = "without a login \(bare), of no call \(answer?.status ?? 0); the call's own BYE got \(own ?? 0)"
            let isRefused = bare == 401 && (400..<500).contains(answer?.status ?? 0)
            return isRefused && own == 200 ? .held(text) : .broken(text)
        }
    )

    private static let loops = Attack(
        .intrusionDetection,
        "S20",
        "Make a call go in a circle",
        attempted: "calls whose hops are used up, calls to oneself, and a Via of the server's own, 60 times over",
        expected: "refused each time, and no phone rings",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            let (phone, callee) = (phones[0], phones[1])
            var seen: [String] = []
            for (name, hops, called) in [("no hops left", 0, callee), ("to oneself", 70, phone)] {
                var draft = try await phone.invitation(to: called)
                draft.maxForwards = hops
                let answer = try await phone.ask(draft)
                seen.append("\(name): \(answer?.status ?? 0)")
                guard let answer, [403, 482, 483].contains(answer.status ?? 0) else {
                    return .broken(seen.joined(separator: ", "))
                }
                try await phone.acknowledge(answer, to: draft)
            }
            if let line = try await callee.unasked() { return .broken("a phone got '\(line)'") }
            return .held(seen.joined(separator: ", ") + "; no phone rang")
        }
    )

    private static let timers = Attack(
        .intrusionDetection,
        "S21",
        "Make the server refresh a call without pause",
        attempted:
            "INVITEs with a session of 0, 1 and 60 seconds, one that is no number, and a minimum of 4,000,000,000",
        expected:
            "422 or 400 for those that are too short or no number; a call with the endless minimum rings or is refused",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let phone = phones[0]
            var seen: [String] = []
            for (value, allowed) in [
                ("Session-Expires: 0", [422, 400]), ("Session-Expires: 1", [422]), ("Session-Expires: 60", [422]),
                ("Session-Expires: x", [400]), ("Min-SE: 4000000000", [400, 422, 480, 404, 513]),
            ] {
                var draft = try await phone.invitation(to: target.accounts[1].number.text)
                draft.extra = ["Supported: timer", value]
                let answer = try await phone.ask(draft)
                seen.append("\(value): \(answer?.status ?? 0)")
                guard let answer, allowed.contains(answer.status ?? 0) else {
                    return .broken(seen.joined(separator: ", "))
                }
                try await phone.acknowledge(answer, to: draft)
            }
            return .held(seen.joined(separator: ", "))
        }
    )

    private static let referral = Attack(
        .intrusionDetection,
        "S23",
        "Make the server call somebody by REFER",
        attempted:
            "REFER outside of a call, without a login and with one, to another extension and to a number outside",
        expected: "401 without a login, 4xx with one, and no phone rings",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            let (phone, callee) = (phones[0], phones[1])
            var seen: [String] = []
            for number in [callee.account.number.text, "+9601234567"] {
                var draft = try await phone.draft("REFER", to: callee.account.number.text)
                draft.extra = ["Refer-To: <sip:\(number)@\(target.domain)>"]
                let bare = try await phone.line().ask(draft)?.status ?? 0
                draft.ids = Identifiers(using: wire.entropy)
                let status = try await phone.ask(draft)?.status ?? 0
                seen.append("\(number): \(bare), \(status)")
                guard bare == 401, (400..<500).contains(status) else { return .broken(seen.joined(separator: "; ")) }
            }
            if let line = try await callee.unasked() { return .broken("a phone got '\(line)'") }
            return .held(seen.joined(separator: "; ") + "; no phone rang")
        }
    )
}
