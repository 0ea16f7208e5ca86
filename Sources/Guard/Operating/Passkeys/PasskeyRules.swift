// SPDX-License-Identifier: Apache-2.0

public import Model
import Primitives

/// Passkeys as a second factor: WebAuthn Level 3 with ES256 (P-256 and SHA-256), which every authenticator knows. What an authenticator
/// says of its maker (attestation) is not asked for and not judged.
public enum PasskeyRules {
    /// How long a challenge can be answered.
    public static let challengeLasts: Duration = .seconds(5 * 60)
    /// Random bytes of a challenge (WebAuthn Level 3 §13.4.3 asks for 16).
    public static let challengeBytes = 16
    /// Of one operator.
    public static let most = 10
    /// To change what one signs in with is as dangerous as to say who may do what.
    public static let rights: [Right] = [.appointOperators]

    /// Whose page asks (WebAuthn Level 3 §4).
    public struct Party: Hashable, Sendable {
        /// The host's name. Only pages under it are ever answered by a browser.
        public let id: String
        public let origin: String

        /// - Parameter authority: Of a request (RFC 9110 §7.1): the host, and a port unless it is 443.
        /// - Returns: `nil` for an address in place of a name: browsers have no passkeys there.
        public init?(authority: String) {
            let text = authority.lowercased()
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard let host = parts.first, (1...2).contains(parts.count), !host.isEmpty,
                host.utf8.allSatisfy({ $0 < 0x80 }), IPAddress(parsing: host) == nil
            else { return nil }
            id = String(host)
            origin = "https://" + (parts.count == 2 && parts[1] != "443" ? text : id)
        }
    }

    /// What layer 1 has no code of its own for.
    public struct Tools: Sendable {
        /// SHA-256.
        let hash: @Sendable ([UInt8]) -> [UInt8]
        /// Whether x and y, 32 bytes each, are a point on P-256.
        let isOnCurve: @Sendable ([UInt8]) -> Bool
        /// Whether an ECDSA signature (DER) of bytes by a key matches, with SHA-256.
        let isSigned: @Sendable (_ key: [UInt8], _ bytes: [UInt8], _ signature: [UInt8]) -> Bool

        public init(
            hash: @escaping @Sendable ([UInt8]) -> [UInt8],
            isOnCurve: @escaping @Sendable ([UInt8]) -> Bool,
            isSigned: @escaping @Sendable (_ key: [UInt8], _ bytes: [UInt8], _ signature: [UInt8]) -> Bool
        ) {
            (self.hash, self.isOnCurve, self.isSigned) = (hash, isOnCurve, isSigned)
        }
    }

    /// A credential that an authenticator has just made. Only ``accept(_:for:tools:isAsked:)`` makes one.
    public struct New: Hashable, Sendable {
        public let id: [UInt8]
        public let key: [UInt8]
        public let counter: UInt32
        /// What was answered.
        public let challenge: [UInt8]
    }

    /// A signature that holds. Only ``judge(_:of:for:tools:isAsked:)`` makes one.
    public struct Proven: Hashable, Sendable {
        public let id: [UInt8]
        public let owner: String
        public let counter: UInt32
        /// What was answered.
        public let challenge: [UInt8]
    }

    /// Registers a credential (WebAuthn Level 3 §7.1). Whether somebody has it already is for whoever keeps it.
    ///
    /// - Parameter isAsked: Whether a challenge was asked of this browser and is good still.
    public static func accept(
        _ registration: PasskeyRegistration,
        for party: Party,
        tools: Tools,
        isAsked: ([UInt8]) -> Bool
    ) throws(PasskeyFault) -> New {
        let client = try ClientData(parsing: registration.clientData)
        try check(client, .create, party, isAsked)
        guard let bytes = try CBOR(parsing: registration.attestation)[.text("authData")]?.bytes else {
            throw .malformed
        }
        let data = try AuthenticatorData(parsing: bytes)
        try check(data, party, tools)
        guard let credential = data.credential else { throw .malformed }
        guard tools.isOnCurve(credential.key) else { throw .offCurve }
        return New(id: credential.id, key: credential.key, counter: data.counter, challenge: client.challenge)
    }

    /// Judges a signature by a credential (WebAuthn Level 3 §7.2).
    ///
    /// - Parameters:
    ///   - passkey: The one that the signature names, whoever has it.
    ///   - isAsked: Whether a challenge was asked of this browser and is good still.
    public static func judge(
        _ assertion: PasskeyAssertion,
        of passkey: Passkey,
        for party: Party,
        tools: Tools,
        isAsked: ([UInt8]) -> Bool
    ) throws(PasskeyFault) -> Proven {
        let client = try ClientData(parsing: assertion.clientData)
        try check(client, .get, party, isAsked)
        let data = try AuthenticatorData(parsing: assertion.authenticatorData)
        try check(data, party, tools)
        let signed = assertion.authenticatorData + tools.hash(assertion.clientData)
        guard assertion.id == passkey.id, tools.isSigned(passkey.key, signed, assertion.signature) else {
            throw .otherSignature
        }
        // Step 22. Authenticators that are on several devices do not count: theirs stays 0.
        guard data.counter > passkey.counter || (data.counter == 0 && passkey.counter == 0) else {
            throw .counterWentBack
        }
        return Proven(id: passkey.id, owner: passkey.owner, counter: data.counter, challenge: client.challenge)
    }

    private static func check(
        _ client: ClientData,
        _ ceremony: PasskeyCeremony,
        _ party: Party,
        _ isAsked: ([UInt8]) -> Bool
    ) throws(PasskeyFault) {
        guard client.ceremony == ceremony else { throw .otherCeremony }
        guard client.origin == party.origin else { throw .otherOrigin }
        guard isAsked(client.challenge) else { throw .otherChallenge }
    }

    private static func check(_ data: AuthenticatorData, _ party: Party, _ tools: Tools) throws(PasskeyFault) {
        guard data.party == tools.hash(Array(party.id.utf8)) else { throw .otherParty }
        guard data.isPresent else { throw .notPresent }
        guard data.isVerified else { throw .notVerified }
    }

    /// The name that somebody gives a passkey.
    ///
    /// - Parameter known: Those that they have.
    public static func name(_ typed: String, beside known: [Passkey]) throws(Refusal) -> ShortName {
        guard let name = ShortName(parsing: typed) else { throw .noPasskeyName }
        if known.contains(where: { $0.name == name }) { throw .samePasskeyName(name) }
        if known.count >= most { throw .manyPasskeys }
        return name
    }
}

/// What a browser brings of a new credential (WebAuthn Level 3 §5.2.1). Nothing of it is known to be right.
public struct PasskeyRegistration: Hashable, Sendable {
    let clientData: [UInt8]
    let attestation: [UInt8]

    /// - Returns: `nil` where something is longer than authenticators make it.
    public init?(clientData: [UInt8], attestation: [UInt8]) {
        guard clientData.count <= Limits.clientData, attestation.count <= Limits.attestation else { return nil }
        (self.clientData, self.attestation) = (clientData, attestation)
    }
}

/// What a browser brings of a signature (WebAuthn Level 3 §5.2.2). Nothing of it is known to be right.
public struct PasskeyAssertion: Hashable, Sendable {
    /// Of the credential.
    public let id: [UInt8]
    let clientData: [UInt8]
    let authenticatorData: [UInt8]
    let signature: [UInt8]

    /// - Returns: `nil` where something is longer than authenticators make it.
    public init?(id: [UInt8], clientData: [UInt8], authenticatorData: [UInt8], signature: [UInt8]) {
        guard Limits.credentialID.contains(id.count), clientData.count <= Limits.clientData,
            authenticatorData.count <= Limits.authenticatorData, signature.count <= Limits.signature
        else { return nil }
        (self.id, self.clientData) = (id, clientData)
        (self.authenticatorData, self.signature) = (authenticatorData, signature)
    }
}

extension Refusal {
    fileprivate static let noPasskeyName = Self(
        problem: "The passkey was not added.",
        reason: "its name is 1 to 32 letters, digits and hyphens",
        remedy: "name the device that it is on, such as office-laptop"
    )

    fileprivate static func samePasskeyName(_ name: ShortName) -> Self {
        Self(
            problem: "The passkey was not added.",
            reason: "you have one of the name \(name) already",
            remedy: "choose another name, or remove that one first"
        )
    }

    fileprivate static let manyPasskeys = Self(
        .secondFactor,
        problem: "The passkey was not added.",
        reason: "nobody has more than \(PasskeyRules.most)",
        remedy: "remove one that you do not use any more"
    )
}
