// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Reaching the portal from where nobody may.
enum AdminNetworksAttack {
    static let all = [reaching]

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

    /// - Returns: How many bytes came back.
    private static func say(_ bytes: [UInt8], as portal: PortalTarget, _ wire: Wire) async -> Int {
        guard let link = try? await wire.connect(portal.stranger(.tcp)) else { return 0 }
        _ = try? await link.send(bytes)
        let (heard, _) = await wire.hear(link, within: Limits.silence)
        await link.close()
        return heard.count
    }
}
