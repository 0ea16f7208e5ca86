// SPDX-License-Identifier: Apache-2.0

import Foundation
import Guard
import Model
import NIOCore
import NIOSSL

/// How the server shows itself and what encryption it accepts: the decision of `signalling-encryption` about TLS.
///
/// TLS 1.2 (RFC 5246) with forward secrecy and authenticated encryption only, and TLS 1.3 (RFC 8446), which has nothing
/// else. TLS 1.2 stays because phones of 2025 know no better; 1.0 and 1.1 are forbidden by RFC 8996. No renegotiation
/// (RFC 5746), no early data (it can be replayed).
struct TLSIdentity: Sendable {
    private let contexts: [ClientCertificates: NIOSSLContext]
    private let chain: [NIOSSLCertificate]
    private let privateKey: NIOSSLPrivateKey

    private static let suites: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    /// Reads the PEM files. Blocks: not for a loop.
    ///
    /// - Parameter clients: What the listeners ask of who connects.
    /// - Throws: A ``Refusal`` naming the file that cannot be used.
    init(_ files: TLSFiles, for clients: some Sequence<ClientCertificates>) throws(Refusal) {
        let (chain, key) = (try Self.certificates(files.certificate), try Self.key(files.key))
        var contexts: [ClientCertificates: NIOSSLContext] = [:]
        for client in Set(clients) {
            let roots = client == .none ? [] : try Self.clientRoots(files)
            contexts[client] = try Self.context(files, chain, key, client, roots)
        }
        self.contexts = contexts
        (self.chain, privateKey) = (chain, key)
    }

    /// For a connection that we open. Who is there is verified up to a root, and no name is compared: that is for
    /// ``ProviderCertificate``. Blocks for as long as it takes to read the machine's roots: not for a loop.
    ///
    /// - Parameter authority: PEM of the roots that may have signed what is shown to us; `nil` for those of the machine.
    func client(trusting authority: String?, showsCertificate: Bool) throws -> NIOSSLContext {
        var configuration = try Self.clientConfiguration(trusting: authority)
        if showsCertificate {
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(privateKey)
        }
        return try NIOSSLContext(configuration: configuration)
    }

    /// The same, as long as we show nothing of ourselves.
    static func clientConfiguration(trusting authority: String?) throws -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.maximumTLSVersion = .tlsv13
        configuration.cipherSuiteValues = Self.suites
        configuration.renegotiationSupport = .none
        configuration.certificateVerification = .noHostnameVerification
        configuration.shutdownTimeout = .seconds(Int64(Limits.farewell))
        if let authority { configuration.trustRoots = .certificates(try Self.roots(authority)) }
        return configuration
    }

    /// For a listener that asks this of who connects.
    func context(for clients: ClientCertificates) -> NIOSSLContext {
        guard let context = contexts[clients] else { preconditionFailure("a listener that was not declared") }
        return context
    }

    private static func context(
        _ files: TLSFiles,
        _ chain: [NIOSSLCertificate],
        _ key: NIOSSLPrivateKey,
        _ clients: ClientCertificates,
        _ roots: [NIOSSLCertificate]
    ) throws(Refusal) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.maximumTLSVersion = .tlsv13
        configuration.cipherSuiteValues = suites
        configuration.renegotiationSupport = .none
        configuration.shutdownTimeout = .seconds(Int64(Limits.farewell))
        switch clients {
        case .none: configuration.certificateVerification = .none
        case .request: configuration.certificateVerification = .optionalVerification
        // A client has no host name.
        case .require: configuration.certificateVerification = .noHostnameVerification
        }
        if !roots.isEmpty { configuration.trustRoots = .certificates(roots) }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw unusable(files.certificate, "it and the key in \(files.key) do not belong together")
        }
    }

    /// Never the machine's own roots: anybody gets a certificate under those.
    private static func clientRoots(_ files: TLSFiles) throws(Refusal) -> [NIOSSLCertificate] {
        if let text = files.clientAuthority { return try roots(text) }
        guard let path = files.authority else { throw .noClientAuthority }
        return try certificates(path)
    }

    /// - Parameter text: PEM of roots that are to sign clients' certificates.
    @discardableResult
    static func roots(_ text: String) throws(Refusal) -> [NIOSSLCertificate] {
        let roots = try? NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
        guard let roots, !roots.isEmpty else { throw .noClientRoots }
        return roots
    }

    private static func certificates(_ path: String) throws(Refusal) -> [NIOSSLCertificate] {
        let chain = try? NIOSSLCertificate.fromPEMFile(path)
        guard let chain, !chain.isEmpty else { throw unusable(path, "it holds no certificate in PEM form") }
        return chain
    }

    private static func key(_ path: String) throws(Refusal) -> NIOSSLPrivateKey {
        let permissions = try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        let mode = permissions?.uint16Value ?? 0
        if let refusal = SecretFileRules.refusal(of: path, for: .certificateKey, mode: mode) { throw refusal }
        guard let key = try? NIOSSLPrivateKey(file: path, format: .pem) else {
            throw unusable(path, "it holds no private key in PEM form")
        }
        return key
    }

    private static func unusable(_ path: String, _ reason: String) -> Refusal {
        Refusal(
            .signallingEncryption,
            problem: "The file \(path) cannot be used for TLS.",
            reason: reason,
            remedy: "put the right file there, or make a new certificate: ringfence init"
        )
    }
}

extension Refusal {
    fileprivate static let noClientAuthority = Self(
        .signallingEncryption,
        problem: "Ringfence cannot ask who connects for a certificate.",
        reason: "it has no private authority, and under the public ones everybody gets a certificate",
        remedy: "name the root that signs your phones' certificates: ringfence client-ca set FILE"
    )

    fileprivate static let noClientRoots = Self(
        .signallingEncryption,
        problem: "Ringfence cannot ask who connects for a certificate of these roots.",
        reason: "there is no certificate in PEM form in the file",
        remedy: "give the file with the root that signs your phones' certificates: ringfence client-ca set FILE"
    )
}
