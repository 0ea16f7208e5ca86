// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Server
import Testing

/// A folder of one test; gone with it.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        // Not the system's long temporary path: a unix socket has to fit.
        path = "/tmp/rf-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var data: String { path + "/data" }

    func request(
        directory: String? = nil,
        names: [String] = ["pbx.example.com"],
        certificate: (certificate: String, key: String)? = nil
    ) throws -> InstallationRequest {
        let domain = try #require(DomainName(parsing: "example.com"))
        let address = try #require(IPAddress(parsing: "192.0.2.10"))
        return try InstallationRequest(
            directory: directory ?? data,
            domain: domain,
            address: address,
            names: names,
            certificate: certificate
        )
    }

    @discardableResult
    func install(
        names: [String] = ["pbx.example.com"],
        certificate: (certificate: String, key: String)? = nil,
        at now: Date
    ) throws -> Installation {
        try request(names: names, certificate: certificate).create(at: now) { _ in }
    }
}

/// Runs the OpenSSL command, the reader of certificates that we did not write.
///
/// - Parameter input: What it reads. It is left waiting for more, so the other end has to hang up.
func openssl(_ arguments: [String], saying input: String? = nil) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    let said = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : said
    try process.run()
    if let input { try said.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
