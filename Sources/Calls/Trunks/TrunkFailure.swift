// SPDX-License-Identifier: Apache-2.0

/// Why a provider cannot be used, or could not a while ago.
public enum TrunkFailure: Error, Hashable, Sendable {
    /// No record of the domain leads anywhere for the transport of the trunk.
    case noSuchName(String)
    case nameServerSilent
    /// The connection was refused.
    case refused
    /// As the system says it.
    case unreachable(String)
    /// Nothing came back in time.
    case silent
    /// The connection ended.
    case closed
    case certificate(Certificate)
    /// What is there speaks no TLS that is good enough, as the library says it.
    case noTLS(String)
    /// The provider wants to see our certificate, or does not take it.
    case wantsCertificate
    /// A login was refused: status and reason of the provider.
    case login(Int, String)
    /// The login was asked for in a way that is not answered.
    case challenge(Challenge)
    /// Any other answer that says no: status and reason.
    case status(Int, String)
    /// The exception for signalling in the clear is over, or there is none.
    case notAllowed

    /// What is wrong with a certificate (RFC 5922 §7).
    public enum Certificate: Hashable, Sendable {
        /// It is for these names and none of them is the trunk's domain. Untrusted text.
        case names([String])
        case expired
        case notYetValid
        /// Nobody who is trusted signed it.
        case unknownIssuer
        case other(String)
    }

    /// Why a challenge is not answered (row C06).
    public enum Challenge: Error, Hashable, Sendable {
        /// The provider names this realm and the secret is for another. Untrusted text.
        case realm(String)
        /// Only MD5, over a transport that others can read.
        case weak
        /// No algorithm or protection that this server knows.
        case unknown
        /// It asks again, though it was answered.
        case repeated
        /// There is nothing to log in with.
        case noSecret
    }

    /// Whether trying again soon is of no use: somebody has to change something.
    var isLasting: Bool {
        switch self {
        case .certificate, .noTLS, .wantsCertificate, .login, .challenge, .notAllowed, .noSuchName: true
        case .nameServerSilent, .refused, .unreachable, .silent, .closed, .status: false
        }
    }
}

extension TrunkFailure: CustomStringConvertible {
    /// For people, as the end of a sentence about the provider.
    public var description: String {
        switch self {
        case .noSuchName(let name): "DNS knows no server for \(name) and the transport of this trunk"
        case .nameServerSilent: "the name servers do not answer"
        case .refused: "the connection was refused"
        case .unreachable(let reason): "it cannot be reached: \(reason)"
        case .silent: "it did not answer in time"
        case .closed: "it closed the connection"
        case .certificate(let problem): problem.description
        case .noTLS(let reason): "TLS could not be agreed on: \(reason)"
        case .wantsCertificate: "it wants a certificate of ours, and got none that it takes"
        case .login(let status, let reason): "it refused the login: \(status) \(reason)"
        case .challenge(let problem): problem.description
        case .status(let status, let reason): "it answered \(status) \(reason)"
        case .notAllowed: "the exception for signalling in the clear has ended"
        }
    }
}

extension TrunkFailure.Certificate: CustomStringConvertible {
    public var description: String {
        switch self {
        case .names(let names) where names.isEmpty: "its certificate names nobody"
        case .names(let names): "its certificate is for \(names.joined(separator: ", "))"
        case .expired: "its certificate has expired"
        case .notYetValid: "its certificate is not valid yet"
        case .unknownIssuer: "nobody who is trusted signed its certificate"
        case .other(let reason): "its certificate does not verify: \(reason)"
        }
    }
}

extension TrunkFailure.Challenge: CustomStringConvertible {
    public var description: String {
        switch self {
        case .realm(let realm):
            "it asks for the password of '\(realm)', and the secret of this trunk is for another realm"
        case .weak: "it asks for the password by MD5 where others can read it"
        case .unknown: "it asks for the password in a way that this server does not know"
        case .repeated: "it does not take the user name and password"
        case .noSecret: "it asks for a password, and this trunk has none"
        }
    }
}
