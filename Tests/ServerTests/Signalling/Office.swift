// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Guard
import Logging
import Model
import Primitives
import Store
import Synchronization
import Testing

@testable import Server

/// A whole server on loopback with a certificate of its own, in a folder that goes with it.
final class Office: Sendable {
    static let loopback6 = IPAddress(high: 0, low: 1)

    let server: RingfenceServer
    let store: RingfenceStore
    /// As it was started, with the port it got.
    let configuration: ServerConfiguration
    let authority: CertificateAuthority
    /// PEM of the authority that signed its certificate.
    let root: String
    let folder: URL
    /// Also the name in its certificate.
    let domain: String

    /// Opens an office, lets the test work in it, and closes it.
    static func open<Result>(
        sites: [IPPrefix] = [],
        browsers: [String]? = nil,
        hasIPv6: Bool = false,
        clients: ClientCertificates = .none,
        domain: String = "pbx.test",
        in machine: Machine? = nil,
        _ work: (Office) async throws -> Result
    ) async throws -> Result {
        try await Town.withPlace {
            let office = try await Office(
                sites: sites,
                browsers: browsers,
                hasIPv6: hasIPv6,
                clients: clients,
                domain: domain,
                in: machine
            )
            do {
                let result = try await work(office)
                await office.close()
                return result
            } catch {
                await office.close()
                throw error
            }
        }
    }

    init(
        sites: [IPPrefix] = [],
        browsers: [String]? = nil,
        hasIPv6: Bool = false,
        clients: ClientCertificates = .none,
        domain name: String = "pbx.test",
        in machine: Machine? = nil
    ) async throws {
        domain = name
        folder = FileManager.default.temporaryDirectory.appending(path: "ringfence-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard let loopback = IPAddress(parsing: "127.0.0.1"), let domain = DomainName(parsing: name) else {
            preconditionFailure("constants")
        }
        let addresses = [loopback] + (hasIPv6 ? [Self.loopback6] : [])
        authority = try CertificateAuthority(for: domain.text, at: .now)
        root = try authority.rootPEM
        let leaf = try authority.issue(names: [name], addresses: [], at: .now)
        let files = TLSFiles(
            certificate: folder.appending(path: "server.pem").path,
            key: folder.appending(path: "server.key").path,
            authority: nil,
            clientAuthority: clients == .none ? nil : root
        )
        try root.write(toFile: folder.appending(path: "clients.pem").path, atomically: true, encoding: .utf8)
        try leaf.certificate.write(toFile: files.certificate, atomically: true, encoding: .utf8)
        try leaf.key.write(toFile: files.key, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: files.key)
        store = try RingfenceStore.create(
            directory: folder.appending(path: "data").path,
            domain: domain,
            by: "test",
            at: WallTime(milliseconds: 0)
        )
        let network = NetworkSettings(sites: sites, origins: (browsers ?? []).compactMap { WebOrigin(parsing: $0) })
        if !network.changes.isEmpty {
            let entry = JournalDraft(actor: "test", action: "network.set", subject: "network")
            _ = try store.change(network.changes, journal: [entry], at: WallTime(milliseconds: 0))
        }
        var configuration = ServerConfiguration(
            directory: folder.path,
            hostNames: [name],
            sip: machine?.listeners
                ?? addresses.map { EncryptedListener(.tls, SocketAddress(ip: $0, port: 0), clients: clients) }
                + (browsers == nil ? [] : [EncryptedListener(.wss, SocketAddress(ip: loopback, port: 0))]),
            media: try machine?.mediaPorts ?? addresses.map(Self.freePorts),
            tls: files
        )
        server = try await RingfenceServer.start(configuration, store: store, in: machine, logger: .silent)
        configuration.sip = server.sip
        self.configuration = configuration
    }

    func peer(
        name: String? = nil,
        versions: ClosedRange<Int> = 12...13,
        window: Int = 262_144,
        from source: String? = nil,
        overIPv6: Bool = false,
        showing certificate: (certificate: String, key: String)? = nil
    ) async throws -> Peer {
        let listener = try #require(server.sip.first { $0.kind == .tls && $0.address.ip.isIPv4 != overIPv6 })
        return try await Peer.connect(
            to: listener.address,
            root: root,
            name: name ?? domain,
            versions: versions,
            window: window,
            from: source,
            showing: certificate
        )
    }

    /// A browser's end of a WebSocket, which is asked for and not yet open.
    func browser(
        origin: String? = "https://pbx.test",
        subprotocol: String? = "sip",
        line: String = "GET / HTTP/1.1"
    ) async throws -> Peer {
        let wss = try #require(server.sip.first { $0.kind == .wss }).address
        let peer = try await Peer.connect(to: wss, root: root)
        let fields = [
            "Host: pbx.test", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
            origin.map { "Origin: \($0)" }, subprotocol.map { "Sec-WebSocket-Protocol: \($0)" },
        ]
        peer.say(([line] + fields.compactMap(\.self)).joined(separator: "\r\n") + "\r\n\r\n")
        return peer
    }

    /// The same, open: what it says is framed from now on.
    func openBrowser() async throws -> Peer {
        let peer = try await browser()
        _ = try #require(try await peer.hears("Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", within: .seconds(15)))
        peer.speaksFrames()
        return peer
    }

    func close() async {
        await server.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Handed out before: whoever got them may not have opened them yet.
    private static let handedOut = Mutex<Set<UInt16>>([])

    /// Two neighbouring UDP ports, the first one even, that nobody has, and that no other office of these tests gets.
    static func freePorts(on address: IPAddress) throws -> MediaPorts {
        for _ in 0..<100 {
            let first = UInt16.random(in: 10_000..<16_000) * 2
            guard let ports = MediaPorts(address: address, first: first, last: first + 1),
                handedOut.withLock({ $0.insert(first).inserted })
            else { continue }
            let isFree = [ports.rtp, ports.rtcp].allSatisfy { wanted in
                let descriptor = socket(wanted.ip.isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue), 0)
                defer { Glibc.close(descriptor) }
                return SocketName(wanted).bytes.withUnsafeBytes { raw in
                    raw.withMemoryRebound(to: sockaddr.self) {
                        bind(descriptor, $0.baseAddress, socklen_t(raw.count)) == 0
                    }
                }
            }
            if isFree { return ports }
        }
        throw POSIXError(.EADDRINUSE)
    }
}

extension Logger {
    static let silent = Logger(label: "office") { _ in SwiftLogNoOpLogHandler() }
}
