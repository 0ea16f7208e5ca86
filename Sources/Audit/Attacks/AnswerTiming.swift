// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Measures answers to requests without a login.
///
/// They are said on the connection of a registered phone: a stranger's requests are rationed, and the answer is the same.
actor NameTiming {
    private let wire: Wire
    private let target: Target
    private let phone: TestPhone
    private let known: String
    private let unknown: String
    private var isRegistered = false

    init(_ wire: Wire, _ target: Target) {
        (self.wire, self.target) = (wire, target)
        phone = TestPhone(target.accounts[1], wire, target)
        known = target.accounts[0].number.text
        let taken = target.accounts.map(\.number.text)
        let free = (0..<1_000).lazy.map { _ in KnownAndUnknown.digits(taken[0].utf8.count, using: wire.entropy) }
        unknown = free.first { !taken.contains($0) } ?? "00"
    }

    func measure(_ count: Int) async throws(WireError) -> [TimingAttack.Pair] {
        var pairs: [TimingAttack.Pair] = []
        let deadline = wire.clock() + Limits.timing
        while pairs.count < count, wire.clock() < deadline {
            if !isRegistered { isRegistered = try await phone.register()?.status == 200 }
            let line = try await phone.line()
            if let pair = await line.pair(wire.entropy, known: draft(known), unknown: draft(unknown)) {
                pairs.append(pair)
            } else {
                await phone.hangUp()
                isRegistered = false
                await wire.pause(Limits.backOff)
            }
        }
        return pairs
    }

    func end() async { await phone.hangUp() }

    private func draft(_ name: String) -> RequestDraft {
        RequestDraft.probe("REGISTER", name: name, domain: target.domain.text, using: wire.entropy)
    }
}

/// Measures refusals of wrong logins: a few on each connection, a few connections from each address.
///
/// A target that is this machine is attacked from addresses of 127.0.0.0/8, each of which is another stranger to it. From
/// elsewhere there is one address, and the target decides how many are let through.
actor LoginTiming {
    private let wire: Wire
    private let target: Target
    private let known: TestAccount
    private let unknown: String
    /// Where its addresses begin: elsewhere each time, because those of the last run may have been shut out by it.
    private let first: UInt32
    private var connections: UInt32 = 0

    init(_ wire: Wire, _ target: Target) {
        (self.wire, self.target) = (wire, target)
        known = target.accounts[0]
        first = UInt32(truncatingIfNeeded: wire.entropy.next() % 0x00FD_FFFE)
        unknown = "q" + wire.entropy.token(bits: 128).prefix(max(known.username.utf8.count - 1, 1))
    }

    func measure(_ count: Int) async throws(WireError) -> [TimingAttack.Pair] {
        var pairs: [TimingAttack.Pair] = []
        let deadline = wire.clock() + Limits.timing
        while pairs.count < count, wire.clock() < deadline {
            let line = try await connect()
            let challenge = (try? await line.ask(draft()))?.flatMap { HeardChallenge($0) }
            for _ in 0..<Limits.loginsPerConnection / 2 {
                guard let challenge else { break }
                let drafts = (login(known.username, challenge), login(unknown, challenge))
                guard let pair = await line.pair(wire.entropy, known: drafts.0, unknown: drafts.1) else { break }
                pairs.append(pair)
            }
            await line.close()
        }
        return pairs
    }

    private func connect() async throws(WireError) -> Conversation {
        connections += 1
        let isHere = target.address.isLoopback && target.address.isIPv4
        let host = (first + connections / UInt32(Limits.connectionsPerAddress)) % 0x00FD_FFFE
        let source = isHere ? IPAddress(v4: 0x7F01_0001 + host) : nil
        return try await wire.converse(Endpoint(.tls, port: target.tlsPort, from: source))
    }

    private func draft() -> RequestDraft {
        RequestDraft.probe("REGISTER", name: known.number.text, domain: target.domain.text, using: wire.entropy)
    }

    private func login(_ username: String, _ challenge: HeardChallenge) -> RequestDraft {
        var draft = draft()
        let form = LoginForm(password: Redacted("wrong"), username: username)
        draft.extra = [Login.header(for: draft, challenge, known, form, using: wire.entropy)]
        return draft
    }
}

extension Conversation {
    /// Times one request for the name that exists and one for the other, in random order.
    ///
    /// - Returns: `nil` when one is not answered.
    fileprivate func pair(
        _ entropy: Entropy,
        known: RequestDraft,
        unknown: RequestDraft
    ) async -> TimingAttack.Pair? {
        let isKnownFirst = entropy.bytes(1)[0] & 1 == 0
        guard let first = await time(isKnownFirst ? known : unknown),
            let second = await time(isKnownFirst ? unknown : known)
        else { return nil }
        return TimingAttack.Pair(known: isKnownFirst ? first : second, unknown: isKnownFirst ? second : first)
    }

    /// Nanoseconds until the answer.
    private func time(_ draft: RequestDraft) async -> Int64? {
        guard let sent = try? await say(draft.bytes) else { return nil }
        while case .message(let message, let arrived) = await next(within: .seconds(2)) {
            guard message.isFinalAnswer(to: draft) else { continue }
            let (seconds, attoseconds) = (arrived - sent).components
            return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        }
        return nil
    }
}
