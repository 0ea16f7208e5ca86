// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Guard
import Model
public import Primitives

/// A folder that `ringfence init` made: what is where, and what was said when it was made.
public struct Installation: Sendable {
    /// Absolute, without a slash at its end, mode 0700; 0711 while there are operators.
    public let directory: String
    public let settings: Settings

    /// What `init` was told and nothing changes later. `installation.json`, mode 0600.
    public struct Settings: Codable, Equatable, Sendable {
        /// The SIP domain of the business, which is also the digest realm.
        public let domain: String
        /// The address that phones reach.
        public let address: String
        /// The names in the certificate; the first is the one phones are told.
        public let names: [String]
    }

    /// A path on a unix socket may have 108 bytes with its end (`sockaddr_un`), and the socket is in the folder.
    static let longestDirectory = 107 - "/control.sock".utf8.count

    init(directory: String, settings: Settings) {
        self.directory = directory
        self.settings = settings
    }

    /// Reads an installation.
    ///
    /// - Throws: A refusal that names `ringfence init` when there is none.
    public init(opening directory: String) throws(Refusal) {
        let directory = Self.absolute(directory)
        guard directory.utf8.count <= Self.longestDirectory else { throw .pathTooLong(directory) }
        let path = Self.settingsPath(directory)
        guard FileManager.default.fileExists(atPath: path) else { throw .noInstallation(directory) }
        let text = try PrivateFiles.read(path)
        guard let settings = try? JSONDecoder().decode(Settings.self, from: Data(text.utf8)),
            IPAddress(parsing: settings.address) != nil, DomainName(parsing: settings.domain) != nil,
            !settings.names.isEmpty
        else { throw .damaged(path) }
        self.init(directory: directory, settings: settings)
    }

    public var controlSocket: String { Self.controlSocket(in: directory) }
    static func controlSocket(in directory: String) -> String { directory + "/control.sock" }
    var servingFile: String { directory + "/serving.json" }
    /// The root for phones. Absent when the certificate came from an authority that phones know already.
    public var rootCertificate: String { directory + "/tls/ca.pem" }
    var rootKey: String { directory + "/tls/ca.key" }
    public var hasRoot: Bool { FileManager.default.fileExists(atPath: rootCertificate) }
    /// - Returns: `nil` where phones know the authority already.
    /// - Throws: A refusal when it is no certificate.
    func root() throws(Refusal) -> CertificateFacts? {
        hasRoot ? try CertificateFacts(reading: rootCertificate) : nil
    }
    /// Whether the server's certificate is from our own authority, so that we can renew it.
    public var hasOwnAuthority: Bool { FileManager.default.fileExists(atPath: rootKey) }

    public var tls: TLSFiles {
        TLSFiles(
            certificate: directory + "/tls/server.pem",
            key: directory + "/tls/server.key",
            authority: hasRoot ? rootCertificate : nil
        )
    }

    /// Everything the certificate has to be good for: the names, the domain and the address.
    public var certificateNames: [String] {
        var names = settings.names.filter { IPAddress(parsing: $0) == nil }
        if IPAddress(parsing: settings.domain) == nil, !names.contains(settings.domain) {
            names.append(settings.domain)
        }
        return names
    }

    public var address: IPAddress {
        guard let address = IPAddress(parsing: settings.address) else {
            preconditionFailure("init(opening:) and create(_:) check the address")
        }
        return address
    }

    /// What `serve` starts with.
    func configuration(for network: NetworkSettings) -> ServerConfiguration {
        var files = tls
        files.clientAuthority = network.clientAuthority
        return ServerConfiguration(
            directory: directory,
            hostNames: settings.names,
            domain: settings.domain,
            sip: network.listeners,
            media: network.media,
            tls: files
        )
    }

    static func settingsPath(_ directory: String) -> String { directory + "/installation.json" }

    /// Relative paths count from the working folder.
    public static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path(percentEncoded: false).trimmingTrailingSlash
    }
}

extension String {
    fileprivate var trimmingTrailingSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}

extension Refusal {
    fileprivate static func noInstallation(_ directory: String) -> Self {
        Self(
            problem: "There is no phone system in \(directory).",
            reason: "the folder has no installation.json",
            remedy: "make one: ringfence init --data \(directory) --domain example.com --address 192.0.2.10"
        )
    }

    static func damaged(_ path: String) -> Self {
        Self(
            problem: "The file \(path) is damaged.",
            reason: "it does not say which domain, address and names this phone system has",
            remedy: "put it back from a backup of the folder"
        )
    }
}
