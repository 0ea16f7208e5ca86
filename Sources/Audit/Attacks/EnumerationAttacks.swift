// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Finding out whether a phone system is there, and which names exist in it.
enum EnumerationAttacks {
    static let all = [scanner, banner, names, logins, watching]

    static let methods = [
        "REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "PUBLISH", "REFER", "INFO", "NOTIFY", "XYZZY",
    ]

    private static let scanner = Attack(
        .intrusionDetection,
        "R01",
        "Sweep with a known scanner",
        attempted: "OPTIONS, REGISTER and INVITE whose User-Agent is friendly-scanner, sipcli, sipvicious or sundayddr",
        expected: "no answer at all, while an ordinary stranger is answered",
        run: { (wire, target) async throws(WireError) in
            var sent = 0
            for agent in ["friendly-scanner", "sipcli/v1.8", "sipvicious", "sundayddr"] {
                for method in ["OPTIONS", "REGISTER", "INVITE"] {
                    let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
                    var draft = RequestDraft.probe(method, name: "100", domain: target.domain.text, using: wire.entropy)
                    draft.userAgent = agent
                    _ = try? await line.say(draft.bytes)
                    sent += 1
                    let heard = await line.everything(within: .milliseconds(300))
                    await line.close()
                    if !heard.bytes.isEmpty {
                        return .broken("\(agent) got '\(HeardMessage(heard.bytes).firstLine)' to \(method)")
                    }
                }
            }
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            let draft = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
            let ordinary = try await line.ask(draft)
            await line.hangUp()
            return .held("\(sent) requests, not a byte; an ordinary stranger got '\(ordinary.firstLine)'")
        }
    )

    private static let banner = Attack(
        .intrusionDetection,
        "R07",
        "Read what software runs here",
        attempted:
            "read the answers to \(methods.count) methods for names and versions of software, and for inside addresses",
        expected: "no Server, User-Agent, Warning, Allow, Contact or Via of ours in any answer to a stranger",
        run: { (wire, target) async throws(WireError) in
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            for method in methods {
                let draft = RequestDraft.probe(method, name: "100", domain: target.domain.text, using: wire.entropy)
                let answer = try await line.ask(draft)
                let telling = ["server", "user-agent", "warning", "allow", "supported", "contact", "organization"]
                if let header = telling.first(where: { answer.value($0) != nil }) {
                    return .broken("\(method) was answered with \(header): \(answer.value(header) ?? "")")
                }
                if answer.values("via").count != 1 {
                    return .broken("\(method) was answered with a Via that is not mine")
                }
            }
            await line.hangUp()
            return .held("\(methods.count) answers without a word about the server")
        }
    )

    private static let names = Attack(
        .intrusionDetection,
        "R02",
        "Find out which extensions exist",
        attempted:
            "\(methods.count) methods, \(Limits.comparisons) times each, for an extension that exists and one that does not, on every way in; the answers compared byte by byte but for nonce and tag",
        expected: "one 401 each, the same for both, and nothing before or after it",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let taken = Set(target.accounts.map(\.number.text))
            var unknown = KnownAndUnknown.digits(account.number.text.utf8.count, using: wire.entropy)
            while taken.contains(unknown) { unknown = KnownAndUnknown.digits(unknown.utf8.count, using: wire.entropy) }
            var compared = 0
            for endpoint in ways(target) {
                let comparison = AnswerComparison(wire, target, endpoint)
                for method in methods {
                    if let difference = try await comparison.difference(method, account.number.text, unknown) {
                        return .broken("\(method): \(difference)")
                    }
                    compared += 2 * Limits.comparisons
                }
                await comparison.hangUp()
            }
            return .held("\(compared) answers, one form for each method")
        }
    )

    private static let logins = Attack(
        .intrusionDetection,
        "R03",
        "Find out which login names exist",
        attempted:
            "REGISTER and INVITE with a wrong password for a user name that exists and one that does not, \(Limits.comparisons) times each",
        expected: "the same 401 for both",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let comparison = AnswerComparison(wire, target, Endpoint(.tls, port: target.tlsPort))
            for method in ["REGISTER", "INVITE"] {
                if let difference = try await comparison.difference(ofLogins: method, account) {
                    return .broken("\(method): \(difference)")
                }
            }
            await comparison.hangUp()
            return .held("\(4 * Limits.comparisons) refused logins, one form for each method")
        }
    )

    private static let watching = Attack(
        .intrusionDetection,
        "R05",
        "Watch who is there and who talks",
        attempted: "SUBSCRIBE for \(events.count) kinds of news about an extension, without a login",
        expected: "401 each time, and never any news",
        run: { (wire, target) async throws(WireError) in
            guard let account = target.accounts.first else { return .needsAccount }
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            for event in events {
                let name = account.number.text
                var draft = RequestDraft.probe("SUBSCRIBE", name: name, domain: target.domain.text, using: wire.entropy)
                draft.extra = ["Event: \(event)", "Expires: 600"]
                let answer = try await line.ask(draft)
                if answer.status != 401 { return .broken("'\(answer.firstLine)' to \(event)") }
            }
            let news = await line.more(within: Limits.silence)
            await line.hangUp()
            if let news { return .broken("'\(news.firstLine)' came") }
            return .held("\(events.count) subscriptions got 401, and nothing came")
        }
    )

    private static let events = [
        "dialog", "presence", "message-summary", "reg", "refer", "conference", "presence.winfo", "as-feature-event",
        "ua-profile", "nothing",
    ]

    private static func ways(_ target: Target) -> [Endpoint] {
        [Endpoint(.tls, port: target.tlsPort)]
            + target.exceptedPorts.sorted().flatMap { [Endpoint(.tcp, port: $0), Endpoint(.udp, port: $0)] }
    }
}
