// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// What came of a call that must not leave.
enum OutsideOutcome: Hashable, Sendable {
    /// Refused at once.
    case refused(Int)
    /// On its way: what showed it.
    case left(Int)
    /// Nothing that can be judged.
    case unclear(String)

    /// Refusals of a number: anything else means that the call was taken for one that may leave.
    private static let refusals: Set<Int> = [400, 403, 404, 414, 416, 484]

    init(final status: Int) { self = Self.refusals.contains(status) ? .refused(status) : .left(status) }
}

extension TestPhone {
    /// Calls a number outside that must be refused. Nobody is to answer, whatever the target does: what shows that the call is on
    /// its way ends it at once, and a second of silence too.
    func dial(_ draft: RequestDraft) async throws(WireError) -> OutsideOutcome {
        for _ in 0..<Limits.backOffs {
            let first = try await firstAnswer(to: draft)
            guard let challenge = HeardChallenge(first) else {
                if first.value("retry-after") == nil { return OutsideOutcome(final: first.status ?? 0) }
                await pause(Limits.backOff)
                continue
            }
            let invite = authorised(draft, challenge, LoginForm())
            try await line().say(invite.bytes)
            if let outcome = try await outcome(of: invite, draft) { return outcome }
            await pause(Limits.backOff)
        }
        return .unclear("the target had no time")
    }

    /// What comes of an INVITE that went out.
    ///
    /// - Parameter draft: The same before it had a login.
    /// - Returns: `nil` when the target asks to try again later.
    func outcome(of invite: RequestDraft, _ draft: RequestDraft) async throws(WireError) -> OutsideOutcome? {
        let line = try await line()
        while case .message(let message, _) = await line.next(within: Limits.silence) {
            guard message.isAnswer(to: invite), let status = message.status, status > 100 else { continue }
            // It goes to another phone first, or nowhere (RFC 3261 §21.1.3).
            guard status != 181 else { continue }
            if status < 200 {
                try await takeBack(invite, draft)
                return .left(status)
            }
            if status < 300 {
                try await confirm(message, to: invite)
                _ = try await hangUp(message, of: invite)
                return .left(status)
            }
            try await acknowledge(message, to: draft)
            return message.value("retry-after") == nil ? OutsideOutcome(final: status) : nil
        }
        try await takeBack(invite, draft)
        return .left(100)
    }

    /// CANCEL (RFC 3261 §9.1), and BYE where the answer was quicker.
    private func takeBack(_ invite: RequestDraft, _ draft: RequestDraft) async throws(WireError) {
        var cancel = invite
        cancel.method = "CANCEL"
        (cancel.contentType, cancel.body, cancel.extra) = (nil, [], [])
        try await line().say(cancel.bytes)
        guard let answer = try await finalAnswer(to: invite) else { return }
        guard (answer.status ?? 0) < 300 else { return try await acknowledge(answer, to: draft) }
        try await confirm(answer, to: invite)
        _ = try await hangUp(answer, of: invite)
    }

    /// Calls numbers that must be refused.
    func dialEach(_ numbers: [PhoneNumber]) async throws(WireError) -> Observation {
        try await dialEach("numbers", numbers.map(\.text)) { (number) async throws(WireError) in
            try await self.invitation(to: number)
        }
    }

    /// Calls what must be refused; what the target said to all of them.
    ///
    /// - Parameters:
    ///   - kind: What they are, in the plural.
    ///   - draft: The INVITE for one of them.
    func dialEach(
        _ kind: String,
        _ texts: [String],
        _ draft: @Sendable (String) async throws(WireError) -> RequestDraft
    ) async throws(WireError) -> Observation {
        var seen: [Int: Int] = [:]
        for text in texts {
            switch try await dial(draft(text)) {
            case .refused(let status): seen[status, default: 0] += 1
            case .left(let status): return .broken("the call to \(text) was on its way: \(status)")
            case .unclear(let why): return .notRun(why)
            }
        }
        let statuses = seen.sorted { $0.key < $1.key }.map { "\($0.value) with \($0.key)" }
        return .held("of \(texts.count) \(kind) refused " + statuses.joined(separator: ", "))
    }
}
