// SPDX-License-Identifier: Apache-2.0

import Model

/// Who may touch the files that secrets are kept in: the account the server runs under, and nobody else.
public enum SecretFileRules {
    /// What a file of an installation is for.
    public enum Purpose: String, Hashable, Sendable, Codable, CaseIterable {
        /// The folder that holds the others.
        case directory
        /// The database or one of its logs (`-wal`, `-shm`).
        case database
        case sealKey
        case certificateKey
        /// The end of the journal, kept outside the database.
        case journalAnchor
        case adminSocket
        /// A log, a certificate, anything else.
        case other

        /// For a sentence.
        public var words: String {
            switch self {
            case .directory: "the folder of the installation"
            case .database: "the database"
            case .sealKey: "the key that seals the passwords"
            case .certificateKey: "the key of the certificate"
            case .journalAnchor: "the end mark of the journal"
            case .adminSocket: "the socket that commands the server"
            case .other: "a file of the installation"
            }
        }

        /// The permission bits it may have at most.
        ///
        /// - Parameter hasOperators: Whether other accounts may run the system: they pass through the folder to the socket,
        ///   and see nothing else of it. `Docs/decisions/0013-operators-are-accounts.md`.
        public func mostAllowed(hasOperators: Bool) -> UInt16 {
            switch self {
            case .directory: hasOperators ? 0o711 : 0o700
            case .adminSocket: hasOperators ? 0o666 : 0o600
            case .database, .sealKey, .certificateKey, .journalAnchor: 0o600
            case .other: 0o644
            }
        }
    }

    /// Why a server does not work with this file as it is; `nil` when others have no right that they must not have.
    public static func refusal(
        of path: String,
        for purpose: Purpose,
        mode: UInt16,
        hasOperators: Bool = false
    ) -> Refusal? {
        let most = purpose.mostAllowed(hasOperators: hasOperators)
        guard mode & 0o777 & ~most != 0 else { return nil }
        return Refusal(
            .credentialDelivery,
            problem: "Others on this machine can reach \(purpose.words).",
            reason: "\(path) has mode \(octal(mode)), and \(octal(most)) is the most it may have",
            remedy: "chmod \(octal(most)) \(path)"
        )
    }

    /// `0600`.
    public static func octal(_ mode: UInt16) -> String {
        let digits = String(mode & 0o777, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
