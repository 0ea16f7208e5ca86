// SPDX-License-Identifier: Apache-2.0

import Guard
import Media
import Model
import Primitives

/// Meddling with calls, news and messages: from another connection, unasked, in somebody else's name, or without end.
enum DialogAttacks {
    static let all = [meddling, takeover, news, messages, loops, timers, referral]
    /// Under flood protection.
    static let exhausting = [exhaustion]

    private static let meddling = Attack(
        .intrusionDetection,
        "S14",
        "End or redirect somebody else's call",
        attempted:
            "with every identifier of a call that stands, from another connection: BYE, CANCEL, re-INVITE and UPDATE with the attacker's own media address, INFO",
        expected: "401, 403 or 481 each time, and the call goes on",
        run: { (wire, target) async throws(WireError) in
            let call: TestCall
            do { call = try await TestCall.connect(wire, target) } catch {
                return .notRun("no call to attack: \(error)")
            }
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
            let call: TestCall
            do { call = try await TestCall.connect(wire, target) } catch {
                return .notRun("no call to attack: \(error)")
            }
            let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
            var stranger = RequestDraft.probe("INVITE", name: "100", domain: target.domain.text, using: wire.entropy)
            stranger.extra.append("Replaces: \(call.dialog)")
            let bare = try await line.ask(stranger)?.status ?? 0
            await line.close()
            var made = try await call.caller.draft("INVITE", to: target.accounts[1].number.text)
            made.contentType = "application/sdp"
            let key = MediaEncryptionAttack.properKey(.aes128gcm, wire)
            made.body = OfferText.offer(profile: "RTP/SAVP", crypto: [key])
            made.extra = ["Replaces: \(wire.entropy.token(bits: 96));to-tag=1;from-tag=2"]
            let answer = try await call.caller.ask(made)
            if let answer { try await call.caller.acknowledge(answer, to: made) }
            let own = await call.hangUp()
            let text = "without a login \(bare), of no call \(answer?.status ?? 0); the call's own BYE got \(own ?? 0)"
            let isRefused = bare == 401 && (400..<500).contains(answer?.status ?? 0)
            return isRefused && own == 200 ? .held(text) : .broken(text)
        }
    )

    private static let news = Attack(
        .intrusionDetection,
        "S17",
        "Tell the server news that nobody asked for",
        attempted:
            "NOTIFY of voice mail, of a transfer, of a check for new settings and of a state of 16 KB, with and without a login, in and out of a dialog",
        expected: "401 without a login, 4xx with one, and nothing reaches another phone",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let phones = target.accounts.prefix(2).map { TestPhone($0, wire, target) }
            for phone in phones {
                guard try await phone.register()?.status == 200 else { return .notRun("a phone could not register") }
            }
            var statuses: Set<Int> = []
            for event in ["message-summary", "check-sync", "refer", "dialog", "presence"] {
                for tag in [nil, wire.entropy.token(bits: 64)] {
                    var draft = try await phones[0].draft("NOTIFY", to: target.accounts[1].number.text)
                    draft.extra = ["Event: \(event)", "Subscription-State: active"]
                    (draft.toTag, draft.contentType) = (tag, "application/simple-message-summary")
                    draft.body = Array(("Messages-Waiting: yes\r\n" + String(repeating: "x", count: 16_000)).utf8)
                    let bare = try await phones[0].line().ask(draft)?.status ?? 0
                    guard bare == 401 || bare == 481 else { return .broken("\(event) without a login got \(bare)") }
                    draft.ids = Identifiers(using: wire.entropy)
                    let status = try await phones[0].ask(draft)?.status ?? 0
                    guard (400..<500).contains(status) else { return .broken("\(event) with a login got \(status)") }
                    statuses.insert(status)
                }
            }
            if case .message(let message, _) = try await phones[1].line().next(within: Limits.silence) {
                return .broken("another phone got '\(message.firstLine)'")
            }
            for phone in phones { try await phone.unregister() }
            return .held(
                "10 NOTIFYs got 401 or 481, and \(statuses.sorted()) with a login; the other phone stayed silent"
            )
        }
    )

    private static let messages = Attack(
        .intrusionDetection,
        "S18",
        "Send text in somebody else's name, and too much of it",
        attempted:
            "MESSAGE without a login; with one, in the name of another extension and of an emergency number; 60 at once",
        expected: "401, 403, 403; the name that arrives is that of the login, and the later ones are refused",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let (sender, receiver) = (target.accounts[0].number.text, target.accounts[1].number.text)
            let phones = target.accounts.prefix(2).map { TestPhone($0, wire, target) }
            for phone in phones {
                guard try await phone.register()?.status == 200 else { return .notRun("a phone could not register") }
            }
            func text(from name: String) async throws(WireError) -> RequestDraft {
                var draft = try await phones[0].draft("MESSAGE", to: receiver)
                draft.from = "sip:\(name)@\(target.domain)"
                (draft.contentType, draft.body) = ("text/plain", Array("hello".utf8))
                return draft
            }
            let bare = try await phones[0].line().ask(text(from: sender))?.status
            guard bare == 401 else { return .broken("without a login: \(bare ?? 0)") }
            for name in [receiver, "911"] {
                let status = try await phones[0].ask(text(from: name))?.status
                guard status == 403 else { return .broken("in the name of \(name): \(status ?? 0)") }
            }
            var statuses: [Int] = []
            for _ in 0..<60 {
                let status = try await phones[0].ask(text(from: sender))?.status ?? 0
                statuses.append(status)
                if status >= 300 { break }
            }
            guard let last = statuses.last, last >= 400 else { return .broken("60 messages at once were taken") }
            for phone in phones { try await phone.unregister() }
            return .held("a stranger got 401, other names 403, and the \(statuses.count)th message at once \(last)")
        }
    )

    private static let loops = Attack(
        .intrusionDetection,
        "S20",
        "Make a call go in a circle",
        attempted: "calls whose hops are used up, calls to oneself, and a Via of the server's own, 60 times over",
        expected: "refused each time, and no phone rings",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let (phone, callee) = (
                TestPhone(target.accounts[0], wire, target), TestPhone(target.accounts[1], wire, target)
            )
            guard try await phone.register()?.status == 200, try await callee.register()?.status == 200 else {
                return .notRun("a phone could not register")
            }
            var seen: [String] = []
            for (name, hops, number) in [("no hops left", 0, 1), ("to oneself", 70, 0)] {
                var draft = try await phone.draft("INVITE", to: target.accounts[number].number.text)
                (draft.maxForwards, draft.contentType) = (hops, "application/sdp")
                let key = MediaEncryptionAttack.properKey(.aes128gcm, wire)
                draft.body = OfferText.offer(profile: "RTP/SAVP", crypto: [key])
                let answer = try await phone.ask(draft)
                seen.append("\(name): \(answer?.status ?? 0)")
                guard let answer, [403, 482, 483].contains(answer.status ?? 0) else {
                    return .broken(seen.joined(separator: ", "))
                }
                try await phone.acknowledge(answer, to: draft)
            }
            if case .message(let message, _) = try await callee.line().next(within: Limits.silence) {
                return .broken("a phone got '\(message.firstLine)'")
            }
            for phone in [phone, callee] { try await phone.unregister() }
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
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let phone = TestPhone(target.accounts[0], wire, target)
            guard try await phone.register()?.status == 200 else { return .notRun("the phone could not register") }
            var seen: [String] = []
            for (value, allowed) in [
                ("Session-Expires: 0", [422, 400]), ("Session-Expires: 1", [422]), ("Session-Expires: 60", [422]),
                ("Session-Expires: x", [400]), ("Min-SE: 4000000000", [400, 422, 480, 404, 513]),
            ] {
                var draft = try await phone.draft("INVITE", to: target.accounts[1].number.text)
                draft.contentType = "application/sdp"
                draft.extra = ["Supported: timer", value]
                let key = MediaEncryptionAttack.properKey(.aes128gcm, wire)
                draft.body = OfferText.offer(profile: "RTP/SAVP", crypto: [key])
                let answer = try await phone.ask(draft)
                seen.append("\(value): \(answer?.status ?? 0)")
                guard let answer, allowed.contains(answer.status ?? 0) else {
                    return .broken(seen.joined(separator: ", "))
                }
                try await phone.acknowledge(answer, to: draft)
            }
            try await phone.unregister()
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
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let (phone, callee) = (
                TestPhone(target.accounts[0], wire, target), TestPhone(target.accounts[1], wire, target)
            )
            guard try await phone.register()?.status == 200, try await callee.register()?.status == 200 else {
                return .notRun("a phone could not register")
            }
            var seen: [String] = []
            for number in [target.accounts[1].number.text, "+9601234567"] {
                var draft = try await phone.draft("REFER", to: target.accounts[1].number.text)
                draft.extra = ["Refer-To: <sip:\(number)@\(target.domain)>"]
                let bare = try await phone.line().ask(draft)?.status ?? 0
                draft.ids = Identifiers(using: wire.entropy)
                let status = try await phone.ask(draft)?.status ?? 0
                seen.append("\(number): \(bare), \(status)")
                guard bare == 401, (400..<500).contains(status) else { return .broken(seen.joined(separator: "; ")) }
            }
            if case .message(let message, _) = try await callee.line().next(within: Limits.silence) {
                return .broken("a phone got '\(message.firstLine)'")
            }
            for phone in [phone, callee] { try await phone.unregister() }
            return .held(seen.joined(separator: "; ") + "; no phone rang")
        }
    )

    private static let exhaustion = Attack(
        .floodProtection,
        "D15",
        "Use up the server with a login",
        attempted: "\(Limits.subscriptions) subscriptions of one phone",
        expected: "from some point on they are refused, and another phone is served",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let (greedy, other) = (
                TestPhone(target.accounts[0], wire, target), TestPhone(target.accounts[1], wire, target)
            )
            guard try await greedy.register()?.status == 200 else { return .notRun("the phone could not register") }
            var (taken, refusal): (Int, Int?) = (0, nil)
            for _ in 0..<Limits.subscriptions where refusal == nil {
                var draft = try await greedy.draft("SUBSCRIBE", to: target.accounts[0].number.text)
                draft.extra = ["Event: dialog", "Expires: 60", "Accept: application/dialog-info+xml"]
                guard let status = try await greedy.ask(draft)?.status else { break }
                if status < 300 { taken += 1 } else { refusal = status }
            }
            await greedy.hangUp()
            guard let refusal, refusal >= 400 else {
                return .broken("\(taken) subscriptions were taken, and none refused")
            }
            guard try await other.register()?.status == 200 else {
                return .broken("another phone is not served any more")
            }
            try await other.unregister()
            return .held("after \(taken) subscriptions \(refusal); another phone was served")
        }
    )
}
