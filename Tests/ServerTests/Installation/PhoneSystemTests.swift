// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Logging
import Model
import Primitives
import ServiceLifecycle
import Store
import Testing

@testable import Server

@Suite("ringfence serve", .serialized)
struct PhoneSystemTests {
    private let folder = TemporaryFolder()
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test func `phones are told where it really listens, and a clean stop takes its socket along`() async throws {
        let made = try install()
        try await serve(made, media: 27_080) { client in
            let reports = try client.perform(AddExtensions([NewExtension(number: "101", name: "Lab")]))
            #expect(reports.map(\.name) == ["Lab"])
            let serving = try #require(made.serving)
            #expect(serving.media.description == "127.0.0.1:27080-27081" && serving.sipTLS.port != 0)
            let phones = try client.perform(EnrolPhones([NewPhone(extension: "101")]))
            #expect(phones.first?.enrolment.server == "localhost:\(serving.sipTLS.port)")
            #expect(phones.first?.enrolment.ca == (try String(contentsOfFile: made.rootCertificate, encoding: .utf8)))
        }
        #expect(!FileManager.default.fileExists(atPath: made.controlSocket))
        #expect(made.serving == nil)
    }

    @Test func `D14 a control socket that is removed is made again, and a stop takes it along`() async throws {
        let made = try install()
        try await serve(made, media: 27_084) { client in
            #expect(unlink(made.controlSocket) == 0)
            var next: ControlClient?
            for _ in 0..<1_000 where next == nil {
                next = try? ControlClient(made)
                if next == nil { Thread.sleep(forTimeInterval: 0.02) }
            }
            _ = try #require(next).perform(AddExtensions([NewExtension(number: "101", name: "Lab")]))
            #expect(try client.perform(ListExtensions()).map(\.name) == ["Lab"])
        }
        #expect(!FileManager.default.fileExists(atPath: made.controlSocket))
    }

    @Test func `a second server on the same folder is refused, and the first goes on`() async throws {
        let made = try install()
        try await serve(made, media: 27_082) { client in
            let refusal = #expect(throws: Refusal.self) { _ = try made.openStore() }
            #expect(refusal?.problem == "The phone system in \(made.directory) is running already.")
            _ = try client.perform(ListExtensions())
        }
    }

    @Test func `a folder that others can read is not served`() async throws {
        let made = try install()
        chmod(made.directory + "/seal.key", 0o644)
        let refusal = #expect(throws: Refusal.self) { _ = try made.openStore() }
        #expect(refusal?.control == .credentialDelivery)
        #expect(refusal?.remedy == "close it: chmod go= \(made.directory)/seal.key")
    }

    @Test func `a database that is damaged is told of with what to do, and not with a number`() async throws {
        let made = try install()
        let path = made.directory + "/ringfence.sqlite"
        for name in ["-wal", "-shm"] { unlink(path + name) }
        try Data(repeating: 0x55, count: 8_192).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
        let refusal = #expect(throws: Refusal.self) { _ = try made.openStore() }
        #expect(refusal?.remedy == "keep a copy of the folder, then put it back from the last backup")
    }

    @Test func `D18 a root that is no certificate is handed to nobody: the start is refused`() async throws {
        let made = try install()
        try "garbage".write(toFile: made.rootCertificate, atomically: false, encoding: .utf8)
        let refusal = await #expect(throws: Refusal.self) {
            try await serve(made, media: 27_086) { _ in #expect(Bool(false), "it serves") }
        }
        #expect(refusal?.problem == "The file \(made.rootCertificate) cannot be used.")
        #expect(refusal?.reason == "it holds no certificate in PEM form")
    }

    @Test func `D18 a database of another domain than installation.json says is not served`() async throws {
        let made = try install()
        let settings = Installation.Settings(domain: "other.example", address: "127.0.0.1", names: ["localhost"])
        let path = Installation.settingsPath(made.directory)
        try JSONEncoder().encode(settings).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
        let changed = try Installation(opening: made.directory)
        let refusal = #expect(throws: Refusal.self) { _ = try changed.openStore() }
        #expect(refusal?.reason.contains("installation.json says other.example") == true)
        #expect(refusal?.reason.contains("for example.com") == true)
        let odd = #"{"address":"127.0.0.1","domain":"a b","names":["localhost"]}"#
        try odd.write(toFile: path, atomically: false, encoding: .utf8)
        let damaged = #expect(throws: Refusal.self) { _ = try Installation(opening: made.directory) }
        #expect(damaged?.problem == "The file \(path) is damaged.")
    }

    @Test func `D18 while another program has the database locked, a change is refused in a few seconds`() async throws
    {
        let made = try install()
        try await serve(made, media: 27_088) { client in
            let lock = Process()
            lock.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
            let script = """
                import sqlite3, sys
                base = sqlite3.connect(sys.argv[1], isolation_level=None)
                base.execute("BEGIN IMMEDIATE")
                print("locked", flush=True)
                sys.stdin.read()
                """
            lock.arguments = ["-c", script, made.directory + "/ringfence.sqlite"]
            let (input, output) = (Pipe(), Pipe())
            (lock.standardInput, lock.standardOutput) = (input, output)
            try lock.run()
            #expect(output.fileHandleForReading.availableData.starts(with: Data("lock".utf8)))
            let begun = ContinuousClock.now
            let refusal = #expect(throws: Refusal.self) {
                try client.perform(AddExtensions([NewExtension(number: "101")]))
            }
            // Twice what a lock is waited for, and time for a machine that has much to do.
            #expect(ContinuousClock.now - begun < .seconds(9))
            #expect(refusal?.reason == "another program has the database locked")
            try input.fileHandleForWriting.close()
            lock.waitUntilExit()
            #expect(try client.perform(AddExtensions([NewExtension(number: "101")])).count == 1)
        }
    }

    @Test func `a network that becomes a site lets in whoever was shut out there, and nobody else`() async throws {
        let made = try install()
        try await serve(made, media: 27_090) { client in
            for source in ["198.51.100.7", "198.51.100.8", "203.0.113.7"] {
                _ = try client.perform(AddBan(source: source, reason: "a test", hours: 1))
            }
            _ = try client.perform(AddSite(prefix: "198.51.100.0/24"))
            #expect(try client.perform(ListBans()).map(\.source.description) == ["203.0.113.7"])
            let lines = try client.perform(ListJournal(JournalQuery(limit: 9, action: "ban.remove")))
            #expect(Set(lines.map(\.subject)) == ["198.51.100.7", "198.51.100.8"])
        }
        #expect(try made.openStore().bans().map(\.source.description) == ["203.0.113.7"])
    }

    private func install() throws -> Installation {
        let domain = try #require(DomainName(parsing: "example.com"))
        let request = try InstallationRequest(
            directory: folder.data,
            domain: domain,
            address: IPAddress(v4: 0x7F00_0001),
            names: ["localhost"]
        )
        return try request.createWithStore(by: "a test", at: Date())
    }

    /// Serves for as long as a client works on a thread of its own, then stops as SIGTERM does.
    private func serve(
        _ made: Installation,
        media port: UInt16,
        _ work: @escaping @Sendable (ControlClient) throws -> Void
    ) async throws {
        let loopback = IPAddress(v4: 0x7F00_0001)
        let told = NetworkSettings(
            listeners: [EncryptedListener(.tls, SocketAddress(ip: loopback, port: 0))],
            media: [MediaPorts(address: loopback, first: port, last: port + 1)].compactMap(\.self)
        )
        let system = try await PhoneSystem.start(made, beginningWith: told, logger: logger) { _ in }
        let group = ServiceGroup(services: [system], logger: logger)
        let running = Task(executorPreference: NetworkThreads.shared) { try await group.run() }
        let outcome = await withCheckedContinuation { finished in
            Thread.detachNewThread { finished.resume(returning: Result { try work(ControlClient(made)) }) }
        }
        await group.triggerGracefulShutdown()
        try await running.value
        try outcome.get()
    }
}
