// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

extension Check {
    /// Looks at the sessions that are kept, and asks the portal for pages as somebody who is not signed in (ATTACKS P01, P04, P05).
    static let loginProtection = Check(.loginProtection) { system in
        guard let sessions = system.portal.sessions else {
            return CheckReport(control: .loginProtection, examined: [], findings: [.unreadable(.loginProtection)])
        }
        var findings = sessions.filter { $0.lastSeen - $0.since > PortalSessionRules.longest }.map(Finding.endless)
        var examined = ["\(sessions.count) sessions"]
        for place in system.portal.places {
            await pages(system, place, into: &findings, &examined)
            await handshakes(system, place, into: &findings, &examined)
        }
        if system.portal.places.isEmpty { examined.append("the portal is reached nowhere") }
        return CheckReport(control: .loginProtection, examined: examined, findings: findings)
    }

    private static func pages(
        _ system: LiveSystem,
        _ place: SocketAddress,
        into findings: inout [Finding],
        _ examined: inout [String]
    ) async {
        let host = system.portalHost ?? "\(place.ip)"
        func ask(_ path: String) async -> PortalReply? {
            PortalReply(await system.portal.ask(PortalRequest("GET", path, host: host).bytes, place))
        }
        guard let page = await ask("/sign-in"), page.status == 200 else {
            findings.append(.noPage(place))
            return
        }
        let missing = protections.filter { name, part in page.field(name)?.contains(part) != true }.map(\.name)
        if !missing.isEmpty { findings.append(.unprotected(place, missing)) }
        if page.field("server") != nil { findings.append(.saysWhatItIs(place)) }
        for path in ["/", "/journal", "/operators", "/extensions/101/enrol"] {
            let status = await ask(path)?.status
            if status != 303 { findings.append(.open(place, path, status)) }
        }
        examined.append(
            "the sign-in at \(place) with \(protections.count) of its headers, and 4 pages without a session"
        )
    }

    /// Header fields, and what has to stand in each (OWASP ASVS 5, 3.4).
    private static let protections: [(name: String, part: String)] = [
        ("content-security-policy", "default-src 'none'"), ("content-security-policy", "frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cache-control", "no-store"),
    ]

    private static func handshakes(
        _ system: LiveSystem,
        _ place: SocketAddress,
        into findings: inout [Finding],
        _ examined: inout [String]
    ) async {
        var random = SystemRandomNumberGenerator()
        let seed: UInt64 = random.next()
        let host = system.portalHost ?? "\(place.ip)"
        let verdict = await TLSVerdict.judge { hello in
            let bytes = hello.bytes(host: host, using: Entropy { seed ^ UInt64.random(in: 0...(.max)) })
            return TLSReply(await system.portal.say(bytes, place, .admitted))
        }
        findings += verdict.faults.map { Finding.weakHandshake(place, $0) }
        examined.append("\(verdict.refused) of \(TLSTrial.weak.count) outdated TLS offers refused at \(place)")
    }
}

extension Finding {
    fileprivate static func endless(_ session: PortalSession) -> Self {
        Finding(
            "endless",
            .loginProtection,
            .critical,
            "A session went on for longer than any may.",
            evidence: "\(session.name) from \(session.source), since \(session.since), used until \(session.lastSeen)",
            remedy: "end it: ringfence session end \(session.name); and report the bug"
        )
    }

    fileprivate static func noPage(_ place: SocketAddress) -> Self {
        Finding(
            "no-page",
            .loginProtection,
            .warning,
            "The portal does not show its sign-in.",
            evidence: "\(place) gave no page to an address that may reach it",
            remedy: "look whether it is open: ringfence portal show; ringfence doctor"
        )
    }

    fileprivate static func unprotected(_ place: SocketAddress, _ missing: [String]) -> Self {
        Finding(
            "unprotected",
            .loginProtection,
            .critical,
            "Pages of the portal do not tell browsers how to protect them.",
            evidence: "\(place): \(missing.joined(separator: ", ")) not as it has to be",
            remedy: "look whether something stands between browsers and the server that changes its answers"
        )
    }

    fileprivate static func saysWhatItIs(_ place: SocketAddress) -> Self {
        Finding(
            "says-what-it-is",
            .loginProtection,
            .notice,
            "The portal tells strangers what program it is.",
            evidence: "\(place) answers with a Server header",
            remedy: "look what stands between browsers and the server"
        )
    }

    fileprivate static func open(_ place: SocketAddress, _ path: String, _ status: Int?) -> Self {
        Finding(
            "open",
            .loginProtection,
            .critical,
            "A page is shown to somebody who is not signed in.",
            evidence: "\(place)\(path) was answered with \(status.map { "\($0)" } ?? "nothing")",
            remedy: "close the portal until it is mended: ringfence portal listen; and report the bug"
        )
    }

    fileprivate static func weakHandshake(_ place: SocketAddress, _ fault: String) -> Self {
        Finding(
            "weak-handshake",
            .loginProtection,
            .critical,
            "The portal agrees to encryption of yesterday.",
            evidence: "\(place): \(fault)",
            remedy: "look which program listens there: ringfence doctor; and report the bug"
        )
    }
}
