// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Sending more than anybody needs, and making the server send more than it got.
enum FloodAttacks {
    static let all = [flood, handshakes, burst, reflection]

    private static let flood = Attack(
        .floodProtection,
        "D01",
        "Flood the server with requests",
        attempted:
            "up to \(Limits.floodRounds * Limits.floodBatch) requests over one connection while a phone is in use",
        expected: "the flood is cut off after a part of it, and every request of the phone is answered meanwhile",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            let phone = phones[0]
            let source = target.elsewhere(using: wire.entropy)
            let stranger = try await wire.converse(Endpoint(.tls, port: target.tlsPort, from: source))
            var (sent, answered, served, asked) = (0, 0, 0, 0)
            for _ in 0..<Limits.floodRounds {
                guard await !stranger.isClosed, (try? await stranger.say(batch(wire, target))) != nil else { break }
                sent += Limits.floodBatch
                while case .message = await stranger.next(within: .milliseconds(1)) { answered += 1 }
                asked += 1
                let draft = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
                if (try? await phone.line().ask(draft))?.status != nil { served += 1 }
            }
            let isCut = await stranger.everything(within: Limits.silence).isClosed
            await stranger.close()
            let text =
                "\(sent) requests, \(answered) answered, \(isCut ? "then cut off" : "and never cut off"); "
                + "the phone got \(served) of \(asked) answers"
            return isCut && served == asked && asked > 0 ? .held(text) : .broken(text)
        }
    )

    private static func batch(_ wire: Wire, _ target: Target) -> [UInt8] {
        let methods = ["REGISTER", "INVITE", "OPTIONS", "PUBLISH"]
        return (0..<Limits.floodBatch).flatMap { index in
            let name = wire.entropy.token(bits: 64)
            return RequestDraft.probe(methods[index % 4], name: name, domain: target.domain.text, using: wire.entropy)
                .bytes
        }
    }

    private static let handshakes = Attack(
        .floodProtection,
        "D04",
        "Begin to agree on encryption and stop",
        attempted:
            "\(Limits.handshakes) TLS handshakes from another address that stop before, in the middle of and after the first message, or go on with garbage; half of them hang up",
        expected: "another stranger is answered meanwhile and afterwards",
        run: { (wire, target) async throws(WireError) in
            let source = target.elsewhere(using: wire.entropy)
            let hello = TLSHello(version: 0x0303, suites: TLSTrial.strongSuites).bytes(
                host: target.host,
                using: wire.entropy
            )
            let parts = [[], Array(hello.prefix(20)), hello, hello + wire.entropy.bytes(200)]
            var (open, begun): ([Link], Int) = ([], 0)
            for number in 0..<Limits.handshakes {
                guard let link = try? await wire.connect(Endpoint(.tcp, port: target.tlsPort, from: source)) else {
                    continue
                }
                begun += 1
                _ = try? await link.send(parts[number % parts.count])
                if number % 8 < 4 { open.append(link) } else { await link.close() }
            }
            let meanwhile = try await Honesty.isServed(wire, target)
            for link in open { await link.close() }
            let afterwards = try await Honesty.isServed(wire, target)
            let text =
                "\(begun) handshakes begun; another stranger was "
                + "\(meanwhile ? "" : "not ")answered meanwhile and \(afterwards ? "" : "not ")afterwards"
            return begun > 0 && meanwhile && afterwards ? .held(text) : .broken(text)
        }
    )

    private static let burst = Attack(
        .floodProtection,
        "D11",
        "Hang up in the middle of what was asked",
        attempted:
            "ten INVITEs on a connection that closes at once, ten times, half of them with half a message at the end",
        expected: "another stranger is answered after each",
        run: { (wire, target) async throws(WireError) in
            for round in 0..<10 {
                let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
                let invites = (0..<10).flatMap { _ in
                    RequestDraft.probe("INVITE", name: "100", domain: target.domain.text, using: wire.entropy).bytes
                }
                _ = try? await line.say(round % 2 == 0 ? invites : Array(invites.dropLast(200)))
                await line.close()
                guard try await Honesty.isServed(wire, target) else {
                    return .broken("nobody was answered after \(round + 1) bursts")
                }
            }
            return .held("10 bursts; another stranger was answered after each")
        }
    )

    private static let reflection = Attack(
        .floodProtection,
        "D13",
        "Make the server send more than it got",
        attempted:
            "short OPTIONS, REGISTER, INVITE, BYE, STUN and half requests as datagrams to every port, as a forger would send them in a victim's name",
        expected: "not more bytes and not more packets come back than were sent",
        run: { (wire, target) async throws(WireError) in
            try await wire.expectAlive(target)
            var total = Traffic()
            let ports = Set([target.tlsPort, 5060, target.mediaPort]).union(target.exceptedPorts)
            for port in ports.sorted() {
                let traffic = try await exchange(port, wire, target)
                guard traffic.back <= traffic.sent, traffic.packetsBack <= traffic.packetsSent else {
                    return .broken("UDP port \(port): \(traffic.text)")
                }
                total.add(traffic)
            }
            return .held(total.text)
        }
    )

    private struct Traffic {
        var (sent, back, packetsSent, packetsBack) = (0, 0, 0, 0)

        mutating func add(_ other: Traffic) {
            (sent, back) = (sent + other.sent, back + other.back)
            (packetsSent, packetsBack) = (packetsSent + other.packetsSent, packetsBack + other.packetsBack)
        }

        var text: String { "\(sent) bytes in \(packetsSent) packets sent, \(back) bytes in \(packetsBack) came back" }
    }

    /// Each payload is judged by itself: a long one must not pay for a short one.
    private static func exchange(_ port: UInt16, _ wire: Wire, _ target: Target) async throws(WireError) -> Traffic {
        var total = Traffic()
        for payload in payloads(wire, target) {
            let link = try await wire.connect(Endpoint(.udp, port: port))
            var traffic = Traffic()
            (traffic.sent, traffic.packetsSent) = (payload.count, 1)
            _ = try? await link.send(payload)
            while case .bytes(let bytes, _) = await link.receive(.milliseconds(200)) {
                traffic.back += bytes.count
                traffic.packetsBack += 1
            }
            await link.close()
            total.add(traffic)
            // One that breaks the rule is told alone.
            if traffic.back > traffic.sent || traffic.packetsBack > 1 { return traffic }
        }
        return total
    }

    private static func payloads(_ wire: Wire, _ target: Target) -> [[UInt8]] {
        let short = ["OPTIONS", "REGISTER", "INVITE", "BYE", "XYZZY"].map { method in
            let token = wire.entropy.token(bits: 32)
            let lines = [
                "\(method) sip:\(target.domain) SIP/2.0", "Via:SIP/2.0/UDP x;branch=z9hG4bK\(token)", "f:<sip:a>;tag=1",
                "t:<sip:a>" + (method == "BYE" ? ";tag=2" : ""), "i:\(token)", "CSeq:1 \(method)", "Max-Forwards:9", "",
                "",
            ]
            return Array(lines.joined(separator: "\r\n").utf8)
        }
        let probe = RequestDraft.probe(
            "REGISTER",
            name: "100",
            domain: target.domain.text,
            transport: "UDP",
            using: wire.entropy
        )
        let binding: [UInt8] = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + wire.entropy.bytes(12)
        return short + [probe.bytes, Array(probe.bytes.prefix(60)), binding, [0]]
    }
}

/// A stranger who means no harm, and must be served all the same.
enum Honesty {
    static func isServed(_ wire: Wire, _ target: Target) async throws(WireError) -> Bool {
        let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
        let draft = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
        let answer = try? await line.ask(draft)
        await line.hangUp()
        return answer?.status == 401
    }
}

extension Target {
    /// Another address to attack from, so that the server sees another host. Only there where the attack runs on the
    /// server's own machine, which answers to the whole of 127.0.0.0/8.
    func elsewhere(using entropy: Entropy) -> IPAddress? {
        guard insider != nil, address.isIPv4 else { return nil }
        let word = entropy.next()
        let host = 0x7F03_0001 + UInt32(truncatingIfNeeded: word) % 0x00F0_0000
        return IPAddress(v4: host)
    }
}
