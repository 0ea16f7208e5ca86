// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Asks the same for a name that exists and for one that does not, and tells the first difference between the answers.
actor AnswerComparison {
    private let wire: Wire
    private let target: Target
    private let line: Line
    private let transport: String
    /// A port that a listener is excepted for may speak only one of TCP and UDP.
    private let mayBeAbsent: Bool
    private let endpoint: Endpoint

    init(_ wire: Wire, _ target: Target, _ endpoint: Endpoint) {
        (self.wire, self.target, self.endpoint) = (wire, target, endpoint)
        line = Line(wire, endpoint)
        mayBeAbsent = endpoint.kind != .tls
        transport = endpoint.kind.name
    }

    func hangUp() async { await line.hangUp() }

    /// For extensions: nobody logs in.
    func difference(_ method: String, _ known: String, _ unknown: String) async throws(WireError) -> String? {
        if mayBeAbsent, await wire.probe("OPTIONS", endpoint, target) == nil { return nil }
        var forms: [Set<String>] = [[], []]
        for _ in 0..<Limits.comparisons {
            for (index, name) in [known, unknown].enumerated() {
                let draft = RequestDraft.probe(
                    method,
                    name: name,
                    domain: target.domain.text,
                    transport: transport,
                    using: wire.entropy
                )
                let answer = try await line.ask(draft)
                guard answer.status == 401 else { return "answered '\(answer.firstLine)' for \(describe(index))" }
                forms[index].insert(AnswerMask.apply(to: answer.bytes, of: draft))
                if let more = await line.more(within: .milliseconds(50)) {
                    return "'\(more.firstLine)' came beside the answer for \(describe(index))"
                }
            }
        }
        return Self.difference(forms)
    }

    /// For logins: a fresh challenge each time, answered with a password that must not be good.
    ///
    /// - Parameter shape: What is done to each request before it is sent.
    func difference(
        ofLogins method: String,
        _ account: TestAccount,
        password: Redacted<String> = Redacted("wrong"),
        times: Int = Limits.comparisons,
        shaping shape: (inout RequestDraft) -> Void = { _ in }
    ) async throws(WireError) -> String? {
        let unknown = "z" + wire.entropy.token(bits: 128).prefix(max(account.username.utf8.count - 1, 1))
        var forms: [Set<String>] = [[], []]
        for _ in 0..<times {
            for (index, username) in [account.username, unknown].enumerated() {
                var draft = RequestDraft.probe(
                    method,
                    name: account.number.text,
                    domain: target.domain.text,
                    transport: transport,
                    using: wire.entropy
                )
                shape(&draft)
                guard let challenge = HeardChallenge(try await line.ask(draft)) else { return "no challenge" }
                let form = LoginForm(password: password, username: username)
                draft.extra.append(Login.header(for: draft, challenge, account, form, using: wire.entropy))
                draft.ids = Identifiers(using: wire.entropy)
                let answer = try await line.ask(draft)
                guard answer.status == 401 else { return "answered '\(answer.firstLine)' for \(describe(index))" }
                forms[index].insert(AnswerMask.apply(to: answer.bytes, of: draft))
            }
        }
        return Self.difference(forms)
    }

    private func describe(_ index: Int) -> String { index == 0 ? "a name that exists" : "a name that does not" }

    private static func difference(_ forms: [Set<String>]) -> String? {
        guard forms[0] != forms[1] else { return nil }
        let known = forms[0].subtracting(forms[1]).min() ?? forms[0].min() ?? ""
        let unknown = forms[1].subtracting(forms[0]).min() ?? forms[1].min() ?? ""
        let (left, right) = (known.components(at: "\r\n"), unknown.components(at: "\r\n"))
        for index in 0..<max(left.count, right.count) {
            let (mine, theirs) = (index < left.count ? left[index] : "", index < right.count ? right[index] : "")
            if mine != theirs { return "'\(mine)' for a name that exists, '\(theirs)' for one that does not" }
        }
        return "the answers differ from one time to the next"
    }
}
