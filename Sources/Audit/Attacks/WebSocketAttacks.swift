// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Abusing the way in for browsers (RFC 7118): pages of others, and frames that break the protocol.
enum WebSocketAttacks {
    static let all = [openings, frames, pieces]

    // MARK: Opening

    private static let openings = Attack(
        .floodProtection,
        "P06",
        "Open a WebSocket from a page of somebody else",
        attempted:
            "opening requests from the pages of \(origins.joined(separator: " and ")), one without the subprotocol "
            + "'sip', and requests for anything else that a web server may have",
        expected: "403, 400 and 404 without a word about who answers, and then the end of the connection",
        run: { (wire, target) async throws(WireError) in
            guard let port = target.wssPort else { return .nothingToAttack }
            let subprotocol = ["Sec-WebSocket-Protocol: sip"]
            var trials = origins.map { (403, "GET / HTTP/1.1", ["Origin: \($0)"] + subprotocol) }
            trials.append((400, "GET / HTTP/1.1", []))
            for line in ["GET /admin HTTP/1.1", "POST / HTTP/1.1", "GET /.git/config HTTP/1.1"] {
                trials.append((404, line, subprotocol))
            }
            for (status, line, fields) in trials {
                let link = try await wire.browse(port)
                _ = try await link.send(request(line, fields, target, wire))
                let (answer, isClosed) = await wire.hear(link, within: Limits.reply)
                await link.close()
                let text = String(decoding: answer, as: UTF8.self)
                guard text.hasPrefix("HTTP/1.1 \(status) ") else {
                    return .broken("'\(line)' with \(fields.first ?? "nothing") was answered '\(text.prefix(40))'")
                }
                guard !text.lowercased().contains("\r\nserver:") else { return .broken("the answer says who gives it") }
                guard isClosed else { return .broken("the connection stayed open after \(status)") }
            }
            return .held("\(trials.count) requests refused, each with its own number and nothing else")
        }
    )

    private static let origins = ["https://evil.example", "null"]

    private static func request(_ line: String, _ fields: [String], _ target: Target, _ wire: Wire) -> [UInt8] {
        let key = Base64.encode(wire.entropy.bytes(16))
        let usual = [
            "Host: \(target.host)", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: \(key)",
        ]
        return Array(([line] + usual + fields + ["", ""]).joined(separator: "\r\n").utf8)
    }

    // MARK: Frames

    private static let frames = Attack(
        .floodProtection,
        "D14",
        "Abuse an open WebSocket",
        attempted:
            "an unmasked frame, a frame of 2^63 bytes, a message in pieces of one byte, a reserved kind of frame, text "
            + "that is no UTF-8, and a flood of pings",
        expected:
            "each ends its own connection with close code 1002, 1007 or 1009, the pings bring no more than they cost, "
            + "and others are served",
        run: { (wire, target) async throws(WireError) in
            guard let port = target.wssPort else { return .nothingToAttack }
            for (name, bytes, codes) in abuses {
                let (answer, isClosed) = try await after(bytes, port, wire, target)
                guard isClosed else { return .broken("\(name): the connection stayed open") }
                guard let code = closeCode(answer), codes.contains(code) else {
                    return .broken("\(name): no close code that tells why")
                }
            }
            let pings = Array(repeating: ClientFrame.bytes(0x89, []), count: pingCount).flatMap(\.self)
            let (pongs, _) = try await after(pings, port, wire, target)
            guard pongs.count < pings.count else {
                return .broken("\(pings.count) bytes of pings brought \(pongs.count)")
            }
            try await wire.expectAlive(target)
            return .held(
                "\(abuses.count) abuses ended with their reason; \(pings.count) bytes of pings brought \(pongs.count)"
            )
        }
    )

    private static let pieces = Attack(
        .floodProtection,
        "D14p",
        "Never end a message over a WebSocket",
        attempted: "a request, and then a message in pieces, one a second, none of them the last",
        expected: "the connection is closed within \(Limits.slowConnection)",
        run: { (wire, target) async throws(WireError) in
            guard let port = target.wssPort else { return .nothingToAttack }
            let link = try await opened(port, wire, target)
            let probe = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
            _ = try await link.send(ClientFrame.bytes(0x81, probe.bytes))
            let start = wire.clock()
            var (sent, isClosed): (Int, Bool) = (0, false)
            while !isClosed, wire.clock() - start < Limits.slowConnection {
                let piece = ClientFrame.bytes(sent == 0 ? 0x01 : 0x00, Array(repeating: 0x61, count: 1_000))
                isClosed = (try? await link.send(piece)) == nil
                sent += 1
                if !isClosed { isClosed = await wire.hear(link, within: .seconds(1)).isClosed }
            }
            await link.close()
            let text = "\(sent) pieces, \(isClosed ? "then closed" : "and never closed")"
            return isClosed ? .held(text) : .broken(text)
        }
    )

    /// Within the budget of a stranger: more would only show that there is one.
    private static let pingCount = 300

    /// A name, what is sent, and which reasons are right.
    private static let abuses: [(String, [UInt8], Set<UInt16>)] = [
        ("unmasked", [0x81, 0x05, 0x68, 0x65, 0x6C, 0x6C, 0x6F], [1002]),
        ("2^63 bytes", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], [1002, 1009]),
        ("2^40 bytes", [0x82, 0xFF, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4], [1009]),
        (
            "pieces of one byte",
            ClientFrame.bytes(0x01, [0x61])
                + Array(repeating: ClientFrame.bytes(0x00, [0x61]), count: 500).flatMap(\.self),
            [1002, 1008, 1009]
        ),
        ("a reserved kind", ClientFrame.bytes(0x83, []), [1002]),
        ("no UTF-8", ClientFrame.bytes(0x81, [0xFF, 0xFE]), [1007]),
    ]

    /// What comes back over a WebSocket of its own.
    private static func after(
        _ bytes: [UInt8],
        _ port: UInt16,
        _ wire: Wire,
        _ target: Target
    ) async throws(WireError) -> (bytes: [UInt8], isClosed: Bool) {
        let link = try await opened(port, wire, target)
        _ = try await link.send(bytes)
        let heard = await wire.hear(link, within: Limits.silence)
        await link.close()
        return heard
    }

    private static func opened(_ port: UInt16, _ wire: Wire, _ target: Target) async throws(WireError) -> Link {
        let link = try await wire.browse(port)
        _ = try await link.send(request("GET / HTTP/1.1", ["Sec-WebSocket-Protocol: sip"], target, wire))
        guard case .bytes(let answer, _) = await link.receive(Limits.reply), answer.starts(with: "HTTP/1.1 101".utf8)
        else {
            throw WireError(.refused, "no WebSocket is opened")
        }
        return link
    }

    /// Of a close frame at the end.
    private static func closeCode(_ bytes: [UInt8]) -> UInt16? {
        let frame = Array(bytes.suffix(4))
        guard frame.count == 4, frame[0] == 0x88, frame[1] == 2 else { return nil }
        return UInt16(frame[2]) << 8 | UInt16(frame[3])
    }
}

/// Frames as a client sends them (RFC 6455 §5.2), right or wrong.
enum ClientFrame {
    /// - Parameter first: Whether it is the last of its message, and its kind. The payload is shorter than 64 KiB.
    static func bytes(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        let length = payload.count
        let head: [UInt8] =
            length < 126
            ? [first, 0x80 | UInt8(length)] : [first, 0xFE, UInt8(length >> 8 & 255), UInt8(length & 255)]
        return head + mask
            + payload.enumerated().map { $0.element ^ mask[$0.offset % 4] }
    }
}

extension Wire {
    /// Connects as a browser does. A target that has had enough of strangers for now is asked again a little later.
    fileprivate func browse(_ port: UInt16) async throws(WireError) -> Link {
        for _ in 0..<Limits.backOffs {
            if let link = try? await connect(Endpoint(.tls, port: port)) { return link }
            await pause(Limits.backOff)
        }
        return try await connect(Endpoint(.tls, port: port))
    }

    /// Everything that comes within the time given, or until the other side closes.
    func hear(_ link: Link, within patience: Duration) async -> (bytes: [UInt8], isClosed: Bool) {
        var bytes: [UInt8] = []
        let deadline = clock() + patience
        while bytes.count < Limits.heard, clock() < deadline {
            switch await link.receive(deadline - clock()) {
            case .bytes(let more, _): bytes += more
            case .closed: return (bytes, true)
            case .silence: return (bytes, false)
            }
        }
        return (bytes, false)
    }
}

extension Observation {
    fileprivate static let nothingToAttack = Observation.held("no listener for browsers is open")
}
