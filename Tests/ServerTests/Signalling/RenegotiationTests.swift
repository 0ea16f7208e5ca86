// SPDX-License-Identifier: Apache-2.0

import Foundation
import Primitives
import Testing

@testable import Server

@Suite("Control signalling-encryption: what TLS could do and may not")
struct RenegotiationTests {
    @Test func `D05 a connection is negotiated once, without compression`() async throws {
        try await Office.open { office in
            // s_client renegotiates at a line that begins with R.
            let text = try said(by: office, to: ["-tls1_2", "-legacy_renegotiation"], input: "R\n")
            #expect(text.contains("Compression: NONE"))
            #expect(text.contains("Secure Renegotiation IS supported"))
            let parts = text.components(separatedBy: "RENEGOTIATING")
            try #require(parts.count == 2, "s_client did not try: \(text.suffix(500))")
            // BoringSSL hangs up without a word.
            #expect(parts[1].contains("error:") && !parts[1].contains("verify return"), "\(parts[1].prefix(500))")
        }
    }

    @Test func `D05 no request travels before the handshake is over, so none can be replayed with it`() async throws {
        try await Office.open { office in
            let text = try said(by: office, to: ["-tls1_3", "-no_ign_eof"], input: "\r\n\r\n")
            #expect(text.contains("TLSv1.3"))
            #expect(text.contains("Compression: NONE"))
            #expect(text.contains("Early data was not sent"))
            let sizes = text.matches(of: #/Max Early Data: ([0-9]+)/#).map { String($0.output.1) }
            #expect(sizes.allSatisfy { $0 == "0" }, "\(sizes)")
        }
    }

    /// What `openssl s_client` tells of a connection.
    private func said(by office: Office, to options: [String], input: String) throws -> String {
        try openssl(["s_client", "-connect", office.server.sipTLS.description] + options, saying: input).output
    }
}
