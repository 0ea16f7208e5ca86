// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives

/// Finding out which names exist by how long an answer takes (ATTACKS R04).
///
/// The statistic is the area under the ROC curve of a classifier that takes the slower answer for the name that exists:
/// 0.5 is a coin. One request for each name is a pair, in random order, so that drift and caches hit both alike. It may
/// differ from 0.5 by 0.02. The first 1,000 pairs have a standard error of 0.013, so one run in eight of a perfect server
/// would be outside; then 4,000 more are taken, and all together have one of 0.006: less than one run in a thousand.
enum TimingAttack {
    static let attack = Attack(
        .intrusionDetection,
        "R04",
        "Find out which login names exist by the time an answer takes",
        attempted:
            "\(Limits.timedPairs) pairs of REGISTERs with a wrong password, for a user name that exists and one that does not",
        expected: "the slower answer tells nothing: area under the ROC curve 0.5 ± \(tolerance)",
        run: { (wire, target) async throws(WireError) in
            guard target.accounts.count >= 2 else { return .needsAccount }
            let timing = LoginTiming(wire, target, phone: TestPhone(target.accounts[1], wire, target))
            var samples = try await timing.measure(Limits.timedPairs)
            guard samples.count >= Limits.timedPairs / 2 else {
                return .notRun("only \(samples.count) pairs were answered")
            }
            if abs(area(samples) - 0.5) > tolerance { samples += try await timing.measure(Limits.furtherPairs) }
            await timing.end()
            let figure = area(samples)
            let text =
                "area \(decimals(figure, 3)) over \(samples.count) pairs, medians \(median(samples.map(\.known))) and "
                + "\(median(samples.map(\.unknown))) microseconds"
            return abs(figure - 0.5) > tolerance ? .broken(text) : .held(text)
        }
    )

    static let tolerance = 0.02

    struct Pair: Hashable, Sendable {
        /// Nanoseconds until the answer.
        let known: Int64
        let unknown: Int64
    }

    /// The probability that a random `known` took longer than a random `unknown`, ties counted half (Mann-Whitney U).
    static func area(_ pairs: [Pair]) -> Double {
        guard !pairs.isEmpty else { return 0.5 }
        let all = (pairs.map { ($0.known, true) } + pairs.map { ($0.unknown, false) }).sorted { $0.0 < $1.0 }
        var (ranks, index) = (0.0, 0)
        while index < all.count {
            var end = index
            while end < all.count, all[end].0 == all[index].0 { end += 1 }
            let shared = Double(index + 1 + end) / 2
            ranks += shared * Double(all[index..<end].count { $0.1 })
            index = end
        }
        let count = Double(pairs.count)
        return (ranks - count * (count + 1) / 2) / (count * count)
    }

    private static func median(_ values: [Int64]) -> String {
        let sorted = values.sorted()
        return decimals(Double(sorted[sorted.count / 2]) / 1_000, 1)
    }

    private static func decimals(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        return String((value * scale).rounded() / scale)
    }
}

/// Measures pairs on one connection. It is a registered phone's where possible, because a stranger's requests are rationed.
private actor LoginTiming {
    private let wire: Wire
    private let target: Target
    private let phone: TestPhone
    private let known: TestAccount
    private let unknown: String
    private var challenge: HeardChallenge?

    init(_ wire: Wire, _ target: Target, phone: TestPhone) {
        (self.wire, self.target, self.phone) = (wire, target, phone)
        known = target.accounts[0]
        unknown = "q" + wire.entropy.token(bits: 128).prefix(max(target.accounts[0].username.utf8.count - 1, 1))
    }

    func measure(_ count: Int) async throws(WireError) -> [TimingAttack.Pair] {
        var pairs: [TimingAttack.Pair] = []
        var misses = 0
        while pairs.count < count, misses < Limits.backOffs {
            let isKnownFirst = wire.entropy.bytes(1)[0] & 1 == 0
            let first = try await time(isKnownFirst ? known.username : unknown)
            let second = try await time(isKnownFirst ? unknown : known.username)
            guard let first, let second else {
                misses += 1
                await phone.hangUp()
                challenge = nil
                await wire.pause(Limits.backOff)
                continue
            }
            pairs.append(
                TimingAttack.Pair(known: isKnownFirst ? first : second, unknown: isKnownFirst ? second : first)
            )
        }
        return pairs
    }

    func end() async { await phone.hangUp() }

    /// How long the answer to one wrong login takes, in nanoseconds; `nil` when none comes.
    private func time(_ username: String) async throws(WireError) -> Int64? {
        let challenge = try await currentChallenge()
        var draft = RequestDraft(
            "REGISTER",
            to: "\(known.number)@\(target.domain)",
            ids: Identifiers(using: wire.entropy)
        )
        draft.uri = "sip:\(target.domain)"
        let form = LoginForm(password: Redacted("wrong"), username: username)
        draft.extra = [Login.header(for: draft, challenge, known, form, using: wire.entropy)]
        let line = try await phone.line()
        guard let sent = try? await line.say(draft.bytes) else { return nil }
        while case .message(let message, let arrived) = await line.next(within: .seconds(2)) {
            guard message.isFinalAnswer(to: draft) else { continue }
            // The next login answers this challenge, so that every request is like every other.
            self.challenge = HeardChallenge(message)
            let (seconds, attoseconds) = (arrived - sent).components
            return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        }
        return nil
    }

    private func currentChallenge() async throws(WireError) -> HeardChallenge {
        if let challenge { return challenge }
        // Once registered, the connection is a phone's and has a phone's allowance.
        _ = try await phone.register()
        let draft = try await phone.registration(expires: 60)
        return try await phone.challenge(to: draft)
    }
}
