// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

/// Confusing the server about where a message ends.
enum FramingAttacks {
    static let all = [lengths, smuggling]

    private static let lengths = Attack(
        .intrusionDetection,
        "D06",
        "Lie about the length of a message",
        attempted:
            "Content-Length of 4294967295, -999, five, none, two that differ, and one digit too many for any number",
        expected:
            "the connection is closed each time, at most after a 400 or 413; an honest request is then still answered",
        run: { (wire, target) async throws(WireError) in
            var seen: [String] = []
            for length in [
                "4294967295", "-999", "five", "", "5, 6", "99999999999999999999999", "0\r\nContent-Length: 7",
            ] {
                var draft = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
                draft.contentLength = length
                let end = try await end(of: draft.bytes, wire, target)
                let name =
                    length.isEmpty ? "none" : length.components(at: "\r\n")[0] + (length.contains("\r") ? " and 7" : "")
                seen.append("\(name): \(end.text)")
                guard end.isClosed, end.isRefusal else { return .broken(seen.joined(separator: "; ")) }
            }
            guard try await Honesty.isServed(wire, target) else {
                return .broken("an honest request is not answered any more")
            }
            return .held(seen.joined(separator: "; "))
        }
    )

    private static let smuggling = Attack(
        .intrusionDetection,
        "D07",
        "Hide one message in another",
        attempted:
            "a second request inside a body, and after a body that is shorter than said; line ends without CR; a NUL in a name; garbage",
        expected: "what follows a login needs its own; everything that is not SIP closes the connection",
        run: { (wire, target) async throws(WireError) in
            if let hidden = try await hiddenRequest(wire, target) { return .broken(hidden) }
            var seen = ["hidden request: 401"]
            for (name, bytes) in broken(wire, target) {
                let end = try await end(of: bytes, wire, target)
                seen.append("\(name): \(end.text)")
                guard end.isClosed, end.isRefusal else { return .broken(seen.joined(separator: "; ")) }
            }
            guard try await Honesty.isServed(wire, target) else {
                return .broken("an honest request is not answered any more")
            }
            return .held(seen.joined(separator: "; "))
        }
    )

    /// A request behind a shorter body is a request of its own: challenged like any other, whoever said the first.
    private static func hiddenRequest(_ wire: Wire, _ target: Target) async throws(WireError) -> String? {
        guard let account = target.accounts.first else { return nil }
        let phone = TestPhone(account, wire, target)
        guard try await phone.register()?.status == 200 else { return nil }
        let inner = RequestDraft.probe("INVITE", name: "100", domain: target.domain.text, using: wire.entropy)
        var outer = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy)
        outer.body = inner.bytes
        outer.contentType = "message/sip"
        let line = try await phone.line()
        for length in [String(inner.bytes.count), "0"] {
            outer.contentLength = length
            outer.ids = Identifiers(using: wire.entropy)
            try await line.say(outer.bytes)
            while case .message(let message, _) = await line.next(within: Limits.silence) {
                guard message.isFinalAnswer(to: inner) || message.isAnswer(to: inner) else { continue }
                if length != "0" { return "a request inside a body was answered with '\(message.firstLine)'" }
                if message.status != 401 { return "a request after a body was answered with '\(message.firstLine)'" }
            }
        }
        await phone.hangUp()
        return nil
    }

    private static func broken(_ wire: Wire, _ target: Target) -> [(String, [UInt8])] {
        let honest = RequestDraft.probe("OPTIONS", name: "100", domain: target.domain.text, using: wire.entropy).bytes
        let text = String(decoding: honest, as: UTF8.self)
        return [
            ("bare LF", Array(text.components(at: "\r\n").joined(separator: "\n").utf8)),
            ("NUL in a name", Array(text.components(at: "Call-ID:").joined(separator: "Call\0-ID:").utf8)),
            ("garbage", Array(repeating: 0xFF, count: 100_000)),
            ("a line without end", Array("OPTIONS sip:".utf8) + Array(repeating: UInt8(ascii: "a"), count: 100_000)),
            ("HTTP", Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".utf8)),
            (
                "5,000 headers",
                Array((text.dropLast(2) + String(repeating: "X-A: b\r\n", count: 5_000) + "\r\n").utf8)
            ),
        ]
    }

    struct End {
        let text: String
        let isClosed: Bool
        /// Nothing but refusals came back.
        let isRefusal: Bool
    }

    static func end(of bytes: [UInt8], _ wire: Wire, _ target: Target) async throws(WireError) -> End {
        let line = try await wire.converse(Endpoint(.tls, port: target.tlsPort))
        _ = try? await line.say(bytes)
        let heard = await line.everything(within: Limits.hangUp)
        await line.close()
        let status = heard.bytes.isEmpty ? nil : HeardMessage(heard.bytes).status
        let words = status.map { "\($0) and " } ?? ""
        return End(
            text: words + (heard.isClosed ? "closed" : "left open"),
            isClosed: heard.isClosed,
            isRefusal: status.map { (400..<600).contains($0) && $0 != 401 } ?? heard.bytes.isEmpty
        )
    }
}
