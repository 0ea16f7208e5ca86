// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives

@testable import Server

/// A real Kamailio as provider on loopback: a registrar with digest over TLS.
final class Kamailio {
    static let domain = "lab.test"
    /// The account that it knows.
    static let (username, password) = ("101", "pw101-Xq7")

    /// `nil` where there is none.
    static let program: String? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        let places = path.split(separator: ":").map { "\($0)/kamailio" } + ["/usr/sbin/kamailio"]
        let found = places.first { FileManager.default.isExecutableFile(atPath: $0) }
        if found == nil { print("SKIPPED: no kamailio on this machine: no trunk registers with a real provider") }
        return found
    }()

    let tls: Int
    private let udp: Int
    private let folder: URL
    private var process: Process?
    /// PEM of who signed its certificate.
    let root: String

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "kamailio-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let ports = try (0..<2).map { _ in
            try BoundSocket(SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: 0)).abandoned().port
        }
        (udp, tls) = (Int(ports[0]), Int(ports[1]))
        let authority = try CertificateAuthority(for: Self.domain, at: .now)
        root = try authority.rootPEM
        let leaf = try authority.issue(names: [Self.domain], addresses: [], at: .now)
        for (name, text) in [
            ("server.pem", leaf.certificate), ("server.key", leaf.key), ("kamailio.cfg", configuration),
            ("tls.cfg", encryption),
        ] {
            try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        }
        try await start()
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private var configuration: String {
        let modules = ["kex", "tls", "tm", "sl", "pv", "textops", "siputils", "xlog", "auth", "usrloc", "registrar"]
        return """
            #!KAMAILIO
            debug=2
            log_stderror=yes
            fork=yes
            children=1
            tcp_children=1
            auto_aliases=no
            enable_tls=yes
            listen=udp:127.0.0.1:\(udp)
            listen=tls:127.0.0.1:\(tls)
            alias="\(Self.domain)"
            \(modules.map { "loadmodule \"\($0).so\"" }.joined(separator: "\n"))
            modparam("tls", "config", "\(path("tls.cfg"))")
            modparam("tls", "tls_force_run", 11)
            modparam("usrloc", "db_mode", 0)
            modparam("auth", "algorithm", "SHA-256")
            modparam("auth", "qop", "auth")
            modparam("auth", "nonce_count", 1)
            request_route {
              force_rport();
              if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
              if (!is_method("REGISTER")) { sl_send_reply("404", "Not here"); exit; }
              if (!pv_www_authenticate("\(Self.domain)", "\(Self.password)", "0")) {
                www_challenge("\(Self.domain)", "1");
                exit;
              }
              if ($au != $tU) { sl_send_reply("403", "Not your address of record"); exit; }
              consume_credentials();
              save("location");
              xlog("L_NOTICE", "REG user=$au proto=$proto expires=$hdr(Expires)\\n");
              exit;
            }

            """
    }

    private var encryption: String {
        """
        [server:default]
        method = TLSv1.2+
        certificate = \(path("server.pem"))
        private_key = \(path("server.key"))
        verify_certificate = no
        require_certificate = no

        """
    }

    func start() async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // The threads of tests block signals, and children inherit that.
        let unblocked =
            "import os,signal,sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"
        process.arguments = [
            "python3", "-c", unblocked, Self.program ?? "", "-DD", "-E", "-m", "32", "-M", "4", "-Y", folder.path, "-f",
            path("kamailio.cfg"),
        ]
        _ = FileManager.default.createFile(atPath: path("kamailio.log"), contents: nil)
        process.standardError = FileHandle(forWritingAtPath: path("kamailio.log"))
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        self.process = process
        let address = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: UInt16(tls))
        for _ in 0..<200 where Probe.isFree(address, .tcp) { try await Task.sleep(for: .milliseconds(50)) }
    }

    func stop() async throws {
        process?.terminate()
        while process?.isRunning == true { try await Task.sleep(for: .milliseconds(50)) }
        process = nil
    }

    func remove() async {
        try? await stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// How many registrations it took since it was started.
    var registrations: Int {
        let log = (try? String(contentsOfFile: path("kamailio.log"), encoding: .utf8)) ?? ""
        return log.components(separatedBy: "REG user=\(Self.username) proto=tls expires=600").count - 1
    }
}
