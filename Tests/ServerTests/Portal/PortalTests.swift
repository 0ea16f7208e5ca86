// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Glibc
import Guard
import Logging
import Model
import NIOHTTP1
import Portal
import Primitives
import ServiceLifecycle
import Testing

@testable import Server

@Suite("The portal over HTTPS", .serialized)
struct PortalTests {
    @Test func `somebody with a link comes in and sees the first page`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let home = try await anna.client.ask(.GET, "/")
            #expect(home.status == 200)
            for text in [
                "Is it working?", "Is anyone attacking us?", "What does it cost today?", "What must I do?",
                "anna, owner",
            ] {
                #expect(home.body.contains(text), "\(text)")
            }
            for path in [
                "/calls", "/extensions", "/controls", "/controls/roles", "/journal?verify=yes", "/operators",
                "/account",
            ] {
                let page = try await anna.client.ask(.GET, path)
                #expect(page.status == 200 && page.body.contains("<h1>"), "\(path)")
            }
            #expect(try await anna.client.ask(.GET, "/journal").body.contains("portal.sign-in"))
        }
    }

    @Test func `without a session every page leads to the sign-in, and none tells that it is there`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            for path in ["/", "/calls", "/extensions/101/enrol", "/operators", "/journal"] {
                let reply = try await scene.client.ask(.GET, path)
                #expect(reply.status == 303 && reply.header("location") == "/sign-in", "\(path)")
            }
            #expect(try await scene.client.ask(.GET, "/nothing").status == 404)
            #expect(try await scene.client.ask(.GET, "/calls/stream").status == 204)
        }
    }

    @Test func `R09 what scanners ask for has one answer, with nothing of the question in it`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let absent = try await scene.client.ask(.GET, "/nothing").body
            for path in [
                "/httpstatus", "/.git/config", "/admin/config.php", "/ws", "/ari/asterisk/info", "/backup.zip",
                "/y000000000000.cfg", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd",
                "/%3Cscript%3Ealert(1)%3C/script%3E",
            ] {
                let reply = try await scene.client.ask(.GET, path)
                #expect(reply.status == 404 && reply.body == absent, "\(path): \(reply.status)")
            }
            let anna = try await scene.enrol("anna")
            let far = try await anna.client.ask(.GET, "/history/x?at=9223372036854775807")
            #expect(far.status == 404, "no number that somebody writes stops the server")
            for path in ["/metrics", "/api/v1/openapi.json", "/api/v1/extension.list", "/api/v1/nothing"] {
                #expect(try await scene.client.ask(.GET, path).status == 401, "\(path)")
            }
        }
    }

    @Test func `every answer has the headers that keep others out`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            for path in ["/sign-in", "/", "/nothing", "/invite/x"] {
                let reply = try await scene.client.ask(.GET, path)
                let policy = reply.header("content-security-policy") ?? ""
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(path)")
                #expect(!policy.contains("unsafe") && reply.header("x-content-type-options") == "nosniff")
                #expect(reply.header("referrer-policy") == "no-referrer" && reply.header("cache-control") == "no-store")
                #expect(reply.header("cross-origin-opener-policy") == "same-origin")
                #expect(reply.header("server") == nil)
            }
        }
    }

    @Test func `style and script are kept by browsers for a year, under names that change with them`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let page = try await scene.client.ask(.GET, "/sign-in").body
            let path = String(try #require(page.firstMatch(of: /href="(\/assets\/portal-[0-9a-f]+\.css)"/)?.1))
            let style = try await scene.client.ask(.GET, path)
            #expect(style.status == 200 && style.header("cache-control")?.contains("immutable") == true)
            #expect(style.header("content-type") == "text/css; charset=utf-8" && style.body.contains("--accent"))
            #expect(try await scene.client.ask(.GET, "/assets/portal.css").status == 404)
            #expect(try await scene.client.ask(.GET, "/assets/..%2f..%2fetc%2fpasswd").status == 404)
        }
    }

    @Test func `cookies are for this host only, and no script reads them`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let (code, _) = try await anna.freshCode(after: 0)
            anna.client.forget("__Host-session")
            let reply = try await anna.client.ask(
                .POST,
                "/sign-in",
                form: [("name", "anna"), ("password", PortalScene.password), ("code", code)]
            )
            #expect(reply.status == 303)
            let set = reply.headers.filter { $0.0.lowercased() == "set-cookie" }.map(\.1)
            #expect(set.count == 2)
            for cookie in set {
                #expect(cookie.hasPrefix("__Host-") && cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Strict"))
            }
        }
    }

    @Test func `P01 what was wrong is not told: the same page, status and headers for each`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let (code, _) = try await anna.freshCode(after: 0)
            var pages: [String] = []
            for (name, password, code) in [
                ("anna", "wrong password here", code), ("anna", PortalScene.password, "000000"),
                ("bert", PortalScene.password, code),
            ] {
                let form = [("name", name), ("password", password), ("code", code)]
                let reply = try await scene.client.ask(.POST, "/sign-in", form: form)
                #expect(reply.status == 403 && reply.header("set-cookie") == nil)
                pages.append(reply.body.replacingOccurrences(of: "value=\"\(name)\"", with: ""))
            }
            #expect(Set(pages).count == 1)
            let form = [("name", "carl"), ("password", "x"), ("code", "1")]
            #expect(try await scene.client.ask(.POST, "/sign-in", form: form).status == 429)
        }
    }

    @Test func `P05 only our own pages post`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let form = [("token", anna.token), ("number", "204"), ("name", "Reception")]
            let forged: [[(String, String)]] = [
                [], [("Origin", "https://evil.example")], [("Sec-Fetch-Site", "cross-site")],
                [("Sec-Fetch-Site", "same-site")],
                [("Origin", "null")],
                [("Origin", "https://localhost:\(scene.port)"), ("Sec-Fetch-Site", "cross-site")],
            ]
            for headers in forged {
                let reply = try await anna.client.ask(.POST, "/extensions/add", form: form, headers: headers)
                #expect(reply.status == 403, "\(headers)")
            }
            let without = try await anna.client.ask(.POST, "/extensions/add", form: Array(form.dropFirst()))
            #expect(without.status == 403)
            let other = try await anna.client.ask(.POST, "/extensions/add", form: [("token", "00")] + form.dropFirst())
            #expect(other.status == 403)
            #expect(scene.system.snapshot.extensions.isEmpty)
            #expect(
                try await anna.client.ask(.GET, "/extensions/add?number=204&name=x&token=\(anna.token)").status == 200
            )
            #expect(scene.system.snapshot.extensions.isEmpty)
            #expect(try await anna.client.ask(.POST, "/extensions/add", form: form).status == 303)
            #expect(scene.system.snapshot.extensions.count == 1)
        }
    }

    @Test func `a phone is enrolled with a picture, and not without a fresh code when the last is old`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(AddExtensions([NewExtension(number: "204", name: "Reception <b>")]))
            let list = try await anna.client.ask(.GET, "/extensions")
            #expect(list.body.contains("Reception &lt;b&gt;") && list.body.contains("/extensions/204/enrol"))
            let done = try await anna.client.ask(.POST, "/extensions/204/enrol", form: [("token", anna.token)])
            #expect(done.status == 200 && done.body.contains("class=\"qr\""))
            let name = try #require(done.body.firstMatch(of: /id="username">([^<]+)</)?.1)
            #expect(scene.system.snapshot.devices[String(name)] != nil)
        }
    }

    @Test func `P07 a role sees and does what it is for, and the rest is refused by the same authoriser`()
        async throws
    {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let carl = try await scene.enrol("carl", as: .frontDesk)
            let home = try await carl.client.ask(.GET, "/")
            #expect(
                home.status == 200 && !home.body.contains("href=\"/journal\"") && home.body.contains("href=\"/calls\"")
            )
            for path in ["/journal", "/operators", "/controls"] {
                let reply = try await carl.client.ask(.GET, path)
                #expect(reply.status == 422 && reply.body.contains("carl (portal) may not"), "\(path)")
            }
            let form = [("token", carl.token), ("number", "204"), ("name", "x")]
            #expect(try await carl.client.ask(.POST, "/extensions/add", form: form).status == 422)
            let invite = [("token", carl.token), ("name", "dora"), ("role", "owner")]
            #expect(try await carl.client.ask(.POST, "/operators/invite", form: invite).status == 422)
            #expect(scene.system.snapshot.extensions.isEmpty && scene.system.snapshot.operators.count == 1)
        }
    }

    @Test func `a session is ended by a page, also of who signs in by an address for mail`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            let bert = try await scene.enrol("bert+x@example.com", as: .auditor)
            let list = try await anna.client.ask(.GET, "/operators").body
            let link = try #require(list.firstMatch(of: /href="(\/operators\/bert[^"]*)"/)?.1)
            let page = try await anna.client.ask(.GET, String(link)).body
            let address = try #require(page.firstMatch(of: /action="(\/operators\/[^"]*)"/)?.1)
            let id = try #require(page.firstMatch(of: /name="id" value="([0-9a-f]+)"/)?.1)
            #expect(try await bert.client.ask(.GET, "/").status == 200)
            let form = [("token", anna.token), ("id", String(id))]
            #expect(try await anna.client.ask(.POST, String(address), form: form).status == 303)
            #expect(try await bert.client.ask(.GET, "/").status == 303)
            #expect(try await anna.client.ask(.GET, "/").status == 200)
        }
    }

    @Test func `who is removed is out with the next click`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let anna = try await scene.enrol("anna")
            _ = try await scene.run(RemoveOperator(account: "anna"))
            #expect(try await anna.client.ask(.GET, "/").status == 303)
        }
    }

    @Test func `a request for another host is not answered (DNS rebinding)`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            for host in ["evil.example", "localhost.evil.example", "evil.example:\(scene.port)", ""] {
                #expect(try await scene.client.ask(.GET, "/sign-in", host: host).status != 200, "\(host)")
            }
            #expect(try await scene.client.ask(.GET, "/sign-in", host: "127.0.0.1:\(scene.port)").status == 200)
            #expect(try await scene.client.ask(.GET, "/sign-in", host: "LOCALHOST").status == 200)
        }
    }

    @Test func `P14 whoever sits in no listed network gets no answer, whatever its headers say`() async throws {
        try await PortalScene.serve(admins: ["127.0.0.1/32"]) { (scene: PortalScene) async throws in
            #expect(try await scene.client.ask(.GET, "/sign-in", source: "127.0.0.1").status == 200)
            await #expect(throws: (any Error).self) {
                try await scene.client.ask(
                    .GET,
                    "/sign-in",
                    headers: [("X-Forwarded-For", "127.0.0.1")],
                    source: "127.0.0.2"
                )
            }
            // Before the handshake: not even an alert.
            #expect(try Self.hello(from: "127.0.0.2", to: scene.port) == [])
            #expect(try Self.hello(from: "127.0.0.1", to: scene.port).first == 22)
            _ = try await scene.run(AdmitNetworks(networks: ["127.0.0.2/32"]))
            #expect(try await scene.client.ask(.GET, "/sign-in", source: "127.0.0.2").status == 200)
        }
    }

    /// What comes back to a ClientHello that OpenSSL makes.
    private static func hello(from source: String, to port: UInt16) throws -> [UInt8] {
        let script = """
            import socket, ssl, sys
            out = ssl.MemoryBIO(); into = ssl.MemoryBIO()
            c = ssl.create_default_context(); tls = c.wrap_bio(into, out, server_hostname='localhost')
            try: tls.do_handshake()
            except ssl.SSLWantReadError: pass
            s = socket.create_connection(('127.0.0.1', int(sys.argv[2])), 5, (sys.argv[1], 0)); s.settimeout(5)
            try:
                s.sendall(out.read()); answer = s.recv(16)
            except OSError: answer = b''
            print(answer.hex())
            """
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script, source, "\(port)"]
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Hex.decode(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? []
    }

    @Test func `what is too long is refused, and the server goes on`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let long = String(repeating: "a", count: 40_000)
            #expect(try await scene.client.ask(.GET, "/" + long.prefix(3_000)).status == 414)
            let form = [("name", long), ("password", "x"), ("code", "1")]
            #expect(try await scene.client.ask(.POST, "/sign-in", form: form).status == 413)
            _ = try? await scene.client.ask(.GET, "/sign-in", headers: [("X-Long", long)])
            _ = try? await scene.client.ask(.GET, "/" + long)
            let fields = (0..<200).map { ("X-\($0)", "1") }
            _ = try? await scene.client.ask(.GET, "/sign-in", headers: fields)
            #expect(try await scene.client.ask(.DELETE, "/").status == 405)
            #expect(try await scene.client.ask(.GET, "/sign-in").status == 200)
        }
    }

    @Test func `one source has so many connections, and they make room again`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let sockets = try (0..<40).map { _ in try RawSocket(to: scene.port) }
            // Each is looked at by a thread that others keep busy too.
            var open = sockets.count
            for _ in 0..<50 where open > 32 {
                try await Task.sleep(for: .milliseconds(100))
                open = sockets.filter { !$0.isClosed }.count
            }
            #expect(open == 32, "\(open)")
            for socket in sockets { socket.close() }
            try await Task.sleep(for: .milliseconds(300))
            #expect(try await scene.client.ask(.GET, "/sign-in").status == 200)
        }
    }

    @Test func `a silent connection ends`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let socket = try RawSocket(to: scene.port)
            defer { socket.close() }
            #expect(!socket.isClosed)
            try await Task.sleep(for: .seconds(11))
            #expect(socket.isClosed)
        }
    }

    @Test func `P08 businesses on one address are told apart by name, each with its own certificate`() async throws {
        let place = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)
        let folders = (TemporaryFolder(), TemporaryFolder())
        let (one, first) = try await PortalScene.start("one.example", in: folders.0, at: place)
        let (two, second) = try await PortalScene.start("two.example", in: folders.1, at: place)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let portal = await Portal.start([first, second].map(PortalScene.site), logger: logger)
        let group = ServiceGroup(services: [first, second, portal], logger: logger)
        let running = Task(executorPreference: NetworkThreads.shared) { try await group.run() }
        let port = try #require(first.portalPlaces.first?.port)
        #expect(second.portalPlaces.first?.port == port)
        for (made, name) in [(one, "one.example"), (two, "two.example")] {
            let client = PortalClient(port: port, root: made.rootCertificate, name: "pbx." + name)
            let page = try await client.ask(.GET, "/sign-in")
            #expect(page.status == 200 && page.body.contains("the phones of \(name)"))
        }
        let stranger = PortalClient(port: port, root: one.rootCertificate, name: "pbx.two.example")
        await #expect(throws: (any Error).self) { try await stranger.ask(.GET, "/sign-in") }
        let nameless = PortalClient(port: port, root: one.rootCertificate, name: "pbx.three.example")
        await #expect(throws: (any Error).self) { try await nameless.ask(.GET, "/sign-in") }
        // Whom only one of them lets in finds the other nowhere: not even its certificate.
        let admitting = AdmitNetworks(networks: ["127.0.0.2/32"])
        _ = try await second.administrator.perform(admitting, by: Actor(name: "root (uid 0)", role: .owner))
        for (made, name, isThere) in [(one, "one.example", true), (two, "two.example", false)] {
            let client = PortalClient(port: port, root: made.rootCertificate, name: "pbx." + name)
            #expect((try? await client.ask(.GET, "/sign-in", source: "127.0.0.1"))?.status == (isThere ? 200 : nil))
        }
        let own = PortalClient(port: port, root: two.rootCertificate, name: "pbx.two.example")
        #expect(try await own.ask(.GET, "/sign-in", source: "127.0.0.2").status == 200)
        await group.triggerGracefulShutdown()
        try await running.value
    }

    @Test func `its sockets are declared, and the audit finds nothing of them`() async throws {
        try await PortalScene.serve { (scene: PortalScene) async throws in
            let listeners = try await scene.run(ListListeners())
            #expect(listeners.contains { $0.listener.purpose == .portal && $0.isOpen })
            let report = try await scene.run(Diagnose())
            let facts = report.facts.filter { $0.code == "listener" }
            #expect(facts.count >= 3 && facts.allSatisfy(\.isGood))
        }
    }
}

/// A TCP connection that says nothing.
private final class RawSocket: @unchecked Sendable {
    private let descriptor: Int32

    init(to port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw POSIXError(.ECONNREFUSED) }
        usleep(5_000)
    }

    /// Whether the other end has closed it.
    var isClosed: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN)
    }

    func close() { _ = Glibc.close(descriptor) }
}
