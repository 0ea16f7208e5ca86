// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Attacks on what a telephone system leaves open beside what it needs.
enum OpenPortsAttack {
    static let all = [services, datagrams]

    /// What phone systems have been found to leave open, by port.
    private static let tcp: [(UInt16, String)] = [
        (21, "FTP"), (23, "Telnet"), (69, "TFTP"), (2000, "SCCP"), (2727, "MGCP"), (3000, "web console"),
        (3306, "MySQL"), (4569, "IAX2"), (4573, "AGI"), (5038, "Asterisk manager"), (5039, "Asterisk manager TLS"),
        (5060, "SIP without TLS"), (5080, "SIP without TLS"), (5090, "SIP tunnel"), (5432, "PostgreSQL"),
        (6379, "Redis"), (8021, "FreeSWITCH events"), (8080, "HTTP"), (8088, "HTTP API"), (8089, "HTTPS API"),
        (9090, "metrics"), (9100, "metrics"), (27017, "MongoDB"),
    ]
    private static let udp: [UInt16] = [69, 161, 2427, 2727, 4569, 5060, 5080, 5090, 10_074]

    private static let services = Attack(
        .openPorts,
        "R08",
        "Look for services that were left open",
        attempted: "connect to \(tcp.count) TCP ports on which phone systems have been found open",
        expected: "none answers, while the TLS port does",
        run: { (wire, target) async throws(WireError) in
            try await wire.expectAlive(target)
            var open: [String] = []
            for (port, name) in tcp where !target.declares(port) {
                guard let link = try? await wire.connect(Endpoint(.tcp, port: port)) else { continue }
                await link.close()
                open.append("\(port) (\(name))")
            }
            if !open.isEmpty { return .broken("open: \(open.joined(separator: ", "))") }
            return .held("the TLS port answers, none of the \(tcp.count) others does")
        }
    )

    private static let datagrams = Attack(
        .openPorts,
        "R08u",
        "Look for services that answer datagrams",
        attempted: "SIP, SNMP, IAX2 and empty datagrams to \(udp.count) UDP ports",
        expected: "nothing comes back",
        run: { (wire, target) async throws(WireError) in
            try await wire.expectAlive(target)
            var sent = 0
            for port in udp where !target.exceptedPorts.contains(port) {
                let link = try await wire.connect(Endpoint(.udp, port: port))
                for payload in payloads(wire, target) {
                    sent += 1
                    _ = try? await link.send(payload)
                }
                let arrival = await link.receive(.milliseconds(200))
                await link.close()
                if case .bytes(let bytes, _) = arrival {
                    return .broken("UDP port \(port) sent \(bytes.count) bytes back")
                }
            }
            return .held("\(sent) datagrams, none answered")
        }
    )

    private static func payloads(_ wire: Wire, _ target: Target) -> [[UInt8]] {
        let options = RequestDraft.probe(
            "OPTIONS",
            name: "100",
            domain: target.domain.text,
            transport: "UDP",
            using: wire.entropy
        )
        let snmp: [UInt8] = [
            0x30, 0x26, 2, 1, 1, 4, 6, 0x70, 0x75, 0x62, 0x6C, 0x69, 0x63, 0xA0, 0x19, 2, 1, 1, 2, 1, 0, 2, 1, 0,
            0x30, 0x0E, 0x30, 0x0C, 6, 8, 0x2B, 6, 1, 2, 1, 1, 1, 0, 5, 0,
        ]
        let iax: [UInt8] = [0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0x1E]
        return [options.bytes, snmp, iax, [0]]
    }
}
