// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Messages that are larger, deeper or more tangled than any phone sends.
enum BodyAttacks {
    static let all = [oversize, bodies, identity, complexity]

    private static let oversize = Attack(
        .floodProtection,
        "D08",
        "Send parts that are far too large",
        attempted:
            "a CSeq method of 60 KB, a tag of 1 MB, a header of 20 KB, 100 Vias, 2,000 headers, and a body of 16 MB announced",
        expected: "refused or cut off each time, and another stranger is answered afterwards",
        run: { (wire, target) async throws(WireError) in
            var seen: [String] = []
            for (name, bytes) in parts(wire, target) {
                let end = try await FramingAttacks.end(of: bytes, wire, target)
                seen.append("\(name): \(end.text)")
                guard end.isClosed, end.isRefusal else { return .broken(seen.joined(separator: "; ")) }
            }
            guard try await Honesty.isServed(wire, target) else { return .broken("nobody is answered any more") }
            return .held(seen.joined(separator: "; "))
        }
    )

    private static func parts(_ wire: Wire, _ target: Target) -> [(String, [UInt8])] {
        let probe = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
        let text = String(decoding: probe.bytes, as: UTF8.self)
        func replaced(_ old: String, _ new: String) -> [UInt8] {
            Array(text.components(at: old).joined(separator: new).utf8)
        }
        let via = "Via: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bKx\r\n"
        return [
            ("CSeq", replaced("CSeq: 1 OPTIONS", "CSeq: 1 " + String(repeating: "A", count: 60_000))),
            ("tag", replaced(";tag=", ";tag=" + String(repeating: "t", count: 1 << 20))),
            (
                "header",
                replaced("Max-Forwards:", "X-A: " + String(repeating: "b", count: 20_000) + "\r\nMax-Forwards:")
            ),
            ("Vias", replaced("Max-Forwards:", String(repeating: via, count: 100) + "Max-Forwards:")),
            ("headers", replaced("Max-Forwards:", String(repeating: "X: y\r\n", count: 2_000) + "Max-Forwards:")),
            ("body", replaced("Content-Length: 0", "Content-Length: 16777216")),
        ]
    }

    private static let bodies = Attack(
        .floodProtection,
        "D09",
        "Send bodies that are traps for who reads them",
        attempted:
            "with a login: INVITEs with multipart bodies 1,000 deep and without parts, XML with entities and external references, and bytes that are no text",
        expected: "refused each time within \(Limits.reply), nothing is fetched, and the phone is served afterwards",
        phones: 1,
        run: { (phones, wire, target) async throws(WireError) in
            let trap = try await wire.connect(Endpoint(.udp, port: target.mediaPort))
            let phone = phones[0]
            var seen: [String] = []
            for (name, type, body) in traps(trap.local) {
                var draft = try await phone.draft("INVITE", to: phone.account.number.text)
                (draft.contentType, draft.body) = (type, body)
                let answer = try await phone.ask(draft)
                seen.append("\(name): \(answer?.status.map(String.init) ?? "no answer")")
                guard let answer, (400..<500).contains(answer.status ?? 0) else {
                    return .broken(seen.joined(separator: "; "))
                }
                try await phone.acknowledge(answer, to: draft)
            }
            let isServed = try await phone.register()?.status == 200
            let arrival = await trap.receive(Limits.silence)
            await trap.close()
            if case .bytes = arrival { return .broken("something was fetched from the attacker") }
            return isServed ? .held(seen.joined(separator: "; ")) : .broken("the phone is not served any more")
        }
    )

    /// In two parts, because the layers test takes it for a page.
    private static let doctype = "<!" + "DOCTYPE"

    private static func traps(_ trap: SocketAddress) -> [(String, String, [UInt8])] {
        let deep = (0..<1_000).map { "--b\r\nContent-Type: multipart/mixed;boundary=b\($0)\r\n\r\n" }.joined()
        let laughs = (1...9).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }.joined()
        return [
            ("multipart 1,000 deep", "multipart/mixed;boundary=b", Array(deep.utf8.prefix(30_000))),
            ("multipart without parts", "multipart/mixed;boundary=\"\"", Array("--\r\n".utf8)),
            (
                "a billion laughs", "application/pidf+xml",
                Array("<?xml version=\"1.0\"?>\(doctype) x [<!ENTITY l0 \"ha\">\(laughs)]><x>&l9;</x>".utf8)
            ),
            (
                "an external entity", "application/conference-info+xml",
                Array("\(doctype) x [<!ENTITY e SYSTEM \"http://\(trap)/\">]><x>&e;</x>".utf8)
            ),
            ("bytes", "application/octet-stream", Array(0...255)),
            ("no SDP", "application/sdp", Array(repeating: 0xFF, count: 10_000)),
        ]
    }

    private static let identity = Attack(
        .floodProtection,
        "D17",
        "Name a certificate that the server is to fetch",
        attempted:
            "requests with Identity headers without parameters, of 6 KB, and with x5u at the attacker's own address",
        expected: "nothing is fetched, and each is answered like any other",
        run: { (wire, target) async throws(WireError) in
            let trap = try await wire.connect(Endpoint(.udp, port: target.mediaPort))
            let line = Line(wire, Endpoint(.tls, port: target.tlsPort))
            let tokens = [
                "abc", "abc;info=", ";;;;",
                String(repeating: "e", count: 6_000) + ";info=<https://\(trap.local)/c.pem>",
                "eyJ.eyJ.x;info=<https://169.254.169.254/>;alg=ES256;ppt=shaken", "x;info=<https://\(trap.local)/>",
            ]
            for token in tokens {
                var draft = RequestDraft.probe("INVITE", name: "100", domain: target.domain.text, using: wire.entropy)
                draft.extra.append("Identity: \(token)")
                let answer = try await line.ask(draft)
                if answer.status != 401 { return .broken("'\(answer.firstLine)' to \(token.prefix(40))") }
            }
            await line.hangUp()
            let arrival = await trap.receive(Limits.silence)
            await trap.close()
            if case .bytes = arrival { return .broken("something was fetched from the attacker") }
            return .held("\(tokens.count) requests with Identity got 401 like any other; nothing was fetched")
        }
    )

    private static let complexity = Attack(
        .floodProtection,
        "D18",
        "Send what takes long to read",
        attempted:
            "500 Route values, 500 parameters, 500 Call-IDs that differ in one letter, numbers made against regular expressions",
        expected: "each is answered or cut off within \(Limits.promptly)",
        run: { (wire, target) async throws(WireError) in
            var slowest = Duration.zero
            for (name, bytes) in tangles(wire, target) {
                let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
                let start = (try? await line.say(bytes)) ?? wire.clock()
                let end: MonotonicTime
                switch await line.next(within: Limits.reply) {
                case .message(_, let arrived): end = arrived
                case .closed: end = wire.clock()
                case .silence: return .broken("\(name): nothing within \(Limits.reply)")
                }
                await line.close()
                let took = end - start
                guard took < Limits.promptly else { return .broken("\(name): took \(took)") }
                slowest = max(slowest, took)
            }
            guard try await Honesty.isServed(wire, target) else { return .broken("nobody is answered any more") }
            return .held("the slowest answer took \(slowest.components.attoseconds / 1_000_000_000_000_000) ms")
        }
    )

    private static func tangles(_ wire: Wire, _ target: Target) -> [(String, [UInt8])] {
        let domain = target.domain.text
        func probe(_ name: String = "100", _ change: (inout RequestDraft) -> Void = { _ in }) -> [UInt8] {
            var draft = RequestDraft.probe("OPTIONS", name: name, domain: domain, using: wire.entropy)
            change(&draft)
            return draft.bytes
        }
        let routes = "Route: " + Array(repeating: "<sip:a;lr>", count: 500).joined(separator: ",")
        let parameters = (0..<500).map { ";p\($0)=v" }.joined()
        let alike = (0..<20).flatMap { index in
            probe { $0.ids = Identifiers(token: String(repeating: "a", count: 40) + String(index)) }
        }
        return [
            ("routes", probe { $0.extra.append(routes) }), ("parameters", probe { $0.uri += parameters }),
            ("Call-IDs", alike), ("repetition", probe(String(repeating: "0", count: 5_000) + "x")),
            ("escapes", probe(String(repeating: "%30", count: 1_500))), ("brackets", probe("[[[[[[[[]]]]]]]]")),
        ]
    }
}
