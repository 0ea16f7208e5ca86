// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Logging
import Model
import Primitives
import Store
import Synchronization
import Testing

@testable import Server

@Suite("Control signalling-encryption: the certificate of a server that runs for years", .serialized)
struct CertificateWatchTests {
    private let folder = TemporaryFolder()
    private let start = Date()

    /// What a log was told.
    private final class Lines: LogHandler, Sendable {
        private let lines = Mutex<[String]>([])
        var logLevel: Logger.Level {
            get { .trace }
            set { _ = newValue }
        }
        var metadata: Logger.Metadata {
            get { [:] }
            set { _ = newValue }
        }
        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set { _ = newValue }
        }

        func log(event: LogEvent) { lines.withLock { $0.append("\(event.level): \(event.message)") } }

        /// What it was told since the last time.
        func take() -> [String] {
            lines.withLock { list in
                defer { list = [] }
                return list
            }
        }
    }

    private func install(certificate: (certificate: String, key: String)? = nil) throws -> Installation {
        let request = try InstallationRequest(
            directory: folder.data,
            domain: try #require(DomainName(parsing: "pbx.test")),
            address: IPAddress(v4: 0x7F00_0001),
            names: ["pbx.test"],
            certificate: certificate
        )
        return try request.createWithStore(by: "a test", at: start)
    }

    private func serve(
        _ made: Installation,
        _ work: (RingfenceServer, RingfenceStore, CertificateWatch, Lines) async throws -> Void
    ) async throws {
        try await Town.withPlace {
            let loopback = IPAddress(v4: 0x7F00_0001)
            let network = NetworkSettings(
                listeners: [EncryptedListener(.tls, SocketAddress(ip: loopback, port: 0))],
                media: [try Office.freePorts(on: loopback)]
            )
            let configuration = made.configuration(for: network)
            let store = try made.openStore()
            let server = try await RingfenceServer.start(configuration, store: store, logger: .silent)
            let lines = Lines()
            let logger = Logger(label: "test") { _ in lines }
            let events = EventHub([
                { event in
                    if case .found(let finding) = event { logger.tell(finding) } else { logger.tell(event) }
                }
            ])
            let watch = CertificateWatch(made, server, store, events)
            do { try await work(server, store, watch, lines) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    private func shown(by server: RingfenceServer) throws -> CertificateFacts {
        let output = try openssl(["s_client", "-connect", server.sipTLS.description, "-servername", "pbx.test"]).output
        let begin = try #require(output.range(of: "-----BEGIN CERTIFICATE-----"))
        return try CertificateFacts(pem: String(output[begin.lowerBound...]))
    }

    private func day(_ count: Int) -> Date { start.addingTimeInterval(Double(count) * 86_400) }

    @Test func `D3 it is renewed while the server runs, and a new connection sees it at once`() async throws {
        try await serve(try install()) { server, store, watch, lines in
            let old = try shown(by: server)
            await watch.look(at: day(300))
            let same = try shown(by: server)
            #expect(same.fingerprint == old.fingerprint)
            #expect(lines.take().isEmpty)
            await watch.look(at: day(340))
            let new = try shown(by: server)
            #expect(new.fingerprint != old.fingerprint && new.notAfter > day(700))
            #expect(lines.take().map { $0.prefix(53) } == ["notice: The server's certificate was renewed, because"])
            let entry = try #require(try store.journal().last)
            #expect((entry.actor, entry.action, entry.subject) == ("ringfence", "certificate.renew", new.fingerprint))
            await watch.look(at: day(341))
            let last = try store.journal().last
            #expect(last == entry)
        }
    }

    @Test func `D2 one from the time when the clock was ahead is renewed when the clock is right again`() async throws {
        let made = try install()
        #expect(try made.renewCertificate(at: day(500)))
        try await serve(made) { server, _, watch, _ in
            let before = try shown(by: server)
            #expect(before.notBefore > start)
            await watch.look(at: start)
            let after = try shown(by: server)
            #expect(after.notBefore <= start)
        }
    }

    @Test func `of the end of another authority's certificate people are told 30, 14, 7 and 1 days before, once each`()
        async throws
    {
        let authority = try CertificateAuthority(for: "somebody else", at: start)
        let leaf = try authority.issue(names: ["pbx.test"], addresses: [], at: start)
        let files = (certificate: folder.path + "/given.pem", key: folder.path + "/given.key")
        try leaf.certificate.write(toFile: files.certificate, atomically: true, encoding: .utf8)
        try leaf.key.write(toFile: files.key, atomically: true, encoding: .utf8)
        try await serve(try install(certificate: files)) { _, _, watch, lines in
            var told: [Int] = []
            for left in stride(from: 40, through: -2, by: -1) {
                await watch.look(at: day(365 - left).addingTimeInterval(-3_600))
                let lines = lines.take()
                if !lines.isEmpty { told.append(left) }
                for line in lines { #expect(line.contains("ringfence certificate replace")) }
            }
            #expect(told == [29, 14, 7, 1, 0, -1])
        }
    }

    @Test func `of the end of the root people are told half a year before, and it is not replaced`() async throws {
        let made = try install()
        let root = try String(contentsOfFile: made.rootCertificate, encoding: .utf8)
        try await serve(made) { _, _, watch, lines in
            await watch.look(at: day(CertificateAuthority.rootLifetime - 400))
            _ = lines.take()
            await watch.look(at: day(CertificateAuthority.rootLifetime - 170))
            #expect(lines.take().contains { $0.contains("The root that phones were given ends on") })
            await watch.look(at: day(CertificateAuthority.rootLifetime + 1))
            #expect(lines.take().contains { $0.hasPrefix("error: The root that phones were given ended on") })
        }
        #expect(try String(contentsOfFile: made.rootCertificate, encoding: .utf8) == root)
    }

    @Test func `what is wrong of a running server is told although nobody asks`() async throws {
        let made = try install()
        _ = try made.openStore()
        try FileManager.default.removeItem(atPath: made.directory + "/journal.anchor")
        try await serve(made) { server, _, _, _ in
            let news = try server.events.subscribe(limit: 100)
            try await server.healthReview.run(SystemClock.wall)
            var reader = news.makeAsyncIterator()
            var isTold = false
            while !isTold, let next = await reader.next() {
                guard case .event(.found(let finding)) = next else { continue }
                isTold = finding.code.rawValue == "database"
            }
            #expect(isTold)
        }
    }
}
