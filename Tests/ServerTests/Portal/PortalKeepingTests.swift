// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import NIOHTTP1
import Primitives
import Store
import Testing

@testable import Server

/// Who is told, what is kept, and which programs are let in: what is secret stands on one page, once.
@Suite("Channels, backups and tokens in the portal", .serialized)
struct PortalKeepingTests {
    private func send(
        _ anna: PortalScene.Person,
        _ path: String,
        _ form: [(String, String)] = []
    ) async throws -> PortalClient.Reply {
        try await anna.client.ask(.POST, path, form: [("token", anna.token)] + form)
    }

    /// What stands in the element of that id.
    private func once(_ id: String, in page: String) throws -> String {
        let parts = page.components(separatedBy: "id=\"\(id)\">")
        return String(try #require(parts.dropFirst().first).prefix { $0 != "<" })
    }

    @Test func `a channel for mail is added, chosen for and removed, and its password stands nowhere`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let mail = [
                ("by", "mail"), ("name", "owner"), ("to", "a@office.example, b@office.example"),
                ("from", "pbx@office.example"), ("server", "mail.office.example:465"), ("security", "tls"),
                ("username", "pbx"), ("password", "zv82Kq-not-shown"), ("least", "warning"), ("about-fraud", "yes"),
            ]
            #expect(try await send(anna, "/alerts/add", mail).status == 303)
            let made = try #require(try await scene.run(ListChannels()).first?.channel)
            #expect(
                made.hears == AlertChoice(least: .warning, groups: [.fraud]) && made.place.contains("b@office.example")
            )
            let page = try await anna.client.ask(.GET, "/alerts/channels/owner").body
            // Its first alert, that it was added, leads to no such server.
            #expect(page.contains("Not confirmed") || page.contains("Does not arrive"))
            #expect(page.contains("encrypted from the first byte"))
            #expect(!page.contains("zv82Kq"))
            let again = try await send(anna, "/alerts/add", mail)
            #expect(again.status == 422 && again.body.contains("value=\"mail.office.example:465\""))
            #expect(!again.body.contains("zv82Kq"))
            #expect(try await send(anna, "/alerts/channels/owner/hear", [("least", "critical")]).status == 303)
            #expect(try await scene.run(ListChannels()).first?.channel.hears == AlertChoice(least: .critical))
            let wrong = try await send(anna, "/alerts/channels/owner/confirm", [("arrived", "000000")])
            #expect(wrong.status == 422 && wrong.body.contains("no test was sent within the last hour"))
            #expect(try await anna.client.ask(.GET, "/alerts/channels/nobody").status == 303)
            #expect(try await send(anna, "/alerts/channels/owner/remove").status == 303)
            #expect(try await scene.run(ListChannels()).isEmpty)
        }
    }

    @Test func `the key of a webhook is shown by the answer that made it, and by no page`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let hook = [
                ("by", "webhook"), ("name", "siem"), ("webhook", "https://hooks.example.com/x"), ("least", "notice"),
            ]
            let made = try await send(anna, "/alerts/add", hook)
            let key = try once("key", in: made.body)
            #expect(made.status == 200 && key.utf8.count == 64 && made.header("cache-control") == "no-store")
            #expect(try await anna.client.ask(.GET, "/alerts/channels/siem").body.contains(key) == false)
            let other = try once("key", in: try await send(anna, "/alerts/channels/siem/secret").body)
            #expect(other.utf8.count == 64 && other != key)
            #expect(try await scene.run(ListJournal(limit: 50)).allSatisfy { !$0.detail.contains(key) })
        }
    }

    @Test func `what a channel is called leads nowhere else`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            for name in ["..%2f..%2fjournal", "%00", "%ff", "a%20b", "%3Cb%3E"] {
                let page = try await anna.client.ask(.GET, "/alerts/channels/\(name)")
                #expect(page.status == 303 && page.header("location") == "/alerts/channels", "\(name)")
                let revoke = try await anna.client.ask(.GET, "/tokens/\(name)/revoke").body
                #expect(!revoke.contains("<b>"), "\(name)")
            }
        }
    }

    @Test func `a recovery key is shown once, and backups are put where it is said`() async throws {
        let folder = TemporaryFolder()
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            #expect(try await anna.client.ask(.GET, "/backups").body.contains("none can be made yet"))
            let early = try await send(anna, "/backups/now", [("once", folder.path)])
            #expect(early.status == 422 || early.status == 303)
            let made = try await send(anna, "/backups/key")
            let key = try once("key", in: made.body)
            #expect(made.status == 200 && key.utf8.count > 40)
            #expect(try await anna.client.ask(.GET, "/backups").body.contains(key) == false)
            #expect(try await send(anna, "/backups/key").status == 422, "there is one already, and it was not named")
            let inside = try await send(anna, "/backups/nightly", [("folder", scene.made.directory), ("count", "3")])
            #expect(inside.status == 422 && inside.body.contains("a disk that is gone takes both with it"))
            #expect(try await send(anna, "/backups/nightly", [("folder", folder.path), ("count", "3")]).status == 303)
            // Files are named by the second.
            try await Task.sleep(for: .milliseconds(1_100))
            #expect(try await send(anna, "/backups/now").status == 303)
            let standing = try await scene.run(ShowBackups())
            #expect(standing.folder == folder.path && standing.count == 3 && !standing.backups.isEmpty)
            #expect(try await anna.client.ask(.GET, "/backups").body.contains("The newest backup was made just now."))
        }
    }

    @Test func `a token is shown once, and is good for nothing when it is revoked`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let program = [("name", "wallboard"), ("role", "auditor"), ("days", "30"), ("only", "call.list\r\n")]
            let made = try await send(anna, "/tokens/issue", program)
            let token = try once("token", in: made.body)
            #expect(made.status == 200 && token.hasPrefix("rft_"))
            #expect(try await anna.client.ask(.GET, "/tokens").body.contains(token) == false)
            let shows = [("Authorization", "Bearer \(token)")]
            #expect(try await scene.client.ask(.GET, "/api/v1/call.list", headers: shows).status == 200)
            #expect(try await scene.client.ask(.GET, "/api/v1/operator.list", headers: shows).status == 403)
            for (field, value) in [("role", "owner"), ("role", ""), ("only", "phone.enrol x.y"), ("days", "9999")] {
                let other = program.map { $0.0 == field ? (field, value) : $0.0 == "name" ? ("name", "other") : $0 }
                #expect(try await send(anna, "/tokens/issue", other).status == 422, "\(field) \(value)")
            }
            #expect(try await send(anna, "/tokens/wallboard/revoke").status == 303)
            #expect(try await scene.client.ask(.GET, "/api/v1/call.list", headers: shows).status == 401)
        }
    }

    @Test func `the journal is saved as a table without formulas, with every entry that there is`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "=HYPERLINK(1)")]))
            let file = try await anna.client.ask(.GET, "/journal/export")
            #expect(file.status == 200 && file.header("content-type") == "text/csv; charset=utf-8")
            #expect(file.header("content-disposition")?.contains("attachment; filename=\"journal-example.com-") == true)
            let lines = file.body.components(separatedBy: "\r\n").dropLast()
            #expect(lines.first == "entry,time,who,did,to,detail,hash")
            let kept = try await scene.run(ListJournal(JournalQuery(limit: 1_000, includesSystem: true)))
            #expect(lines.dropFirst().map { $0.prefix { $0 != "," } } == kept.reversed().map { "\($0.sequence)"[...] })
            #expect(zip(lines.dropFirst(), kept.reversed()).allSatisfy { $0.hasSuffix($1.hash) })
            #expect(!file.body.contains(",=") && file.body.contains("extension.add"))
        }
    }
}
