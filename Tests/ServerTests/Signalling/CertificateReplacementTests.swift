// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import NIOCore
import Primitives
import Testing

@testable import Server

@Suite("Control signalling-encryption: replacing the certificate of a running server")
struct CertificateReplacementTests {
    /// What a new connection is shown, by OpenSSL's word.
    private func shown(by listener: EncryptedListener) throws -> String {
        let output = try openssl(["s_client", "-connect", listener.address.description, "-servername", "pbx.test"])
            .output
        let start = try #require(output.range(of: "-----BEGIN CERTIFICATE-----"))
        return try CertificateFacts(pem: String(output[start.lowerBound...])).fingerprint
    }

    private func pair(_ leaf: (certificate: String, key: String), hasNewAuthority: Bool = false) -> CertificatePair {
        CertificatePair(certificate: leaf.certificate, key: Redacted(leaf.key), hasNewAuthority: hasNewAuthority)
    }

    @Test func `new connections see it on every listener, and those there are go on`() async throws {
        try await Office.open(browsers: ["https://pbx.test"], hasIPv6: true) { office in
            let phone = try await Enrolled("201", in: office)
            let before = try await office.peer()
            #expect(try await phone.register(over: before))
            let old = try await office.server.certificate()

            let leaf = try office.authority.issue(names: ["pbx.test", "new.test"], addresses: [], at: .now)
            let new = try await office.server.replaceCertificate(pair(leaf))
            #expect(new.fingerprint != old.fingerprint)
            #expect(new.names == ["pbx.test", "new.test"])
            for listener in office.server.sip {
                #expect(try shown(by: listener) == new.fingerprint)
            }
            before.say(Requests.options(branch: 77))
            #expect(try await before.hears("branch=z9hG4bK-77"))
            let after = try await office.peer(name: "new.test")
            after.say(Requests.options(branch: 78))
            #expect(try await after.hears("branch=z9hG4bK-78"))
            #expect(try await office.server.certificate() == new)
        }
    }

    @Test func `a server that starts again shows the new one`() async throws {
        try await Office.open { office in
            let leaf = try office.authority.issue(names: ["pbx.test"], addresses: [], at: .now)
            let new = try await office.server.replaceCertificate(pair(leaf))
            await office.server.stop()
            let second = try await RingfenceServer.start(office.configuration, store: office.store, logger: .silent)
            #expect(try shown(by: second.sip[0]) == new.fingerprint)
            await second.stop()
        }
    }

    @Test func `with a new root the key of the old one goes, and with another certificate of the same root it stays`()
        async throws
    {
        try await Office.open { office in
            let key = office.folder.appending(path: "ca.key").path
            let root = office.folder.appending(path: "ca.pem").path
            try office.root.write(toFile: root, atomically: true, encoding: .utf8)
            try office.authority.keyPEM.write(toFile: key, atomically: true, encoding: .utf8)
            let same = try office.authority.issue(names: ["pbx.test"], addresses: [], at: .now)
            _ = try await office.server.replaceCertificate(pair(same))
            _ = try await office.server.replaceCertificate(
                pair((same.certificate + office.root, same.key), hasNewAuthority: true)
            )
            #expect(FileManager.default.fileExists(atPath: key))
            let other = try CertificateAuthority(for: "another", at: .now)
            let leaf = try other.issue(names: ["pbx.test"], addresses: [], at: .now)
            _ = try await office.server.replaceCertificate(
                pair((leaf.certificate + other.rootPEM, leaf.key), hasNewAuthority: true)
            )
            #expect(!FileManager.default.fileExists(atPath: key))
            #expect(try String(contentsOfFile: root, encoding: .utf8) == other.rootPEM)
        }
    }

    private enum Fault: CaseIterable {
        case foreignKey, otherName, ended, notYet, brokenChain, authority, noCertificate, otherAuthority
    }

    private func faulty(_ fault: Fault, _ office: Office) throws -> CertificatePair {
        let own = office.authority
        let good = try own.issue(names: ["pbx.test"], addresses: [], at: .now)
        let stranger = try CertificateAuthority(for: "stranger", at: .now)
        return switch fault {
        case .foreignKey: pair((good.certificate, try own.issue(names: ["pbx.test"], addresses: [], at: .now).key))
        case .otherName: pair(try own.issue(names: ["other.test"], addresses: [], at: .now))
        case .ended: pair(try own.issue(names: ["pbx.test"], addresses: [], at: Date() - 400 * 86_400))
        case .notYet: pair(try own.issue(names: ["pbx.test"], addresses: [], at: Date() + 3 * 86_400))
        case .brokenChain: pair((good.certificate + (try stranger.rootPEM), good.key))
        case .authority: pair((try own.rootPEM, own.keyPEM))
        case .noCertificate: pair(("nothing", good.key))
        case .otherAuthority: pair(try stranger.issue(names: ["pbx.test"], addresses: [], at: .now))
        }
    }

    @Test func `a pair that phones would refuse is refused, and nothing changes`() async throws {
        try await Office.open { office in
            try office.root.write(to: office.folder.appending(path: "ca.pem"), atomically: true, encoding: .utf8)
            let before = try await office.server.certificate()
            for fault in Fault.allCases {
                let pair = try faulty(fault, office)
                let refusal = await #expect(throws: Refusal.self) { try await office.server.replaceCertificate(pair) }
                #expect(refusal?.control == .signallingEncryption, "\(fault)")
            }
            #expect(try await office.server.certificate() == before)
            #expect(try shown(by: office.server.sip[0]) == before.fingerprint)
            let left = try FileManager.default.contentsOfDirectory(atPath: office.folder.path)
            #expect(!left.contains { $0.hasSuffix(".new") })
        }
    }

    @Test func `another authority is taken when phones have its root`() async throws {
        try await Office.open { office in
            try office.root.write(to: office.folder.appending(path: "ca.pem"), atomically: true, encoding: .utf8)
            let other = try CertificateAuthority(for: "another", at: .now)
            let leaf = try other.issue(names: ["pbx.test"], addresses: [], at: .now)
            let chain = (leaf.certificate + (try other.rootPEM), leaf.key)
            let new = try await office.server.replaceCertificate(pair(chain, hasNewAuthority: true))
            #expect(new.authority == (try other.rootPEM))
            let peer = try await Peer.connect(to: office.server.sipTLS, root: try other.rootPEM)
            peer.say(Requests.options())
            #expect(try await peer.hears("SIP/2.0 401 "))
        }
    }

    @Test func `a crash between the two steps on the disk is mended at the next start`() throws {
        let folder = TemporaryFolder()
        let made = try folder.install(at: Date())
        let authority = try CertificateAuthority(
            rootPEM: String(contentsOfFile: made.rootCertificate, encoding: .utf8),
            keyPEM: String(contentsOfFile: made.rootKey, encoding: .utf8)
        )
        let leaf = try authority.issue(names: ["pbx.example.com"], addresses: [], at: .now)
        try PrivateFiles.replace(made.tls.key, leaf.key, mode: 0o600)
        try PrivateFiles.create(made.tls.certificate + ".new", leaf.certificate, mode: 0o644)
        try made.finishReplacement()
        #expect(try String(contentsOfFile: made.tls.certificate, encoding: .utf8) == leaf.certificate)
        #expect(!FileManager.default.fileExists(atPath: made.tls.certificate + ".new"))
        try made.finishReplacement()
    }
}

@Suite("Control signalling-encryption: certificates of who connects")
struct ClientCertificateTests {
    /// A certificate for a phone, made by OpenSSL under an authority of ours.
    private func client(of authority: CertificateAuthority) throws -> (certificate: String, key: String) {
        let folder = TemporaryFolder()
        let path = { (name: String) in folder.path + "/" + name }
        try authority.rootPEM.write(toFile: path("ca.pem"), atomically: true, encoding: .utf8)
        try authority.keyPEM.write(toFile: path("ca.key"), atomically: true, encoding: .utf8)
        try "extendedKeyUsage=clientAuth\n".write(toFile: path("extensions"), atomically: true, encoding: .utf8)
        let request = try openssl([
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=phone",
            "-keyout", path("key.pem"), "-out", path("request.pem"),
        ])
        #expect(request.status == 0, "\(request.output)")
        let signed = try openssl([
            "x509", "-req", "-in", path("request.pem"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-CAcreateserial", "-days", "30", "-extfile", path("extensions"), "-out", path("phone.pem"),
        ])
        #expect(signed.status == 0, "\(signed.output)")
        return (
            try String(contentsOfFile: path("phone.pem"), encoding: .utf8),
            try String(contentsOfFile: path("key.pem"), encoding: .utf8)
        )
    }

    /// Whether a peer that shows this is heard.
    private func isHeard(
        _ office: Office,
        showing certificate: (certificate: String, key: String)?
    ) async throws -> Bool {
        let peer = try await office.peer(showing: certificate)
        peer.say(Requests.options())
        return try await peer.waits { $0.text.contains("SIP/2.0 401 ") || $0.isClosed }
            && peer.state.text.contains("SIP/2.0 401 ")
    }

    @Test(arguments: [(ClientCertificates.none, true, true), (.request, true, false), (.require, false, false)])
    func `what a listener asks for is what it takes`(
        clients: ClientCertificates,
        without: Bool,
        foreign: Bool
    ) async throws {
        try await Office.open(clients: clients) { office in
            #expect(try await isHeard(office, showing: client(of: office.authority)))
            #expect(try await isHeard(office, showing: nil) == without)
            let stranger = try CertificateAuthority(for: "stranger", at: .now)
            #expect(try await isHeard(office, showing: client(of: stranger)) == foreign)
        }
    }

    @Test func `the server's own certificate opens nothing`() async throws {
        try await Office.open(clients: .require) { office in
            let leaf = try office.authority.issue(names: ["pbx.test"], addresses: [], at: .now)
            #expect(try await !isHeard(office, showing: leaf))
        }
    }
}
