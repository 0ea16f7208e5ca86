// SPDX-License-Identifier: Apache-2.0

import Guard
import Primitives

/// An operator who is there for the length of an attack, with a browser and an authenticator app.
struct PortalPerson {
    /// Nobody guesses it, and it goes with its owner.
    let password: String
    let name: String
    let secret: [UInt8]
    /// Signed in.
    var browser: PortalBrowser
    private var lastStep: Int64

    /// Comes in by a link, as people do.
    static func enrolled(_ wire: Wire, _ portal: PortalTarget, _ target: Target) async throws(WireError) -> PortalPerson
    {
        let name = OperatorRules.attackPrefix + wire.entropy.token(bits: 32)
        let path = try await portal.invite(name)
        var browser = PortalBrowser(wire, portal, target)
        let secret = try await Self.secret(at: path, &browser)
        let password = goodPassword(using: wire.entropy)
        var step = SecondFactorRules.step(at: wire.wallClock()) - 1
        var done = try await browser.send(Self.form(password, portal.code(secret, step)), to: path)
        // Where others failed from here before, it has to wait.
        for _ in 0..<Limits.backOffs where done.status == 422 {
            await wire.pause(Limits.backOff)
            step = SecondFactorRules.step(at: wire.wallClock()) - 1
            done = try await browser.send(Self.form(password, portal.code(secret, step)), to: path)
        }
        guard done.status == 200, browser.cookies[session] != nil else {
            throw WireError(.local, "a link let nobody in: \(done.status)")
        }
        return PortalPerson(name: name, password: password, secret: secret, browser: browser, lastStep: step)
    }

    private init(name: String, password: String, secret: [UInt8], browser: PortalBrowser, lastStep: Int64) {
        (self.name, self.password, self.secret) = (name, password, secret)
        (self.browser, self.lastStep) = (browser, lastStep)
    }

    static let session = "__Host-session"

    /// The secret that the page of a link shows for the app.
    static func secret(at path: String, _ browser: inout PortalBrowser) async throws(WireError) -> [UInt8] {
        let page = try await browser.open(path)
        guard page.status == 200, let text = page.between("id=\"secret\">", "<"),
            let secret = Base32.decode(text.utf8.filter { $0 != UInt8(ascii: " ") })
        else { throw WireError(.local, "the page of a link shows no secret: \(page.status)") }
        return secret
    }

    static func form(_ password: String, _ code: String) -> [(name: String, value: String)] {
        [("password", password), ("again", password), ("code", code)]
    }

    static func goodPassword(using entropy: Entropy) -> String { entropy.token(bits: 128) }

    func form(_ code: String, password: String? = nil) -> [(name: String, value: String)] {
        [("name", name), ("password", password ?? self.password), ("code", code)]
    }

    /// A code that was not used yet; waits for the next one where all of the present were.
    mutating func freshCode() async -> String {
        let wire = browser.wire
        var step = max(lastStep + 1, SecondFactorRules.step(at: wire.wallClock()) - SecondFactorRules.drift)
        while step > SecondFactorRules.step(at: wire.wallClock()) + SecondFactorRules.drift {
            await wire.pause(.seconds(1))
            step = max(step, SecondFactorRules.step(at: wire.wallClock()) - SecondFactorRules.drift)
        }
        lastStep = step
        return browser.portal.code(secret, step)
    }

    /// Six digits that are no code of any step that counts at this moment.
    func wrongCode(_ index: Int) -> String {
        let present = SecondFactorRules.step(at: browser.wire.wallClock())
        let right = Set((present - 4...present + 4).map { browser.portal.code(secret, $0) })
        let candidates = (0..<20).lazy.map { 100_000 + index * 1_009 + $0 }.map(String.init)
        return candidates.first { !right.contains($0) } ?? "000000"
    }
}
