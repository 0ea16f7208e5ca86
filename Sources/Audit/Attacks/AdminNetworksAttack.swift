// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Reaching the portal from where nobody may.
enum AdminNetworksAttack {
    static let all = [reaching, probing]

    private static let reaching = Attack(
        .adminNetworks,
        "P14",
        "Reach the portal from a network that is not listed",
        attempted:
            "from an address that is in no listed network: a TLS hello, a request in the clear, and a page with headers that claim a listed address; from one that is in one: the page under names that are not ours",
        expected: "not a byte for the first, and no page for the second",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard let inside = portal.inside else { return .notAdmitted }
            var browser = PortalBrowser(wire, portal, target)
            guard try await browser.open("/sign-in").status == 200 else { return .notRun("the portal shows no page") }
            for host in ["evil.example", "\(browser.host).evil.example", "127.0.0.1.evil.example"] {
                let reply = try await browser.ask(PortalRequest("GET", "/sign-in", host: host))
                guard reply.status != 200 else { return .broken("it is answered as \(host) too") }
            }
            guard portal.outside != nil else {
                return .notRun("every address of this machine is in a network that may reach the portal")
            }
            for (name, bytes) in [
                ("a TLS hello", TLSTrial.today[1].hello.bytes(host: target.host, using: wire.entropy)),
                ("a request in the clear", PortalRequest("GET", "/sign-in", host: target.host).bytes),
            ] {
                let heard = await say(bytes, as: portal, wire)
                guard heard == 0 else { return .broken("\(name) was answered with \(heard) bytes") }
            }
            var request = PortalRequest("GET", "/sign-in", host: target.host)
            request.fields = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"].map { name in
                (name, name == "Forwarded" ? "for=\(inside)" : "\(inside)")
            }
            if let reply = try? await browser.ask(request, over: portal.stranger(.tls)) {
                return .broken("headers that claim \(inside) were answered with \(reply.status)")
            }
            return .held("from \(portal.outside.map { "\($0)" } ?? "outside") not a byte; no page under 3 other names")
        }
    )

    private static let probing = Attack(
        .adminNetworks,
        "R09",
        "Probe the portal for what other products left open",
        attempted:
            "from a listed network, signed in as nobody: names that scanners ask for, ways out of the folder, and pages and commands of the inside",
        expected:
            "one and the same page for every name that is not there, with nothing of what was asked in it, and nothing of the inside",
        run: { (wire, target) async throws(WireError) in
            guard let portal = target.portal else { return .noPortal }
            guard portal.inside != nil else { return .notAdmitted }
            var browser = PortalBrowser(wire, portal, target)
            let absent = try await browser.open("/" + wire.entropy.token(bits: 64))
            guard absent.status == 404 else { return .broken("a page that is not there was answered \(absent.status)") }
            for path in strangePaths {
                let reply = try await browser.open(path)
                guard reply.status == 404 else { return .broken("\(path) was answered \(reply.status)") }
                guard reply.body == absent.body else { return .broken("the page for \(path) is another one") }
            }
            for path in insidePaths {
                let reply = try await browser.open(path)
                guard !(200...299).contains(reply.status) else { return .broken("\(path) is shown to strangers") }
            }
            guard browser.cookies.isEmpty else { return .broken("a stranger was given a cookie") }
            return .held("\(strangePaths.count) names had one answer, \(insidePaths.count) pages of the inside none")
        }
    )

    /// What scanners for telephone systems and for web servers ask for (GHSA-v6hp-wh3r-cwxh, GHSA-4pgv-j3mr-3rcp, CVE-2025-57819).
    private static let strangePaths = [
        "/httpstatus", "/.git/config", "/.env", "/admin", "/admin/config.php", "/admin/ajax.php", "/phpmyadmin/",
        "/cgi-bin/luci", "/server-status", "/debug/pprof/", "/actuator/env", "/ws", "/ari/asterisk/info", "/rawman",
        "/phoneprov/000000000000.cfg", "/provisioning/SEP001122334455.cnf.xml", "/y000000000000.cfg", "/backup.zip",
        "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/style.css/../../ringfence.db",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
    ]

    private static let insidePaths = [
        "/", "/calls", "/journal", "/extensions", "/operators", "/account", "/metrics", "/api/v1/openapi.json",
        "/api/v1/extension.list",
    ]

    /// - Returns: How many bytes came back.
    private static func say(_ bytes: [UInt8], as portal: PortalTarget, _ wire: Wire) async -> Int {
        guard let link = try? await wire.connect(portal.stranger(.tcp)) else { return 0 }
        _ = try? await link.send(bytes)
        let (heard, _) = await wire.hear(link, within: Limits.silence)
        await link.close()
        return heard.count
    }
}
