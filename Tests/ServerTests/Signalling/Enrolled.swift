// SPDX-License-Identifier: Apache-2.0

import Audit
import Foundation
import Model
import Primitives
import SIP
import Store

@testable import Server

/// A phone of an office, and how it answers a challenge.
struct Enrolled: Sendable {
    let number: String
    private let username: String
    private let password: String
    private let domain: String
    /// The same for the attacker's phones.
    let account: TestAccount

    /// Enrols a phone of extension `number` and tells the running server.
    init(_ number: String, in office: Office) async throws {
        var entropy = SystemRandomNumberGenerator()
        (self.number, username, password) = (number, Device.generateUsername(using: &entropy), "secret-of-\(number)")
        guard let parsed = ExtensionNumber(parsing: number) else { preconditionFailure("\(number) is no extension") }
        let (username, password, domain) = (username, password, office.domain)
        self.domain = domain
        account = TestAccount(number: parsed, username: username, password: Redacted(password))
        let hash = { (algorithm: DigestAlgorithm) in
            let ha1 = HA1(algorithm: algorithm, username: username, realm: domain, password: password)
            return Redacted(ha1.hex())
        }
        let device = Device(
            id: .generate(using: &entropy),
            extension: parsed,
            username: username,
            hashes: DigestHashes(md5: hash(.md5), sha256: hash(.sha256), sha512256: hash(.sha512256)),
            label: "test",
            createdAt: WallTime(milliseconds: 0)
        )
        let start = WallTime(milliseconds: 0)
        let changes: [Change] = [.put(Extension(number: parsed, name: number, createdAt: start)), .enrol(device)]
        let snapshot = try office.store.change(
            changes,
            journal: [JournalDraft(actor: "test", action: "phone.enrol", subject: number)],
            at: start
        )
        await office.server.apply(snapshot, changes)
    }

    /// Registers over that connection.
    ///
    /// - Parameter password: Instead of its own.
    /// - Returns: Whether it was let in.
    func register(over peer: Peer, password: String? = nil) async throws -> Bool {
        peer.say(Requests.register(number, branch: 1, domain: domain))
        guard try await peer.hears("SIP/2.0 401 ") else { return false }
        guard let nonce = peer.state.text.firstMatch(of: /nonce="([^"]+)"/)?.1 else { return false }
        let ha1 = HA1(algorithm: .sha256, username: username, realm: domain, password: password ?? self.password)
        let response = Digest.response(
            ha1: ha1,
            nonce: String(nonce),
            nc: 1,
            cnonce: "c0ffee",
            method: .register,
            uri: "sip:\(domain)"
        )
        let credentials = """
            Authorization: Digest username="\(username)", realm="\(domain)", nonce="\(nonce)", uri="sip:\(domain)", \
            response="\(response)", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="c0ffee"\r

            """
        let before = peer.state.answers
        peer.say(Requests.register(number, branch: 2, credentials: credentials, domain: domain))
        _ = try await peer.waits { $0.isClosed || $0.answers > before }
        return peer.state.text.contains("SIP/2.0 200 ")
    }
}
