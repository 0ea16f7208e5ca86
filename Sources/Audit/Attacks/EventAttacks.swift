// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Abusing what goes beside calls: news that nobody asked for, text in somebody else's name, subscriptions without end.
enum EventAttacks {
    static let all = [news, messages]
    /// Under flood protection.
    static let exhausting = [exhaustion]

    private static let news = Attack(
        .intrusionDetection,
        "S17",
        "Tell the server news that nobody asked for",
        attempted:
            "NOTIFY of voice mail, of a transfer, of a check for new settings and of a state of 16 KB, with and without a login, in and out of a dialog",
        expected: "401 without a login, 4xx with one, and nothing reaches another phone",
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            var statuses: Set<Int> = []
            for event in ["message-summary", "check-sync", "refer", "dialog", "presence"] {
                for tag in [nil, wire.entropy.token(bits: 64)] {
                    var draft = try await phones[0].draft("NOTIFY", to: phones[1].account.number.text)
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
            if let line = try await phones[1].unasked() { return .broken("another phone got '\(line)'") }
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
        phones: 2,
        run: { (phones, wire, target) async throws(WireError) in
            let (sender, receiver) = (phones[0].account.number.text, phones[1].account.number.text)
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
            return .held("a stranger got 401, other names 403, and the \(statuses.count)th message at once \(last)")
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
