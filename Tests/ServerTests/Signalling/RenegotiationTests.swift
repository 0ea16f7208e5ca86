// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Testing

@testable import Server

private let openssl = "/usr/bin/openssl"

@Suite("Control signalling-encryption: what TLS is not used for")
struct RenegotiationTests {
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: openssl)))
    func `D05 a connection is negotiated once, without compression`() async throws {
        try await Office.open { office in
            // s_client renegotiates at a line that begins with R.
            let text = try await run(office, ["-tls1_2", "-legacy_renegotiation"], input: "R\n")
            #expect(text.contains("Compression: NONE"))
            let parts = text.components(separatedBy: "RENEGOTIATING")
            try #require(parts.count == 2, "s_client did not try: \(text.suffix(500))")
            #expect(parts[1].contains("error") || parts[1].contains("no renegotiation"), "\(parts[1].prefix(500))")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: openssl)))
    func `D05 no request travels before the handshake is over, so none can be replayed with it`() async throws {
        try await Office.open { office in
            let text = try await run(office, ["-tls1_3"], input: "OPTIONS\n\n")
            #expect(text.contains("TLSv1.3"))
            let sizes = text.matches(of: #/Max Early Data: ([0-9]+)/#).map { String($0.output.1) }
            #expect(sizes.allSatisfy { $0 == "0" }, "\(sizes)")
            #expect(!text.contains("Early data was accepted"))
        }
    }

    /// What `openssl s_client` says; ended after four seconds.
    private func run(_ office: Office, _ options: [String], input: String) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: openssl)
        process.arguments = ["s_client", "-connect", office.server.sipTLS.description] + options
        let (stdin, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, output, output)
        try process.run()
        try await Task.sleep(for: .seconds(1))
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try await Task.sleep(for: .seconds(2))
        try stdin.fileHandleForWriting.close()
        try await Task.sleep(for: .seconds(1))
        if process.isRunning { process.terminate() }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
