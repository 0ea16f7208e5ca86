// SPDX-License-Identifier: Apache-2.0

import Crypto
import Guard
import Primitives

/// An authenticator and its browser, in software: it signs what it is asked, with one thing wrong perhaps.
struct SoftAuthenticator {
    let id: [UInt8]
    private let key = P256.Signing.PrivateKey()
    var counter: UInt32 = 0
    /// UP and UV.
    var flags: UInt8 = 0x05
    var origin = "https://pbx.example:8443"
    var party = "pbx.example"

    init(_ id: UInt8 = 1) { self.id = [UInt8](repeating: id, count: 32) }

    private func client(_ type: String, _ challenge: [UInt8]) -> [UInt8] {
        let challenge = Base64URL.encode(challenge)
        return Array(
            #"{"type":"\#(type)","challenge":"\#(challenge)","origin":"\#(origin)","crossOrigin":false}"#.utf8
        )
    }

    private func data(_ flags: UInt8, _ rest: [UInt8] = []) -> [UInt8] {
        Array(SHA256.hash(data: Array(party.utf8))) + [flags]
            + (0..<4).map { UInt8(truncatingIfNeeded: counter >> (24 - 8 * $0)) } + rest
    }

    func make(_ challenge: [UInt8]) -> PasskeyRegistration? {
        let point = Array(key.publicKey.rawRepresentation)
        let head: [UInt8] = [0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]
        let cose = head + point.prefix(32) + [0x22, 0x58, 32] + point.suffix(32)
        let said = data(flags | 0x40, [UInt8](repeating: 0, count: 16) + [0, UInt8(id.count)] + id + cose)
        let attestation =
            [0xA3, 0x63] + Array("fmt".utf8) + [0x64] + Array("none".utf8) + [0x67] + Array("attStmt".utf8)
            + [0xA0, 0x68] + Array("authData".utf8) + [0x58, UInt8(said.count)] + said
        return PasskeyRegistration(clientData: client("webauthn.create", challenge), attestation: attestation)
    }

    func sign(_ challenge: [UInt8]) -> PasskeyAssertion? {
        let (client, data) = (client("webauthn.get", challenge), data(flags))
        let signed = data + Array(SHA256.hash(data: client))
        guard let signature = try? key.signature(for: signed).derRepresentation else { return nil }
        return PasskeyAssertion(
            id: id,
            clientData: client,
            authenticatorData: data,
            signature: Array(signature)
        )
    }
}
