// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives

@testable import Server

/// `openssl s_server`, a TLS server that we did not write.
final class TLSServer {
    private let process = Process()

    init(port: Int, certificate: String, key: String, options: [String] = []) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments =
            ["s_server", "-quiet", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key] + options
        process.standardInput = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let address = SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: UInt16(port))
        for _ in 0..<100 where Probe.isFree(address, .tcp) { Thread.sleep(forTimeInterval: 0.05) }
    }

    func stop() {
        kill(process.processIdentifier, SIGKILL)
    }
}
