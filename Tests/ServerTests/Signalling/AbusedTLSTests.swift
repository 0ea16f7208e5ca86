// SPDX-License-Identifier: Apache-2.0

import Audit
import Foundation
import Primitives
import Testing

@testable import Server

@Suite("Control signalling-encryption: what the attack does to TLS")
struct AbusedTLSTests {
    private static let abuses = [
        TLSAbuse.renegotiation, .earlyData(Array("OPTIONS sip:pbx.test SIP/2.0\r\n\r\n".utf8)),
    ]

    @Test(arguments: abuses)
    func `D05 is refused by our server, after an ordinary handshake`(abuse: TLSAbuse) async throws {
        try await Office.open { office in
            let authority = office.folder.appending(path: "clients.pem").path
            let network = try NetworkWire(host: "pbx.test", address: office.server.sipTLS.ip, authority: authority)
            let outcome = try await network.wire.abuse(abuse, office.server.sipTLS.port)
            guard case .refused = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
    }

    @Test(arguments: zip(abuses, [["-tls1_2", "-client_renegotiation"], ["-tls1_3", "-early_data"]]))
    func `D05 is found where a server allows it`(abuse: TLSAbuse, options: [String]) async throws {
        let folder = TemporaryFolder()
        let made = try folder.install(at: Date())
        let port = abuse == .renegotiation ? 27_110 : 27_111
        let server = try TLSServer(port: port, certificate: made.tls.certificate, key: made.tls.key, options: options)
        defer { server.stop() }
        let loopback = IPAddress(v4: 0x7F00_0001)
        let network = try NetworkWire(host: "pbx.example.com", address: loopback, authority: made.rootCertificate)
        #expect(try await network.wire.abuse(abuse, UInt16(port)) == .taken)
    }

    @Test func `D05 a server that nobody can shake hands with proves nothing`() async throws {
        let folder = TemporaryFolder()
        let made = try folder.install(at: Date())
        let options = ["-tls1_3"]
        let server = try TLSServer(port: 27_112, certificate: made.tls.certificate, key: made.tls.key, options: options)
        defer { server.stop() }
        let loopback = IPAddress(v4: 0x7F00_0001)
        let network = try NetworkWire(host: "pbx.example.com", address: loopback, authority: made.rootCertificate)
        #expect(try await network.wire.abuse(.renegotiation, 27_112) == .failed)
    }
}
