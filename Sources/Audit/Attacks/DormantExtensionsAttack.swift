// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives

/// Coming back with the password of somebody who has left.
enum DormantExtensionsAttack {
    static let all = [leaver, leaverWhoNeedsHelp]

    private static let leaver = Attack(
        .dormantExtensions,
        "I05",
        "Log in with the phone of somebody who has left",
        attempted:
            "REGISTER and INVITE with the right password of an extension that is disabled, \(Limits.comparisons) times each, and with the same password under a name that nobody has",
        expected: "the same 401 for both, so that nothing says that the password was ever good",
        run: { (wire, target) async throws(WireError) in
            guard let leaver = target.leaver else { return .needsAccount }
            let comparison = AnswerComparison(wire, target, Endpoint(.tls, port: target.tlsPort))
            for method in ["REGISTER", "INVITE"] {
                let difference = try await comparison.difference(
                    ofLogins: method,
                    leaver,
                    password: leaver.password
                )
                if let difference { return .broken("\(method): \(difference)") }
            }
            await comparison.hangUp()
            return .held("\(4 * Limits.comparisons) refused logins, one form for each method")
        }
    )

    private static let leaverWhoNeedsHelp = Attack(
        .dormantExtensions,
        "I05h",
        "Find out by calls for help whether the password of somebody who has left is right",
        attempted:
            "in the attacker's own process, by the same program, so that nobody real is called: an INVITE for each number for help with the right password of an extension that is disabled, which cannot leave because its audio has no keys, its hops are spent, it needs what nobody knows or it takes the place of another call; and one that can leave",
        expected:
            "the answers to a name that nobody has, unless the call leaves; and no login of it makes a place of phones of where the attacker is, where no ban would reach",
        run: { (_, target) async throws(WireError) in
            guard let terms = target.outside else { return .needsTerms }
            guard let rehearsal = target.insider?.help else { return .needsInsider }
            guard let settings = HelpRehearsal.Obstacle.nothing.settings(terms.dialing.numbering) else {
                throw WireError(.local, "no settings for a rehearsal")
            }
            let stage = try await rehearsal.stage(settings, true)
            guard let account = stage.target.accounts.first else { return .needsAccount }
            let made = WallTime(milliseconds: 0)
            await stage.change([.put(Extension(number: account.number, name: "", isEnabled: false, createdAt: made))])
            let comparison = AnswerComparison(stage.wire, stage.target, Endpoint(.tls, port: stage.target.tlsPort))
            for hitch in HelpHitch.allCases {
                let difference = try await comparison.difference(
                    ofLogins: "INVITE",
                    account,
                    password: account.password,
                    times: 2,
                    shaping: { hitch.apply(to: &$0, of: stage.target.domain) }
                )
                if let difference { return .broken("112 with \(hitch.rawValue): \(difference)") }
            }
            await comparison.hangUp()
            guard await stage.asked().isEmpty else { return .broken("a call left that could not") }
            let phone = TestPhone(account, stage.wire, stage.target)
            do throws(WireError) { _ = try await phone.dial(phone.invitation(to: "112")) } catch {
                if error.kind == .local { throw error }
            }
            guard await stage.asked() == ["112"] else { return .broken("a call for help did not leave") }
            guard await !stage.isHome() else { return .broken("no ban would reach where the login came from") }
            return .held("\(HelpHitch.allCases.count) kinds of calls that cannot leave say nothing of the password")
        }
    )
}

/// Why a call for help cannot leave.
private enum HelpHitch: String, CaseIterable {
    case noKeys = "audio without keys"
    case noAudio = "a description that nobody can read"
    case noHops = "no hops left"
    case unknownNeed = "a need that nobody knows"
    case shortSession = "a session that is too short"
    case replaces = "the place of another call"

    func apply(to draft: inout RequestDraft, of domain: DomainName) {
        (draft.uri, draft.to) = ("sip:112@\(domain)", "sip:112@\(domain)")
        draft.contentType = "application/sdp"
        let lines = [
            "v=0", "o=- 1 1 IN IP4 192.0.2.50", "s=-", "c=IN IP4 192.0.2.50", "t=0 0",
            self == .noKeys ? "m=audio 40000 RTP/AVP 0" : "m=audio 40000 RTP/SAVP 0",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
        ]
        let kept = self == .noKeys ? lines.dropLast() : lines[...]
        draft.body = Array((kept.joined(separator: "\r\n") + "\r\n").utf8)
        switch self {
        case .noKeys: break
        case .noAudio: draft.body = Array("nothing".utf8)
        case .noHops: draft.maxForwards = 0
        case .unknownNeed: draft.extra.append("Require: attack")
        case .shortSession: draft.extra.append("Session-Expires: 1")
        case .replaces: draft.extra.append("Replaces: nobody;to-tag=a;from-tag=b")
        }
    }
}
