// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives

@testable import Server

/// A real Kamailio as provider on loopback, as `lab/start-kamailio.sh` of the shared material starts it: a registrar with digest
/// over TLS.
final class Kamailio: Sendable {
    static let domain = "lab.test"
    /// An account that it knows.
    static let (username, password) = ("101", "pw101-Xq7")

    /// Where the script is; `nil` where there is none, or no Kamailio.
    static let script: String? = {
        let environment = ProcessInfo.processInfo.environment
        let shared = environment["RINGFENCE_SHARED"] ?? FileManager.default.currentDirectoryPath + "/../shared"
        let script = shared + "/lab/start-kamailio.sh"
        let programs = (environment["PATH"] ?? "/usr/bin:/usr/sbin").split(separator: ":") + ["/usr/sbin"]
        let isHere = programs.contains { FileManager.default.isExecutableFile(atPath: "\($0)/kamailio") }
        guard isHere, FileManager.default.isExecutableFile(atPath: script) else {
            print("SKIPPED: no Kamailio, or no \(script): no trunk registers with a real provider")
            return nil
        }
        return script
    }()

    let tls: Int
    private let folder: URL
    private let ports: [Int]
    /// PEM of who signed its certificate.
    let root: String

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kamailio-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        ports = try (0..<4).map { _ in
            Int(try BoundSocket(SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)).abandoned().port)
        }
        tls = ports[1]
        let authority = try CertificateAuthority(for: Self.domain, at: .now)
        root = try authority.rootPEM
        let leaf = try authority.issue(names: [Self.domain], addresses: [], at: .now)
        for (name, text) in [("ca.pem", root), ("server.pem", leaf.certificate), ("server.key", leaf.key)] {
            try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        }
        try await start()
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    func start() async throws {
        try await run([
            "--udp", "\(ports[0])", "--tls", "\(ports[1])", "--ws", "\(ports[2])", "--wss", "\(ports[3])", "--no-media",
            "--realm", Self.domain, "--cert", path("server.pem"), "--key", path("server.key"), "--ca", path("ca.pem"),
        ])
    }

    func stop() async throws { try await run(["--stop"]) }

    func remove() async {
        try? await stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private struct Failed: Error {
        let arguments: [String]
    }

    private func run(_ arguments: [String]) async throws {
        guard let script = Self.script else { throw Failed(arguments: []) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash", script, "--dir", folder.path] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        guard process.terminationStatus == 0 else { throw Failed(arguments: arguments) }
    }

    /// What it wrote of registrations.
    var registrations: Int {
        let log = (try? String(contentsOfFile: path("kamailio.log"), encoding: .utf8)) ?? ""
        return log.components(separatedBy: "REG user=\(Self.username) proto=tls").count - 1
    }
}
