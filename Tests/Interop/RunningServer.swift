// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A Ringfence of its own, on ports of its own, in a folder that goes with it.
final class RunningServer {
    struct Account: Decodable {
        let username: String
        let password: String
    }

    static let domain = "test.ringfence.example"
    let folder: URL
    /// SIP over TLS.
    let port: Int
    /// SRTP of all calls; RTCP without rtcp-mux on the next one.
    let media: Int
    private let process: Process

    var data: String { folder.appending(path: "data").path }
    var ca: String { folder.appending(path: "data/tls/ca.pem").path }

    init() throws {
        port = try Ports.free(.stream)
        media = try Ports.free(.datagram)
        folder = FileManager.default.temporaryDirectory.appending(path: "ringfence-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        _ = try Laboratory.run(
            Laboratory.program.path,
            [
                "init", "--no-portal", "--data", folder.appending(path: "data").path, "--domain", Self.domain,
                "--address",
                "127.0.0.1", "--name", "localhost", "--sip-tls", "127.0.0.1:\(port)",
                "--rtp", "127.0.0.1:\(media)-\(media + 1)",
            ]
        )
        process = Laboratory.unblocked(
            Laboratory.program.path,
            ["serve", "--data", folder.appending(path: "data").path]
        )
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let ready = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard ready.contains("ready") else { throw Failure.notReady(ready) }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    enum Failure: Error {
        case notReady(String)
        case refused(String)
    }

    @discardableResult
    func ask(_ arguments: String...) throws -> String {
        let (status, output) = try Laboratory.run(Laboratory.program.path, arguments + ["--data", data])
        guard status == 0 else { throw Failure.refused(arguments.joined(separator: " ")) }
        return output
    }

    func enrol(_ number: String) throws -> Account {
        let output = try ask("phone", "enrol", number, "--format", "json")
        return try JSONDecoder().decode(Account.self, from: Data(output.utf8))
    }

    /// What `call_check.py` needs for a call to 102. An account is `USER:PASSWORD:KIND`.
    func callArguments(from caller: String, to callee: String) -> [String] {
        [
            "--server", "127.0.0.1:\(port)", "--ca", ca, "--domain", Self.domain, "--a", caller, "--b", callee,
            "--dial", "sip:102@\(Self.domain)", "--out", folder.appending(path: "phones").path,
        ]
    }
}
