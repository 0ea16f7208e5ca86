// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives

@testable import Audit

/// The sign-in of a portal in memory: the real decisions of `Guard` behind a little HTTP, with one thing wrong perhaps.
struct MemoryPortal {
    private struct Person {
        let password: String
        let secret: [UInt8]
        var lastStep: Int64
    }

    private let weakness: Weakness?
    private var links: [String: (name: String, secret: [UInt8])] = [:]
    private var people: [String: Person] = [:]
    /// Names by what stands in the cookie.
    private var sessions: [String: String] = [:]
    private var browsers: [String: String] = [:]
    private var gate = SignInGate()
    private var made: UInt8 = 0

    static let port: UInt16 = 8_445
    static let host = "pbx.office.example"
    /// Of those who are signed in.
    private static let pages: Set = [
        "/", "/calls", "/journal", "/extensions", "/extensions/101/enrol", "/operators", "/account", "/account/end",
        "/sign-out", "/metrics",
        "/api/v1/openapi.json", "/api/v1/extension.list",
    ]
    private static let wall = WallTime(milliseconds: 1_800_000_000_000)

    init(_ weakness: Weakness?) { self.weakness = weakness }

    mutating func invite(_ name: String) -> String {
        let token = next()
        links[token] = (name, [UInt8](repeating: made, count: SecondFactorRules.secretBytes))
        return "/invite/\(token)"
    }

    /// What an app shows; another function than that of real apps does as well here.
    static func code(_ secret: [UInt8], _ step: Int64) -> String {
        let value = secret.reduce(UInt64(bitPattern: step) &* 0x9E37_79B9_7F4A_7C15) {
            ($0 ^ UInt64($1)) &* 0x0100_0000_01B3
        }
        return String(1_000_000 + (value >> 20) % 1_000_000).dropFirst().description
    }

    private mutating func next() -> String {
        made += 1
        return Hex.encode([UInt8](repeating: 0, count: 31) + [made])
    }

    // MARK: Requests

    private struct Asked {
        let method: String
        let path: String
        let query: String
        let fields: [String: String]
        let form: [String: String]

        init(_ bytes: [UInt8]) {
            let parts = String(decoding: bytes, as: UTF8.self).components(at: "\r\n\r\n")
            let lines = parts[0].components(at: "\r\n")
            let first = lines[0].components(at: " ")
            let address = (first.count > 1 ? first[1] : "/").components(at: "?")
            (method, path, query) = (first[0], address[0], address.count > 1 ? address[1] : "")
            fields = Dictionary(
                lines.dropFirst().map { line in
                    let halves = line.components(at: ": ")
                    return (halves[0].lowercased(), halves.dropFirst().joined(separator: ": "))
                }
            ) { first, _ in first }
            form = Dictionary(
                (parts.count > 1 ? parts[1] : "").components(at: "&").map { pair in
                    let halves = pair.components(at: "=")
                    return (halves[0], Self.decoded(halves.count > 1 ? halves[1] : ""))
                }
            ) { first, _ in first }
        }

        private static func decoded(_ text: String) -> String {
            let pieces = text.components(at: "%")
            let rest = pieces.dropFirst().flatMap {
                (Hex.decode(String($0.prefix(2))) ?? []) + Array($0.dropFirst(2).utf8)
            }
            return String(decoding: Array(pieces[0].utf8) + rest, as: UTF8.self)
        }

        func cookie(_ name: String) -> String? {
            (fields["cookie"] ?? "").components(at: "; ").first { $0.hasPrefix(name + "=") }
                .map { String($0.dropFirst(name.count + 1)) }
        }
    }

    mutating func answer(_ bytes: [UInt8], from source: IPAddress, at now: MonotonicTime) -> [UInt8] {
        let asked = Asked(bytes)
        let host = (asked.fields["host"] ?? "").components(at: ":")[0]
        guard host == Self.host || weakness == .answersAnyHost else { return Self.reply(421, "") }
        let origin = "https://\(asked.fields["host"] ?? "")"
        let isOwn = asked.fields["sec-fetch-site"] == "same-origin" && asked.fields["origin"] == origin
        guard asked.method == "GET" || isOwn || weakness == .takesForeignForms else { return Self.reply(403, "") }
        if asked.path.hasPrefix("/invite/") { return link(asked) }
        switch (asked.method, asked.path) {
        case ("GET", "/sign-in"): return Self.reply(200, "Sign in")
        case ("POST", "/sign-in"): return signIn(asked, from: source, at: now)
        case ("GET", "/httpstatus") where weakness == .answersProbes: return Self.reply(200, "up 3 days")
        case ("GET", "/journal") where weakness == .showsPages: return Self.reply(200, "what people did")
        default: break
        }
        guard Self.pages.contains(asked.path) else {
            return Self.reply(404, weakness == .repeatsPaths ? "there is no \(asked.path)" : "there is no such page")
        }
        return inside(asked)
    }

    // MARK: Links

    private mutating func link(_ asked: Asked) -> [UInt8] {
        let token = String(asked.path.dropFirst("/invite/".count))
        guard let (name, secret) = links[token] else { return Self.reply(404, "closed") }
        guard asked.method == "POST" else {
            return Self.reply(200, "<p id=\"secret\">\(Base32.encode(secret))</p>")
        }
        let password = asked.form["password"] ?? ""
        let domain = DomainName(parsing: MemoryTarget.domain)
        let refusal = domain.flatMap { domain in
            OperatorPasswordRules.refusal(of: password, for: name, business: domain, isStolen: Self.stolen.contains)
        }
        let step = SecondFactorRules.step(of: asked.form["code"] ?? "", at: Self.wall) { Self.code(secret, $0) }
        guard refusal == nil || weakness == .takesAnyPassword, let step else { return Self.reply(422, "no") }
        links[token] = nil
        people[name] = Person(password: password, secret: secret, lastStep: step)
        return Self.reply(200, "recovery codes", cookies: begin(name, brought: nil))
    }

    private static let stolen: Set = ["password", "password12345678", "sunshine", "football", "monkey", "kitchen"]

    // MARK: Signing in

    private mutating func signIn(_ asked: Asked, from source: IPAddress, at now: MonotonicTime) -> [UInt8] {
        let (name, code) = (asked.form["name"] ?? "", asked.form["code"] ?? "")
        let person = people[name]
        let isKnown = asked.cookie("__Host-browser").map { browsers[$0] == name } ?? false
        let subjects: [SignInGate.Subject] =
            isKnown && weakness != .keepsOwnersOut
            ? [.browser(Array((asked.cookie("__Host-browser") ?? "").utf8), of: name)]
            : [.source(source.accountable), .name(name)]
        let isCounted = weakness != .countsNoSignIns && !(weakness == .countsNoCodes && isKnown)
        if isCounted, gate.enter(subjects, at: now) != nil { return Self.reply(429, "wait \(name)") }
        if weakness == .tellsNames, person == nil { return Self.reply(403, "nobody is called \(name)") }
        let step = person.flatMap { person in
            SecondFactorRules.step(of: code, at: Self.wall) { Self.code(person.secret, $0) }
        }
        let isFresh = step.map { $0 > (person?.lastStep ?? 0) } ?? false
        let isProven =
            isFresh || (step != nil && weakness == .takesCodesTwice) || (weakness == .asksForNoCode && code.isEmpty)
        guard let person, person.password == asked.form["password"], isProven else {
            return Self.reply(403, "no match: \(name)")
        }
        if let step { people[name]?.lastStep = max(step, person.lastStep) }
        gate.succeed(subjects)
        return Self.reply(303, "", cookies: begin(name, brought: asked.cookie(PortalPerson.session)))
    }

    private mutating func begin(_ name: String, brought: String?) -> [String] {
        let session = weakness == .keepsSessions ? brought ?? next() : next()
        if let brought { sessions[brought] = nil }
        sessions[session] = name
        let browser = next()
        browsers[browser] = name
        return ["\(PortalPerson.session)=\(session)", "__Host-browser=\(browser)"]
    }

    // MARK: Who is signed in

    private mutating func inside(_ asked: Asked) -> [UInt8] {
        guard let session = asked.cookie(PortalPerson.session), sessions[session] != nil else {
            return Self.reply(303, "")
        }
        let token = String(session.reversed())
        guard asked.method == "POST" else {
            if weakness == .changesByAddress, asked.path == "/account/end" { sessions = [:] }
            return Self.reply(200, "<input name=\"token\" value=\"\(token)\">")
        }
        guard asked.form["token"] == token || weakness == .takesForeignForms else { return Self.reply(403, "") }
        if weakness != .forgetsToSignOut { sessions[session] = nil }
        return Self.reply(303, "", cookies: ["\(PortalPerson.session)="])
    }

    private static func reply(_ status: Int, _ body: String, cookies: [String] = []) -> [UInt8] {
        var lines = [
            "HTTP/1.1 \(status) X", "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cache-Control: no-store",
            "Content-Length: \(body.utf8.count)",
        ]
        lines += cookies.map { "Set-Cookie: \($0); Path=/; Secure; HttpOnly; SameSite=Strict" }
        return Array((lines + ["", body]).joined(separator: "\r\n").utf8)
    }
}

extension MemoryTarget {
    /// Where the attacker may come from, and where not.
    static let admitted = IPAddress(v4: 0x7F00_0102)
    static let stranger = IPAddress(v4: 0x7F20_0102)
    static let portalPlace = SocketAddress(ip: address, port: MemoryPortal.port)

    nonisolated func portalTarget() -> PortalTarget {
        PortalTarget(
            place: Self.portalPlace,
            inside: Self.admitted,
            outside: Self.stranger,
            invite: { (name) async throws(WireError) in await self.invite(name) },
            code: MemoryPortal.code
        )
    }

    private func invite(_ name: String) -> String { portal.invite(name) }

    /// Whether somebody from there is let in to the portal.
    func isAdmitted(_ source: IPAddress, _ kind: Endpoint.Kind) -> Bool {
        if AdminNetworkRules.admits(source, in: snapshot.network) || weakness == .answersEveryNetwork { return true }
        return weakness == .believesHeaders && kind == .tls
    }

    /// Inside of TLS.
    func visit(_ bytes: [UInt8], on id: UInt64) {
        guard let peer = peers[id] else { return }
        put(portal.answer(bytes, from: peer.local.ip, at: now), to: id)
        close(id)
    }
}
