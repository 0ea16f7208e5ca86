// SPDX-License-Identifier: Apache-2.0

import Guard
import Model
import Primitives
import Testing

@testable import Admin

/// What a passkey is judged by, with keys and signatures that Python's `cryptography` made.
@Suite("WebAuthn Level 3 §7: registering a passkey, and signing in with it")
struct PasskeyRulesTests {
    private let party: PasskeyRules.Party
    private let tools = PasskeyRules.Tools.ours

    init() throws { party = try #require(PasskeyRules.Party(authority: PasskeyVectors.authority)) }

    private func bytes(_ text: String) throws -> [UInt8] { try #require(Hex.decode(text)) }

    private func isAsked(_ challenge: [UInt8]) -> Bool { Hex.encode(challenge) == PasskeyVectors.challenge }

    /// What is wrong; `nil` where nothing is.
    private func faultOfNew(
        _ attestation: String = PasskeyVectors.attestation,
        by client: String = PasskeyVectors.created,
        for party: PasskeyRules.Party? = nil
    ) throws -> PasskeyFault? {
        let said = PasskeyRegistration(clientData: try bytes(client), attestation: try bytes(attestation))
        let registration = try #require(said)
        do throws(PasskeyFault) {
            _ = try PasskeyRules.accept(registration, for: party ?? self.party, tools: tools, isAsked: isAsked)
            return nil
        } catch {
            return error
        }
    }

    private func passkey(counter: UInt32 = 6, key: String = PasskeyVectors.key) throws -> Passkey {
        let name = try #require(ShortName(parsing: "laptop"))
        let (id, key) = (try bytes(PasskeyVectors.id), try bytes(key))
        return Passkey(id: id, owner: "anna", name: name, key: key, counter: counter, since: noon)
    }

    private func fault(
        of data: String = PasskeyVectors.data,
        signed signature: String = PasskeyVectors.signature,
        by client: String = PasskeyVectors.asked,
        id: String = PasskeyVectors.id,
        with known: Passkey? = nil,
        for party: PasskeyRules.Party? = nil
    ) throws -> PasskeyFault? {
        let said = PasskeyAssertion(
            id: try bytes(id),
            clientData: try bytes(client),
            authenticatorData: try bytes(data),
            signature: try bytes(signature)
        )
        let (assertion, known) = (try #require(said), try known ?? passkey())
        do throws(PasskeyFault) {
            let party = party ?? self.party
            _ = try PasskeyRules.judge(assertion, of: known, for: party, tools: tools, isAsked: isAsked)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a new passkey is taken with its ID and its key, whatever is said of its maker`() throws {
        for attestation in [PasskeyVectors.attestation, PasskeyVectors.packed] {
            let said = PasskeyRegistration(
                clientData: try bytes(PasskeyVectors.created),
                attestation: try bytes(attestation)
            )
            let registration = try #require(said)
            let new = try PasskeyRules.accept(registration, for: party, tools: tools, isAsked: isAsked)
            #expect(Hex.encode(new.id) == PasskeyVectors.id && Hex.encode(new.key) == PasskeyVectors.key)
            #expect(new.counter == 0 && isAsked(new.challenge))
        }
    }

    @Test func `a key that is on no curve or for another algorithm is not`() throws {
        #expect(try faultOfNew(PasskeyVectors.offCurve) == .offCurve)
        #expect(try faultOfNew(PasskeyVectors.rsa) == .otherAlgorithm)
        #expect(try faultOfNew(PasskeyVectors.edwards) == .otherAlgorithm)
    }

    @Test func `nor is one that nobody was asked for, nobody touched, or that is for another page`() throws {
        #expect(try faultOfNew(PasskeyVectors.unverified) == .notVerified)
        #expect(try faultOfNew(PasskeyVectors.absent) == .notPresent)
        #expect(try faultOfNew(PasskeyVectors.attestation, by: PasskeyVectors.asked) == .otherCeremony)
        let other = try #require(PasskeyRules.Party(authority: "evil.example"))
        #expect(try faultOfNew(PasskeyVectors.attestation, for: other) == .otherOrigin)
    }

    @Test func `P02 a signature holds for its key, page, challenge and credential only`() throws {
        #expect(try fault() == nil)
        #expect(try fault(of: PasskeyVectors.otherParty, signed: PasskeyVectors.otherPartySignature) == .otherParty)
        #expect(
            try fault(signed: PasskeyVectors.otherOriginSignature, by: PasskeyVectors.otherOrigin) == .otherOrigin
        )
        #expect(
            try fault(of: PasskeyVectors.unverifiedData, signed: PasskeyVectors.unverifiedSignature) == .notVerified
        )
        #expect(try fault(of: PasskeyVectors.absentData, signed: PasskeyVectors.absentSignature) == .notPresent)
        #expect(try fault(by: PasskeyVectors.created) == .otherCeremony)
        let stranger = try #require(Hex.decode(PasskeyVectors.key)).reversed()
        #expect(try fault(with: passkey(key: Hex.encode(stranger))) == .otherSignature)
        #expect(try fault(id: Hex.encode([UInt8](repeating: 7, count: 32))) == .otherSignature)
        for authority in ["pbx.example", "pbx.example:8444", "example:8443", "www.pbx.example:8443"] {
            let party = try #require(PasskeyRules.Party(authority: authority))
            #expect(try fault(for: party) == .otherOrigin, "\(authority)")
        }
    }

    @Test func `P03 a counter that does not go on is noticed, and one that does not count is taken`() throws {
        #expect(try fault(with: passkey(counter: 7)) == .counterWentBack)
        #expect(try fault(with: passkey(counter: .max)) == .counterWentBack)
        let (data, signature) = (PasskeyVectors.uncounted, PasskeyVectors.uncountedSignature)
        #expect(try fault(of: data, signed: signature, with: passkey(counter: 0)) == nil)
        #expect(try fault(of: data, signed: signature, with: passkey(counter: 1)) == .counterWentBack)
    }

    @Test func `a byte that is changed anywhere is noticed`() throws {
        for index in 0..<PasskeyVectors.data.utf8.count / 2 {
            #expect(try fault(of: changed(PasskeyVectors.data, at: index)) != nil, "data \(index)")
        }
        for index in 0..<PasskeyVectors.asked.utf8.count / 2 {
            #expect(try fault(by: changed(PasskeyVectors.asked, at: index)) != nil, "client \(index)")
        }
        for index in 0..<PasskeyVectors.signature.utf8.count / 2 {
            #expect(try fault(signed: changed(PasskeyVectors.signature, at: index)) != nil, "signature \(index)")
        }
        for index in 0..<PasskeyVectors.created.utf8.count / 2 {
            let fault = try faultOfNew(PasskeyVectors.attestation, by: changed(PasskeyVectors.created, at: index))
            #expect(fault != nil, "created \(index)")
        }
    }

    @Test func `whatever is cut off or added, nothing crashes and nothing is taken`() throws {
        let whole = try bytes(PasskeyVectors.attestation)
        for count in 0..<whole.count {
            #expect(try faultOfNew(Hex.encode(whole.prefix(count))) != nil, "\(count)")
        }
        #expect(try faultOfNew(PasskeyVectors.attestation + "00") == .malformed)
        let data = try bytes(PasskeyVectors.data)
        for count in 0..<data.count { #expect(try fault(of: Hex.encode(data.prefix(count))) != nil, "\(count)") }
    }

    @Test func `a host without a name has no passkeys`() throws {
        for authority in ["192.0.2.10", "192.0.2.10:8443", "[2001:db8::1]:8443", "", ":8443", "a:b:c", "püx.example"] {
            #expect(PasskeyRules.Party(authority: authority) == nil, "\(authority)")
        }
        let party = try #require(PasskeyRules.Party(authority: "PBX.example:443"))
        #expect(party.id == "pbx.example" && party.origin == "https://pbx.example")
    }

    private func changed(_ text: String, at index: Int) throws -> String {
        var bytes = try bytes(text)
        bytes[index] ^= 0x01
        return Hex.encode(bytes)
    }
}
