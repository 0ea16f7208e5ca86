// SPDX-License-Identifier: Apache-2.0

/// A SIP message as the attacker hears it, read without our own parser: what judges the server must not share its faults.
struct HeardMessage: Hashable, Sendable {
    let bytes: [UInt8]
    let firstLine: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        let end = Self.endOfHead(bytes) ?? bytes.count
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(at: "\r\n")
        firstLine = lines.first ?? ""
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        body = Array(bytes[min(end + 4, bytes.count)...])
    }

    static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }
    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// 100…699 of a response, `nil` for a request.
    var status: Int? {
        guard firstLine.hasPrefix("SIP/2.0 ") else { return nil }
        return Int(firstLine.dropFirst(8).prefix(3))
    }

    var method: String? {
        status == nil ? firstLine.split(separator: " ").first.map(String.init) : nil
    }

    func value(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    func values(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

    /// Where the first message of a stream ends; `nil` while it is not all there.
    static func length(of stream: [UInt8]) -> Int? {
        guard let end = endOfHead(stream) else { return nil }
        let head = String(decoding: stream[..<end], as: UTF8.self).lowercased()
        let line = head.components(at: "\r\n").first { $0.hasPrefix("content-length:") || $0.hasPrefix("l:") }
        let length = line.flatMap { Int($0.components(at: ":")[1].filter { $0 != " " }) } ?? 0
        guard length >= 0, length < Limits.heard, stream.count >= end + 4 + length else { return nil }
        return end + 4 + length
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first {
            bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
        }
    }
}

/// What a challenge asks for (RFC 7616 §3.3).
struct HeardChallenge: Hashable, Sendable {
    let realm: String
    let nonce: String
    let algorithm: String?
    let qop: String?
    let opaque: String?
    let isStale: Bool

    init?(_ message: HeardMessage) {
        guard let value = message.value("www-authenticate") ?? message.value("proxy-authenticate"),
            value.lowercased().hasPrefix("digest "), let realm = Self.parameter("realm", value),
            let nonce = Self.parameter("nonce", value)
        else { return nil }
        (self.realm, self.nonce) = (realm, nonce)
        algorithm = Self.parameter("algorithm", value)
        qop = Self.parameter("qop", value)
        opaque = Self.parameter("opaque", value)
        isStale = Self.parameter("stale", value)?.lowercased() == "true"
    }

    private static func parameter(_ name: String, _ value: String) -> String? {
        for part in value.dropFirst(7).split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == name else { continue }
            return String(pair[1].drop { $0 == " " || $0 == "\"" }.prefix { $0 != "\"" })
        }
        return nil
    }
}
