// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import Testing

@Suite("Control signalling-encryption: replacing the certificate")
struct CertificateTests {
    private static func pair(_ text: String, hasNewAuthority: Bool = false) -> CertificatePair {
        CertificatePair(certificate: text, key: Redacted("the key"), hasNewAuthority: hasNewAuthority)
    }

    @Test func `a replacement is in the journal, with both fingerprints and without the key`() async throws {
        let office = try Office()
        let answer = try await office.run(ReplaceCertificate(Self.pair("CC:DD")))
        #expect(answer == .sample("CC:DD", authority: "root"))
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("certificate.replace", "CC:DD"))
        #expect(entry.detail.contains("AA:BB") && entry.detail.contains("CC:DD"))
        #expect(!entry.detail.contains("the key"))
        #expect(office.notes.texts.contains { $0.contains("CC:DD") })
    }

    @Test func `a pair that is refused leaves the old one, and a trace`() async throws {
        let office = try Office()
        #expect(await office.refusal(ReplaceCertificate(Self.pair("unfit"))) != nil)
        #expect(try await office.run(ShowCertificate()) == .sample("AA:BB", authority: "root"))
        let entry = try #require(try office.journal().last)
        #expect((entry.action, entry.subject) == ("certificate.replace", "refused"))
    }

    @Test func `who is told that the journal took no entry is told that the certificate is another one`() async throws {
        let office = try Office()
        try office.fillDisk()
        let refusal = await office.refusal(ReplaceCertificate(Self.pair("CC:DD")))
        #expect(refusal?.problem == "The certificate was replaced, and the journal does not say so.")
        #expect(try await office.run(ShowCertificate()) == .sample("CC:DD", authority: "root"))
    }

    @Test func `phones that are enrolled afterwards are given the new root`() async throws {
        let office = try Office()
        try await office.add("101")
        try await office.run(ReplaceCertificate(Self.pair("CC:DD", hasNewAuthority: true)))
        #expect(try await office.enrol("101").enrolment.ca == "new root")
    }

    @Test func `a key is not printed`() throws {
        let command = ReplaceCertificate(Self.pair("CC:DD"))
        #expect(!"\(command)".contains("the key"))
        let line = try JSONEncoder().encode(command)
        #expect(try JSONDecoder().decode(ReplaceCertificate.self, from: line) == command)
    }
}
