// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives
import SIP

/// What one phone and we agreed on about refreshing (RFC 4028). Each leg has its own, or none.
struct SessionTimer: Sendable {
    /// In seconds.
    let interval: UInt32
    /// Whether we refresh. Else the phone does, and we end the call when it forgets.
    let isOurs: Bool
    /// Whether the phone takes an UPDATE (RFC 3311), which costs less than a re-INVITE.
    let allowsUpdate: Bool
    /// When to refresh.
    var next: MonotonicTime
    /// When the call ends without a refresh (§10): so early that the BYE still arrives in the session.
    let expires: MonotonicTime
    var isRefreshing = false

    init(interval: UInt32, isOurs: Bool, allowsUpdate: Bool, at now: Moment) {
        (self.interval, self.isOurs, self.allowsUpdate) = (interval, isOurs, allowsUpdate)
        next = now.monotonic + .seconds(Int64(interval / 2))
        expires = now.monotonic + .seconds(Int64(interval - min(32, interval / 3)))
    }

    /// The same again, from now on.
    func restarted(at now: Moment) -> SessionTimer {
        SessionTimer(interval: interval, isOurs: isOurs, allowsUpdate: allowsUpdate, at: now)
    }
}

// As the side that answers (§9).
extension SessionTimer {
    enum Refusal: Error {
        case malformed
        /// 422 with Min-SE.
        case tooShort
    }

    /// What a 2xx to this INVITE or UPDATE says.
    ///
    /// - Parameter before: What stands. A request that does not mention the timer, from a phone that knows it, keeps it.
    static func answering(
        _ request: Message,
        before: SessionTimer?,
        at now: Moment
    ) throws(Refusal) -> SessionTimer? {
        guard request.first(.sessionExpires) != nil else {
            guard let before, before.isOurs || supports(request) else { return nil }
            return before.restarted(at: now)
        }
        let (asked, floor): (SessionExpires?, UInt32?)
        do { (asked, floor) = (try request.sessionExpires(), try request.minimumSession()) } catch { throw .malformed }
        guard let asked else { return nil }
        switch SessionRules.decide(seconds: asked.seconds, floor: floor) {
        case .none: return nil
        case .tooShort: throw .tooShort
        case .interval(let interval):
            // A sender that does not know the timer cannot be told to refresh: a proxy put it there.
            let refresher = supports(request) ? asked.refresher ?? .uac : .uas
            let allowsUpdate = request.first(.allow) == nil ? before?.allowsUpdate : request.hasOption(.allow, "UPDATE")
            return SessionTimer(
                interval: interval,
                isOurs: refresher == .uas,
                allowsUpdate: allowsUpdate ?? false,
                at: now
            )
        }
    }

    private static func supports(_ request: Message) -> Bool {
        request.hasOption(.supported, "timer") || request.hasOption(.require, "timer")
    }

    /// For our 2xx.
    func writeAnswer(into writer: inout MessageWriter) {
        writer.field(.sessionExpires, "\(interval);refresher=\(isOurs ? "uas" : "uac")")
        if !isOurs { writer.field(.require, "timer") }
    }
}

// As the side that asks (§7).
extension SessionTimer {
    /// What a 2xx to a request of ours settled; `nil` when the phone wants no timer.
    init?(answeredBy response: Message, before: SessionTimer?, at now: Moment) {
        guard response.first(.sessionExpires) != nil, let answer = try? response.sessionExpires() else { return nil }
        let allowsUpdate = response.first(.allow) == nil ? before?.allowsUpdate : response.hasOption(.allow, "UPDATE")
        self.init(
            interval: min(max(answer.seconds, SessionRules.bounds.lowerBound), SessionRules.bounds.upperBound),
            isOurs: answer.refresher != .uas,
            allowsUpdate: allowsUpdate ?? false,
            at: now
        )
    }

    /// For our INVITE or UPDATE inside the dialog.
    func writeRequest(into writer: inout MessageWriter) {
        writer.field(.sessionExpires, "\(interval);refresher=\(isOurs ? "uac" : "uas")")
        writer.field(.minSE, Int(SessionRules.bounds.lowerBound))
    }
}
