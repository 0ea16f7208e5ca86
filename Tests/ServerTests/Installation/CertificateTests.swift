// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import Primitives
import Testing

@testable import Server

@Suite("Control signalling-encryption: certificates")
struct CertificateTests {
    private let folder = TemporaryFolder()
    private let now = Date()

    @Test func `OpenSSL accepts the chain for every name and the address`() throws {
        let made = try folder.install(names: ["pbx.example.com", "sip.example.com"], at: now)
        let verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", made.rootCertificate]
        for check in [
            ["-verify_hostname", "pbx.example.com"], ["-verify_hostname", "sip.example.com"],
            ["-verify_hostname", "example.com"], ["-verify_ip", "192.0.2.10"],
        ] {
            let result = try openssl(verify + check + [made.tls.certificate])
            #expect(result.status == 0, "\(check): \(result.output)")
        }
        for check in [["-verify_hostname", "other.example.com"], ["-verify_ip", "192.0.2.11"]] {
            #expect(try openssl(verify + check + [made.tls.certificate]).status != 0, "\(check)")
        }
    }

    @Test func `the root signs servers and no other authority`() throws {
        let made = try folder.install(at: now)
        let root = try openssl(["x509", "-in", made.rootCertificate, "-noout", "-text"]).output
        #expect(root.contains("CA:TRUE, pathlen:0"))
        #expect(root.contains("Certificate Sign, CRL Sign"))
        #expect(root.contains("NIST CURVE: P-256"))
        let leaf = try openssl(["x509", "-in", made.tls.certificate, "-noout", "-text"]).output
        #expect(leaf.contains("CA:FALSE"))
        #expect(leaf.contains("TLS Web Server Authentication"))
        #expect(leaf.contains("DNS:pbx.example.com, DNS:example.com, IP Address:192.0.2.10"))
        #expect(leaf.contains("NIST CURVE: P-256"))
    }

    @Test func `the server's certificate is good for a year at most`() throws {
        let made = try folder.install(at: now)
        let facts = try CertificateFacts(pem: String(contentsOfFile: made.tls.certificate, encoding: .utf8))
        #expect(facts.notAfter.timeIntervalSince(facts.notBefore) <= 397 * 86_400)
        #expect(facts.notBefore < now)
    }

    @Test func `the fingerprint is the one OpenSSL shows`() throws {
        let made = try folder.install(at: now)
        let facts = try CertificateFacts(pem: String(contentsOfFile: made.rootCertificate, encoding: .utf8))
        let shown = try openssl(["x509", "-in", made.rootCertificate, "-noout", "-fingerprint", "-sha256"]).output
        #expect(shown.contains(facts.fingerprint))
        #expect(facts.isSelfSigned && facts.isAuthority)
    }

    @Test func `two installations share no key`() throws {
        let (first, second) = (try CertificateAuthority(for: "a", at: now), try CertificateAuthority(for: "a", at: now))
        #expect(first.keyPEM != second.keyPEM)
    }

    @Test func `a month before its end the certificate is renewed, and the root stays`() throws {
        let made = try folder.install(at: now)
        let root = try String(contentsOfFile: made.rootCertificate, encoding: .utf8)
        #expect(try !made.renewCertificate(at: now.addingTimeInterval(300 * 86_400)))
        let later = now.addingTimeInterval(340 * 86_400)
        #expect(try made.renewCertificate(at: later))
        #expect(try String(contentsOfFile: made.rootCertificate, encoding: .utf8) == root)
        let facts = try CertificateFacts(pem: String(contentsOfFile: made.tls.certificate, encoding: .utf8))
        #expect(facts.notAfter > later.addingTimeInterval(360 * 86_400))
        #expect(try facts.matches(keyPEM: String(contentsOfFile: made.tls.key, encoding: .utf8)))
        #expect(try facts.isSigned(by: CertificateFacts(pem: root)))
    }

    private func leaf(of made: Installation) throws -> CertificateFacts {
        try CertificateFacts(pem: String(contentsOfFile: made.tls.certificate, encoding: .utf8))
    }

    @Test func `a certificate from the future, made while the clock was ahead, is renewed when the clock is right`()
        throws
    {
        let made = try folder.install(at: now)
        let ahead = now.addingTimeInterval(2 * 365 * 86_400)
        #expect(try made.renewCertificate(at: ahead))
        #expect(try leaf(of: made).notBefore > now)
        #expect(try made.renewCertificate(at: now))
        #expect(try leaf(of: made).notBefore < now)
        #expect(try openssl(["verify", "-CAfile", made.rootCertificate, made.tls.certificate]).status == 0)
    }

    @Test func `a clock that stands before the root makes no certificate that ends before today`() throws {
        let made = try folder.install(at: now)
        let before = try leaf(of: made).fingerprint
        #expect(try !made.renewCertificate(at: Date(timeIntervalSince1970: 0)))
        #expect(try leaf(of: made).fingerprint == before)
    }

    @Test func `after the end of the root no certificate is made, and none ever begins after its end`() throws {
        let made = try folder.install(at: now)
        let before = try leaf(of: made).fingerprint
        for days in [CertificateAuthority.rootLifetime + 1, 11 * 365, 40 * 365] {
            #expect(try !made.renewCertificate(at: now.addingTimeInterval(Double(days) * 86_400)))
        }
        #expect(try leaf(of: made).fingerprint == before)
        let authority = try CertificateAuthority(for: "x", at: now)
        let refusal = #expect(throws: Refusal.self) {
            _ = try authority.issue(names: ["a.example"], addresses: [], at: now.addingTimeInterval(11 * 365 * 86_400))
        }
        #expect(refusal?.problem == "No certificate can be made for the server.")
    }

    @Test func `near the end of the root it is renewed as long as that gains something, and not each day`() throws {
        let made = try folder.install(at: now)
        let end = Double(CertificateAuthority.rootLifetime) * 86_400
        #expect(try made.renewCertificate(at: now.addingTimeInterval(end - 100 * 86_400)))
        let facts = try leaf(of: made)
        // Certificates count whole seconds.
        #expect(facts.notAfter <= now.addingTimeInterval(end + 1))
        for day in 1...20 {
            #expect(try !made.renewCertificate(at: now.addingTimeInterval(end - Double(day) * 86_400)))
        }
    }

    @Test func `a name or an address that is missing is put into a new one`() throws {
        let made = try folder.install(names: ["pbx.example.com"], at: now)
        for (address, names) in [("192.0.2.10", ["sip.example.com"]), ("192.0.2.11", ["sip.example.com"])] {
            let moved = Installation(
                directory: made.directory,
                settings: .init(domain: "example.com", address: address, names: names)
            )
            #expect(try moved.renewCertificate(at: now))
            #expect(try !moved.renewCertificate(at: now))
            #expect(try leaf(of: moved).covers("sip.example.com") && leaf(of: moved).covers(address))
        }
    }

    @Test func `a certificate from another authority is taken with its root`() throws {
        let files = try foreign(names: ["pbx.example.com"], withRoot: true)
        let made = try folder.install(certificate: files, at: now)
        #expect(made.hasRoot && !made.hasOwnAuthority)
        #expect(try !made.renewCertificate(at: now.addingTimeInterval(360 * 86_400)))
        #expect(try openssl(["verify", "-CAfile", made.rootCertificate, made.tls.certificate]).status == 0)
    }

    @Test func `a certificate for another name is refused`() throws {
        let files = try foreign(names: ["other.example.com"])
        expectRefusal(files, "it is not for pbx.example.com, the name phones are told")
    }

    @Test func `a wildcard stands for one label`() throws {
        let files = try foreign(names: ["*.example.com"])
        let facts = try CertificateFacts(pem: String(contentsOfFile: files.certificate, encoding: .utf8))
        #expect(facts.covers("PBX.example.com"))
        #expect(!facts.covers("a.pbx.example.com"))
        #expect(!facts.covers("example.com"))
    }

    @Test func `a certificate that has ended is refused`() throws {
        let files = try foreign(names: ["pbx.example.com"], issued: now.addingTimeInterval(-400 * 86_400))
        let ended = now.addingTimeInterval(-35 * 86_400).day
        expectRefusal(files, "it ended on \(ended)")
    }

    @Test func `a certificate with somebody else's key is refused`() throws {
        let files = try foreign(names: ["pbx.example.com"])
        let key = folder.path + "/other.key"
        try CertificateAuthority(for: "x", at: now).keyPEM.write(toFile: key, atomically: true, encoding: .utf8)
        expectRefusal((files.certificate, key), "its key is not the one in \(key)")
    }

    @Test func `a file that is no certificate is refused`() throws {
        let path = folder.path + "/note.pem"
        try "not PEM".write(toFile: path, atomically: true, encoding: .utf8)
        expectRefusal((path, path), "it holds no certificate in PEM form")
    }

    private func expectRefusal(_ files: (certificate: String, key: String), _ reason: String) {
        let refusal = #expect(throws: Refusal.self) { try folder.install(certificate: files, at: now) }
        #expect(refusal?.reason == reason)
        #expect(refusal?.control == .signallingEncryption)
        #expect(!FileManager.default.fileExists(atPath: folder.data + "/installation.json"))
    }

    private func foreign(
        names: [String],
        withRoot: Bool = false,
        issued: Date? = nil
    ) throws -> (certificate: String, key: String) {
        let authority = try CertificateAuthority(for: "somebody else", at: issued ?? now)
        let leaf = try authority.issue(names: names, addresses: [], at: issued ?? now)
        let files = (certificate: folder.path + "/given.pem", key: folder.path + "/given.key")
        let chain = leaf.certificate + (withRoot ? try authority.rootPEM : "")
        try chain.write(toFile: files.certificate, atomically: true, encoding: .utf8)
        try leaf.key.write(toFile: files.key, atomically: true, encoding: .utf8)
        return files
    }
}
