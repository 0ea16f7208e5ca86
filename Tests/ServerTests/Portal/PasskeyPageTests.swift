// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import NIOHTTP1
import Primitives
import Testing

@testable import Server

/// What strangers and people without a passkey get; that one works is tried with a real browser (`portal_check.py`).
@Suite("Pages of passkeys", .serialized)
struct PasskeyPageTests {
    private struct Asked: Decodable {
        let challenge: String
        let user: String?
        let name: String?
        let known: [String]?
    }

    private func asked(_ reply: PortalClient.Reply) throws -> Asked {
        #expect(reply.status == 200 && reply.header("Content-Type") == "application/json")
        return try JSONDecoder().decode(Asked.self, from: Data(reply.body.utf8))
    }

    /// What an authenticator that nobody knows would send.
    private static let unknown = [
        ("passkey", Base64URL.encode([UInt8](repeating: 7, count: 32))), ("passkey-client", "e30"),
        ("passkey-data", Base64URL.encode([UInt8](repeating: 0, count: 37))), ("passkey-signature", "AAAA"),
    ]

    @Test func `whoever comes is asked the same, and it says nothing of who there is`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            _ = try await scene.enrol("anna")
            let client = scene.client
            var seen: Set<String> = []
            for name in ["anna", "nobody", ""] {
                let reply = try await client.ask(.POST, "/sign-in/passkey", form: [("name", name)])
                let asked = try asked(reply)
                #expect(asked.user == nil && asked.known == nil && asked.name == nil)
                #expect(Base64URL.decode(asked.challenge)?.count == 56)
                let cookie = try #require(reply.header("Set-Cookie"))
                #expect(
                    cookie.hasPrefix("__Host-ticket=") && cookie.hasSuffix("HttpOnly; SameSite=Strict; Max-Age=300")
                )
                seen.insert(asked.challenge)
            }
            #expect(seen.count == 3)
            let door = try await client.ask(.GET, "/sign-in").body
            #expect(door.contains("data-passkey=\"/sign-in/passkey\"") && door.contains("name=\"code\""))
        }
    }

    @Test func `P05 another page asks for nothing`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let foreign = [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")]
            for path in ["/sign-in/passkey", "/account/passkey", "/account/passkeys/ask", "/account/passkeys"] {
                let form = [("token", anna.token)]
                #expect(try await anna.client.ask(.POST, path, form: form, headers: foreign).status == 403, "\(path)")
                #expect(try await anna.client.ask(.GET, path).status == 404, "\(path)")
            }
            for path in ["/account/passkey", "/account/passkeys/ask", "/account/passkeys"] {
                #expect(try await anna.client.ask(.POST, path, form: [("token", "0")]).status == 403, "\(path)")
                let away = scene.client
                #expect(try await away.ask(.POST, path, form: [("token", anna.token)]).header("Location") == "/sign-in")
            }
        }
    }

    @Test func `P02 a passkey that nobody has is answered like a wrong code`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            _ = try await scene.enrol("anna")
            let bare = scene.client
            let typed = [("name", "anna"), ("password", PortalScene.password)]
            let code = try await bare.ask(.POST, "/sign-in", form: typed + [("code", "000000")])
            _ = try await bare.ask(.POST, "/sign-in/passkey", form: [])
            let passkey = try await bare.ask(.POST, "/sign-in", form: typed + [("code", "")] + Self.unknown)
            #expect(code.status == 403 && passkey.status == 403 && code.body == passkey.body)
            #expect(bare.cookies["__Host-session"] == nil)
        }
    }

    @Test func `one's own page asks the authenticator, and takes nothing that it did not make`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let form = [("token", anna.token)]
            let wish = try asked(try await anna.client.ask(.POST, "/account/passkeys/ask", form: form))
            #expect(wish.name == "anna" && wish.known == [])
            #expect(wish.user.flatMap { Base64URL.decode($0) }?.count == 32)
            #expect(try asked(try await anna.client.ask(.POST, "/account/passkey", form: form)).user == nil)
            for made in [[], [("passkey-client", "e30"), ("passkey-attestation", "oA")], [("passkey-client", "!")]] {
                let add = form + [("name", "office-laptop")] + made
                let reply = try await anna.client.ask(.POST, "/account/passkeys", form: add)
                #expect(reply.status == 422 && reply.body.contains("The passkey was not added."))
                #expect(reply.body.contains("value=\"office-laptop\""))
            }
            let gone = try await anna.client.ask(.POST, "/account/passkeys/none/remove", form: form)
            #expect(gone.status == 422 && gone.body.contains("Nothing was removed."))
            #expect(try await anna.client.ask(.GET, "/account").body.contains("Add a passkey"))
        }
    }
}
