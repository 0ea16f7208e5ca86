// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One request to a portal, as a browser writes it, or somebody who is none (RFC 9112 §3).
struct PortalRequest {
    let method: String
    let path: String
    /// As the Host header says it.
    var host: String
    var fields: [(name: String, value: String)] = []
    /// What was typed into the fields of a form.
    var form: [(name: String, value: String)]?

    init(_ method: String, _ path: String, host: String) { (self.method, self.path, self.host) = (method, path, host) }

    var bytes: [UInt8] {
        let body = form.map { form in
            form.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        }
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)", "Connection: close"]
        lines += fields.map { "\($0.name): \($0.value)" }
        if let body {
            lines += ["Content-Type: application/x-www-form-urlencoded", "Content-Length: \(body.utf8.count)"]
        }
        return Array((lines + ["", body ?? ""]).joined(separator: "\r\n").utf8)
    }

    /// application/x-www-form-urlencoded, with everything as digits that is not plain.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = UnicodeScalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain ? String(scalar) : "%" + Hex.encode([byte])
        }.joined()
    }
}

/// What a portal answered.
struct PortalReply {
    let status: Int
    /// Names in lower case.
    let fields: [(name: String, value: String)]
    let body: String

    /// - Returns: `nil` for what is no answer of HTTP.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let parts = text.components(at: "\r\n\r\n")
        let lines = parts[0].components(at: "\r\n")
        let first = lines[0].split(separator: " ")
        guard parts.count > 1, first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else {
            return nil
        }
        self.status = status
        fields = lines.dropFirst().compactMap { line in
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { return nil }
            return (halves[0].lowercased(), String(halves[1].drop { $0 == " " }))
        }
        body = parts.dropFirst().joined(separator: "\r\n\r\n")
    }

    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// Cookies that the browser is told to keep, with an empty value where it is to forget one.
    var cookies: [(name: String, value: String)] {
        fields.filter { $0.name == "set-cookie" }.compactMap { field in
            let pair = field.value.split(separator: ";")[0]
                .split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return pair.count == 2 ? (String(pair[0]), String(pair[1])) : nil
        }
    }

    /// What stands between two texts of the page, the first time.
    func between(_ start: String, _ end: String) -> String? {
        let parts = body.components(at: start)
        guard parts.count > 1 else { return nil }
        let rest = parts[1].components(at: end)
        return rest.count > 1 ? rest[0] : nil
    }
}

/// A browser in the attacker's hands: a connection for each request, cookies kept, nothing followed.
struct PortalBrowser {
    let wire: Wire
    let portal: PortalTarget
    let host: String
    var cookies: [String: String] = [:]

    init(_ wire: Wire, _ portal: PortalTarget, _ target: Target) {
        (self.wire, self.portal) = (wire, portal)
        host = target.host.contains(":") ? "[\(target.host)]" : target.host
    }

    /// The same, with nothing kept.
    var fresh: PortalBrowser {
        var other = self
        other.cookies = [:]
        return other
    }

    private var authority: String { portal.place.port == 443 ? host : "\(host):\(portal.place.port)" }

    mutating func open(_ path: String) async throws(WireError) -> PortalReply {
        try await ask(PortalRequest("GET", path, host: authority))
    }

    /// Sends a form as our own pages do.
    ///
    /// - Parameter fields: In place of what a browser says of where the form stood.
    mutating func send(
        _ form: [(name: String, value: String)],
        to path: String,
        saying fields: [(name: String, value: String)]? = nil
    ) async throws(WireError) -> PortalReply {
        var request = PortalRequest("POST", path, host: authority)
        request.form = form
        request.fields = fields ?? [("Origin", "https://\(authority)"), ("Sec-Fetch-Site", "same-origin")]
        return try await ask(request)
    }

    mutating func ask(
        _ request: PortalRequest,
        over endpoint: Endpoint? = nil
    ) async throws(WireError) -> PortalReply {
        var request = request
        if !cookies.isEmpty {
            let text = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            request.fields.append(("Cookie", text))
        }
        let link = try await wire.connect(endpoint ?? portal.usual)
        _ = try await link.send(request.bytes)
        let (bytes, _) = await wire.hear(link, within: Limits.portalReply)
        await link.close()
        guard let reply = PortalReply(bytes) else {
            throw WireError(.timedOut, "\(request.method) \(request.path.prefix(24)): no answer of HTTP")
        }
        for (name, value) in reply.cookies { cookies[name] = value.isEmpty ? nil : value }
        return reply
    }
}
