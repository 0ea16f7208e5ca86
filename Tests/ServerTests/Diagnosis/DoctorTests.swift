// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@testable import Server

@Suite("ringfence doctor")
struct DoctorTests {
    private let folder = TemporaryFolder()
    private let now = Date()

    @Test func `without a server the one thing that is wrong says how to start it`() async throws {
        let made = try folder.install(at: now)
        let findings = await Server.Doctor(made, serving: nil, at: now, resolve: nowhere).examine()
        #expect(finding(.server, findings)?.severity == .critical)
        #expect(
            finding(.server, findings)?.text
                == "No phone can register or call. Start it: ringfence serve --data \(made.directory)"
        )
        for code in [Finding.Code.folder, .clock, .certificate, .certificateNames, .diskSpace] {
            #expect(finding(code, findings)?.severity == .good, "\(code)")
        }
    }

    @Test(arguments: ["", "/tls", "/tls/server.key", "/tls/ca.key", "/installation.json"])
    func `a secret that others can reach is found, with the command that closes it`(name: String) async throws {
        let made = try folder.install(at: now)
        let path = made.directory + name
        chmod(path, 0o755)
        let folder = finding(.folder, await Server.Doctor(made, serving: nil, at: now, resolve: nowhere).examine())
        #expect(folder?.severity == .critical)
        #expect(folder?.title == "Other accounts of this machine can reach \(path)")
        #expect(folder?.text.contains("chmod \(name.contains(".") ? "600" : "700") \(path)") == true)
    }

    @Test(arguments: [
        (0o711 as mode_t, 0o666 as mode_t, "", true), (0o711, 0o600, "700", false), (0o755, 0o666, "711", false),
    ])
    func `others may pass through the folder while the socket is open to them, and no more`(
        mode: mode_t,
        socket: mode_t,
        wanted: String,
        isGood: Bool
    ) async throws {
        let made = try folder.install(at: now)
        _ = FileManager.default.createFile(atPath: made.controlSocket, contents: nil)
        chmod(made.controlSocket, socket)
        chmod(made.directory, mode)
        let found = finding(.folder, await Server.Doctor(made, serving: nil, at: now, resolve: nowhere).examine())
        #expect((found?.severity == .good) == isGood)
        if !isGood { #expect(found?.text.contains("chmod \(wanted) \(made.directory)") == true) }
    }

    @Test func `a certificate that ends soon is a warning, and one that ended is wrong`() async throws {
        let made = try folder.install(at: now)
        let soon = finding(.certificate, await look(made, after: 350))
        #expect(soon?.severity == .warning)
        #expect(soon?.text.contains("ringfence serve --data \(made.directory)") == true)
        #expect(finding(.certificate, await look(made, after: 366))?.severity == .critical)
        #expect(finding(.certificate, await look(made, after: 10))?.severity == .good)
    }

    @Test func `a certificate that was made while the clock was ahead is wrong, and the cure is one that works`()
        async throws
    {
        let made = try folder.install(at: now)
        #expect(try made.renewCertificate(at: now.addingTimeInterval(400 * 86_400)))
        let found = finding(.certificate, await look(made, after: 0))
        #expect(found?.severity == .critical)
        #expect(found?.title.hasPrefix("The certificate is not valid before") == true)
        #expect(found?.text.contains("ringfence serve --data \(made.directory)") == true)
        #expect(try made.renewCertificate(at: now))
        #expect(finding(.certificate, await look(made, after: 0))?.severity == .good)
    }

    @Test func `half a year before its end the root is told of, with what a person has to do`() async throws {
        let made = try folder.install(at: now)
        let days = Double(CertificateAuthority.rootLifetime)
        for day in stride(from: 340, through: days, by: 100) {
            _ = try made.renewCertificate(at: now + Double(day) * 86_400)
        }
        let near = finding(.certificate, await look(made, after: days - 100))
        #expect(near?.severity == .warning && near?.title.hasPrefix("The root that phones were given ends on") == true)
        #expect(near?.text.contains("--new-authority") == true)
        let over = finding(.certificate, await look(made, after: days + 1))
        #expect(
            over?.severity == .critical && over?.title.hasPrefix("The root that phones were given ended on") == true
        )
    }

    @Test func `a clock before the installation was made is wrong`() async throws {
        let made = try folder.install(at: now)
        #expect(finding(.clock, await look(made, after: -2))?.severity == .critical)
        #expect(
            finding(.certificate, await look(made, after: -2))?.title.hasSuffix("before the root certificate begins")
                == true
        )
    }

    @Test func `a key that is not the certificate's is wrong`() async throws {
        let made = try folder.install(at: now)
        try CertificateAuthority(for: "x", at: now).keyPEM.write(
            toFile: made.tls.key,
            atomically: false,
            encoding: .utf8
        )
        #expect(
            finding(.certificate, await look(made, after: 0))?.title
                == "The certificate does not belong to the key beside it"
        )
    }

    @Test func `a certificate for other names than phones are told is wrong`() async throws {
        let made = try folder.install(names: ["pbx.example.com"], at: now)
        let other = Installation(
            directory: made.directory,
            settings: .init(domain: "example.com", address: "192.0.2.10", names: ["sip.example.com"])
        )
        #expect(
            finding(.certificateNames, await look(other, after: 0))?.title
                == "The certificate is not for sip.example.com"
        )
    }

    @Test func `it does what a phone does: a server with the right certificate is good, another is wrong`() async throws
    {
        let made = try folder.install(names: ["localhost"], at: now)
        let right = try TLSServer(port: 27_061, certificate: made.tls.certificate, key: made.tls.key)
        #expect(
            finding(.signallingPort, await look(made, at: 27_061))?.title == "127.0.0.1:27061 proves to be localhost"
        )
        right.stop()

        let stranger = try CertificateAuthority(for: "stranger", at: now).issue(
            names: ["localhost"],
            addresses: [],
            at: now
        )
        let paths = (folder.path + "/other.pem", folder.path + "/other.key")
        try stranger.certificate.write(toFile: paths.0, atomically: true, encoding: .utf8)
        try stranger.key.write(toFile: paths.1, atomically: true, encoding: .utf8)
        let wrong = try TLSServer(port: 27_063, certificate: paths.0, key: paths.1)
        #expect(finding(.signallingPort, await look(made, at: 27_063))?.severity == .critical)
        wrong.stop()
        #expect(finding(.signallingPort, await look(made, at: 27_065))?.severity == .critical)
    }

    @Test func `a name that leads elsewhere is a warning that says what to put into the DNS`() async throws {
        let made = try folder.install(at: now)
        for (found, outcome) in [([], "leads nowhere"), ([address(0).ip], "leads to 127.0.0.1")] {
            let findings = await Server.Doctor(made, serving: nil, at: now) { _ in found }.examine()
            #expect(finding(.hostName, findings)?.severity == .warning)
            #expect(finding(.hostName, findings)?.title == "On this machine pbx.example.com \(outcome)")
            #expect(finding(.hostName, findings)?.text.hasSuffix("pbx.example.com A 192.0.2.10") == true)
        }
        let good = await Server.Doctor(made, serving: nil, at: now) { _ in [made.address] }.examine()
        #expect(finding(.hostName, good)?.title == "pbx.example.com leads to 192.0.2.10")
    }

    @Test func `a port that is taken is not free, and the other protocol's is`() {
        #expect(Probe.isFree(address(27_067), .udp))
        let taken = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(taken) }
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = UInt16(27_067).bigEndian
        name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(taken, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        #expect(isBound)
        #expect(!Probe.isFree(address(27_067), .udp))
        #expect(Probe.isFree(address(27_067), .tcp))
    }

    private func address(_ port: UInt16) -> SocketAddress { SocketAddress(ip: IPAddress(v4: 0x7F00_0001), port: port) }

    private func finding(_ code: Finding.Code, _ findings: [Finding]) -> Finding? {
        findings.first { $0.code == code }
    }

    private func look(_ made: Installation, after days: Double) async -> [Finding] {
        await Server.Doctor(made, serving: nil, at: now.addingTimeInterval(days * 86_400), resolve: nowhere).examine()
    }

    private func look(_ made: Installation, at port: UInt16) async -> [Finding] {
        guard let media = MediaPorts(address: address(0).ip, first: 27_070, last: 27_071) else { return [] }
        let serving = Serving(sipTLS: address(port), media: media)
        return await Server.Doctor(made, serving: serving, at: now, resolve: nowhere).examine()
    }
}

/// A resolver that knows no name; the real one may wait for a network that is not there.
private let nowhere: @Sendable (String) -> [IPAddress] = { _ in [] }
