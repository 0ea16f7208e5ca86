// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import NIOHTTP1
import Primitives
import Testing

@testable import Portal
@testable import Server

@Suite("Pages of the portal: numbers and voice messages", .serialized)
struct NumberPageTests {
    private func send(
        _ anna: PortalScene.Person,
        _ path: String,
        _ form: [(String, String)] = []
    ) async throws -> PortalClient.Reply {
        try await anna.client.ask(.POST, path, form: [("token", anna.token)] + form)
    }

    @Test func `a number is added, led to somebody, and removed`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "Reception <b>")]))
            let wrong = try await send(anna, "/numbers/add", [("number", "<b>030"), ("to", "204")])
            #expect(wrong.status == 422 && wrong.body.contains("value=\"&lt;b&gt;030\""))
            #expect(try await send(anna, "/numbers/add", [("number", "+493012345678"), ("to", "204")]).status == 303)
            let list = try await anna.client.ask(.GET, "/numbers").body
            #expect(list.contains("+493012345678") && list.contains("/numbers/493012345678"))
            let nobody = try await send(anna, "/numbers/493012345678", [("to", "999")])
            #expect(nobody.status == 422 && nobody.body.contains("value=\"999\""))
            #expect(try await send(anna, "/numbers/493012345678", [("to", ""), ("closed", "204")]).status == 303)
            let number = try #require(scene.system.snapshot.outside.numbers.values.first)
            #expect(number.destination == nil && number.closed?.text == "204")
            #expect(try await send(anna, "/numbers/493012345678/remove").status == 303)
            #expect(scene.system.snapshot.outside.numbers.isEmpty)
        }
    }

    @Test func `a mailbox is given, gets a PIN that is shown once, and goes`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "Reception")]))
            #expect(try await send(anna, "/voicemail/add", [("number", "204")]).status == 303)
            #expect(try await anna.client.ask(.GET, "/voicemail").body.contains("No PIN yet"))
            scene.system.compare(with: Argon2Hasher())
            let made = try await send(anna, "/voicemail/204/pin")
            let pin = try #require(made.body.firstMatch(of: /id="pin"[^>]*>(\d{6,12})</)?.1)
            #expect(made.status == 200)
            #expect(try await !anna.client.ask(.GET, "/voicemail").body.contains(pin))
            #expect(try await !anna.client.ask(.GET, "/journal").body.contains(pin))
            #expect(try await send(anna, "/voicemail/299/pin").status == 422)
            #expect(try await send(anna, "/voicemail/204/remove").status == 303)
            #expect(scene.system.snapshot.outside.routing.mailboxes.isEmpty)
        }
    }

    @Test func `who may not change them sees them without buttons`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "Reception")]))
            _ = try await scene.run(AddMailbox(number: "204"))
            let audit = try await scene.enrol("audit", as: .auditor)
            let page = try await audit.client.ask(.GET, "/voicemail")
            #expect(page.status == 200 && !page.body.contains("New PIN") && !page.body.contains("Give it a mailbox"))
            #expect(try await send(audit, "/voicemail/204/pin").status == 422)
            #expect(try await send(audit, "/numbers/add", [("number", "+493012345678")]).status == 422)
        }
    }
}
