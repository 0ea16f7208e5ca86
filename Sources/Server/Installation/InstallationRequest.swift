// SPDX-License-Identifier: Apache-2.0

public import Foundation
import Glibc
public import Guard
public import Model
public import Primitives

/// What `ringfence init` is asked to make.
public struct InstallationRequest: Sendable {
    public let directory: String
    public let domain: DomainName
    public let address: IPAddress
    public let names: [String]
    /// PEM files of a certificate that exists already; `nil` makes a private authority.
    public let certificate: (certificate: String, key: String)?

    /// - Parameters:
    ///   - names: Host names for the certificate and for Contact, the first is the one phones are told. When there are
    ///     none it is the domain, or the address if the domain is one.
    /// - Throws: A refusal for an address or a name that no phone could use.
    public init(
        directory: String,
        domain: DomainName,
        address: IPAddress,
        names: [String],
        certificate: (certificate: String, key: String)? = nil
    ) throws(Refusal) {
        self.directory = Installation.absolute(directory)
        guard self.directory.utf8.count <= Installation.longestDirectory else {
            throw .pathTooLong(self.directory)
        }
        guard !address.isUnspecified, !address.isMulticastOrBroadcast else { throw .noSingleHost(address) }
        var known: [String] = []
        for name in names {
            guard let valid = DomainName(parsing: name), IPAddress(parsing: valid.text) == nil else {
                throw .notAHostName(name)
            }
            if !known.contains(valid.text) { known.append(valid.text) }
        }
        self.names = known.isEmpty ? [domain.text] : known
        self.domain = domain
        self.address = address
        self.certificate = certificate
    }

    /// Makes the folder and everything in it but the store, which `fill` makes. Nothing is left behind when it fails.
    ///
    /// - Parameter fill: Called when the folder exists and before the installation counts as made.
    public func create(at now: Date, fill: (Installation) throws -> Void) throws -> Installation {
        try checkFree()
        try checkOwners()
        let installation = Installation(
            directory: directory,
            settings: .init(domain: domain.text, address: address.description, names: names)
        )
        do {
            try PrivateFiles.makeFolder(directory)
            // Once more: the folders on the way may have been made just now.
            try checkOwners()
            try PrivateFiles.makeFolder(directory + "/tls")
            if let certificate {
                try adopt(certificate, for: installation, at: now)
            } else {
                try issue(for: installation, at: now)
            }
            try fill(installation)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            let text = String(decoding: try encoder.encode(installation.settings), as: UTF8.self) + "\n"
            try PrivateFiles.create(Installation.settingsPath(directory), text, mode: 0o600)
        } catch {
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [] {
                try? FileManager.default.removeItem(atPath: directory + "/" + name)
            }
            throw error
        }
        return installation
    }

    /// An empty folder is fine: it may be a volume that somebody mounted.
    private func checkFree() throws(Refusal) {
        let contents = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        guard !contents.isEmpty else { return }
        throw contents.contains("installation.json") ? .alreadyInstalled(directory) : .folderInUse(directory)
    }

    private func checkOwners() throws(Refusal) {
        if let refusal = FolderOwners(directory).refusal() { throw refusal }
    }

    private func issue(for installation: Installation, at now: Date) throws {
        let authority = try CertificateAuthority(for: domain.text, at: now)
        try PrivateFiles.create(installation.rootCertificate, authority.rootPEM, mode: 0o644)
        try PrivateFiles.create(installation.rootKey, authority.keyPEM, mode: 0o600)
        let leaf = try authority.issue(
            names: installation.certificateNames,
            addresses: installation.certificateAddresses,
            at: now
        )
        try PrivateFiles.create(installation.tls.certificate, leaf.certificate, mode: 0o644)
        try PrivateFiles.create(installation.tls.key, leaf.key, mode: 0o600)
    }

    /// Copies a certificate that somebody else issued, after looking whether phones will accept it.
    private func adopt(
        _ files: (certificate: String, key: String),
        for installation: Installation,
        at now: Date
    ) throws(Refusal) {
        let text = try PrivateFiles.read(files.certificate)
        let key = try PrivateFiles.read(files.key)
        guard let chain = try? CertificateFacts.chain(pem: text), let leaf = chain.first else {
            throw .unusable(files.certificate, "it holds no certificate in PEM form")
        }
        guard leaf.matches(keyPEM: key) else {
            throw .unusable(files.certificate, "its key is not the one in \(files.key)")
        }
        guard leaf.notAfter > now else { throw .unusable(files.certificate, "it ended on \(leaf.notAfter.day)") }
        guard leaf.notBefore <= now else { throw .unusable(files.certificate, "it begins on \(leaf.notBefore.day)") }
        for name in names where !leaf.covers(name) {
            throw .unusable(files.certificate, "it is not for \(name), the name phones are told")
        }
        try PrivateFiles.create(installation.tls.certificate, text, mode: 0o644)
        try PrivateFiles.create(installation.tls.key, key, mode: 0o600)
        if let root = chain.last, root.isSelfSigned, let pem = try? root.pem {
            try PrivateFiles.create(installation.rootCertificate, pem, mode: 0o644)
        }
    }
}

extension Installation {
    /// The addresses in the certificate.
    var certificateAddresses: [IPAddress] {
        var addresses = [address]
        if let domain = IPAddress(parsing: settings.domain), domain != address { addresses.append(domain) }
        return addresses
    }

    /// Ends a replacement that was interrupted between its two steps on the disk: the key is there, its certificate waits.
    func finishReplacement() throws(Refusal) {
        let waiting = tls.certificate + ".new"
        guard FileManager.default.fileExists(atPath: waiting) else { return }
        let key = try PrivateFiles.read(tls.key)
        let present = try? CertificateFacts(pem: PrivateFiles.read(tls.certificate))
        guard present?.matches(keyPEM: key) != true,
            let next = try? CertificateFacts(pem: PrivateFiles.read(waiting)), next.matches(keyPEM: key)
        else { return }
        try PrivateFiles.adopt(tls.certificate)
    }
}

extension Date {
    /// `2026-11-21`, in UTC.
    var day: String { String(WallTime(milliseconds: Int64(timeIntervalSince1970 * 1_000)).description.prefix(10)) }
}

extension Refusal {
    static func pathTooLong(_ directory: String) -> Self {
        Self(
            problem: "The phone system cannot live in \(directory).",
            reason: "the path has \(directory.utf8.count) bytes, and the system allows a socket in it only up to "
                + "\(Installation.longestDirectory)",
            remedy: "choose a shorter path, such as --data /var/lib/ringfence"
        )
    }

    fileprivate static func noSingleHost(_ address: IPAddress) -> Self {
        Self(
            problem: "\(address) cannot be the address of the phone system.",
            reason: "phones send their calls there, so it has to be the address of this one machine",
            remedy: "choose one of this machine's addresses: ip address show"
        )
    }

    fileprivate static func notAHostName(_ name: String) -> Self {
        Self(
            .signallingEncryption,
            problem: "'\(name)' cannot be a name of this server.",
            reason: "phones look the name up and compare it with the certificate, so it has to be a host name",
            remedy: "give a name such as --name pbx.example.com, and the address with --address"
        )
    }

    fileprivate static func alreadyInstalled(_ directory: String) -> Self {
        Self(
            problem: "There is a phone system in \(directory) already.",
            reason: "making a new one would destroy its extensions, call records and certificate",
            remedy: "start it: ringfence serve --data \(directory)"
        )
    }

    fileprivate static func folderInUse(_ directory: String) -> Self {
        Self(
            problem: "The folder \(directory) is not empty.",
            reason: "secrets must not end up among files of something else",
            remedy: "choose a new folder with --data"
        )
    }

    fileprivate static func unusable(_ path: String, _ reason: String) -> Self {
        Self(
            .signallingEncryption,
            problem: "The certificate in \(path) cannot be used.",
            reason: reason,
            remedy: "give another one, or leave out --certificate and --key and Ringfence makes its own"
        )
    }
}
