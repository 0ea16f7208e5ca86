// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Server
import Testing

@testable import ringfence

@Suite("ringfence certificate")
struct CertificateTests {
    private let report = CertificateReport(
        names: ["pbx.example.com", "192.0.2.10"],
        notBefore: WallTime(milliseconds: 1_795_244_400_000),
        notAfter: WallTime(milliseconds: 1_826_780_400_000),
        fingerprint: "AB:CD",
        chainLength: 2,
        authority: nil
    )

    @Test func `show says what phones verify`() throws {
        let verb = try parse(CertificateShow.self)
        #expect(verb.command == ShowCertificate())
        #expect(
            try verb.answer(from: Office(report)).text == """
                  names:              pbx.example.com, 192.0.2.10
                  valid:              2026-11-21T07:00:00Z to 2027-11-21T07:00:00Z
                  SHA-256:            AB:CD
                  certificates sent:  2
                  root:               one that phones know already
                """
        )
    }

    @Test func `replace names a file that cannot be read`() async throws {
        var verb = try parse(CertificateReplace.self, "--certificate", "/nowhere/c.pem", "--key", "/nowhere/k.pem")
        let refusal = await #expect(throws: Refusal.self) { try await verb.run() }
        #expect(refusal?.problem == "The file /nowhere/c.pem cannot be read.")
    }

    @Test(arguments: [
        ("192.0.2.10:5061", ClientCertificates.none), ("[2001:db8::1]:5061,clients=require", .require),
        ("192.0.2.10:5061,clients=request", .request),
    ])
    func `a listener may ask who connects for a certificate`(text: String, clients: ClientCertificates) {
        #expect(ListenerArgument(argument: text)?.clients == clients)
    }

    @Test(arguments: ["192.0.2.10", "192.0.2.10:5061,clients=maybe", "192.0.2.10:5061,", "192.0.2.10:5061,require"])
    func `anything else behind the address is a typing error`(text: String) {
        #expect(ListenerArgument(argument: text) == nil)
    }
}
