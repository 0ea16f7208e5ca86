// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Model
import Primitives
import SIP
import Store
import Testing

@Suite("ringfence phone")
struct PhoneTests {
    @Test func `enrol answers with what a phone needs, under exactly these names`() async throws {
        let office = try Office()
        try await office.add("201")
        let phone = try await office.enrol("201")
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(phone.enrolment))
        let fields = try #require(object as? [String: String])
        #expect(
            Set(fields.keys) == ["username", "password", "domain", "server", "transport", "srtp", "ca"]
        )
        #expect(fields["domain"] == "pbx.example")
        #expect(fields["server"] == "sip.pbx.example:5061")
        #expect((fields["transport"], fields["srtp"]) == ("tls", "sdes"))
        #expect(fields["ca"] == "-----BEGIN CERTIFICATE-----\n")
        #expect(fields["password"]?.count == 24)
        #expect(fields["username"]?.count == 16)
        let decoded = try JSONDecoder().decode(Enrolment.self, from: JSONEncoder().encode(phone.enrolment))
        #expect(decoded == phone.enrolment)
    }

    @Test func `Control sip-passwords: the user name is not the number, and every phone has its own secret`()
        async throws
    {
        let office = try Office()
        try await office.add("201")
        var phones: [EnrolledPhone] = []
        for _ in 0..<10 { phones.append(try await office.enrol("201")) }
        #expect(Set(phones.map(\.enrolment.username)).count == 10)
        #expect(Set(phones.map { $0.enrolment.password.reveal { copy $0 } }).count == 10)
        #expect(phones.allSatisfy { !$0.enrolment.username.contains("201") || $0.enrolment.username != "201" })
    }

    @Test func `what the store keeps is what that password logs in with, for each algorithm`() async throws {
        let office = try Office()
        try await office.add("201")
        let enrolment = try await office.enrol("201").enrolment
        let device = try #require(office.store.snapshot.devices[enrolment.username])
        let expected: [(DigestStrength, DigestAlgorithm)] = [
            (.md5, .md5), (.sha256, .sha256), (.sha512256, .sha512256),
        ]
        for (strength, algorithm) in expected {
            let hash = enrolment.password.reveal { password in
                HA1(
                    algorithm: algorithm,
                    username: enrolment.username,
                    realm: "pbx.example",
                    password: copy password
                ).hex()
            }
            #expect(device.hashes[strength].reveal { $0 == hash })
        }
    }

    @Test func `Control credential-delivery: the password is shown once and is nowhere afterwards`() async throws {
        let office = try Office()
        try await office.add("201")
        let phone = try await office.enrol("201")
        let password = phone.enrolment.password.reveal { copy $0 }
        for name in try FileManager.default.contentsOfDirectory(atPath: office.path) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: office.path + "/" + name))
            #expect(bytes.range(of: Data(password.utf8)) == nil, "\(name)")
        }
        let commands: [any Command] = [
            ShowExtension(number: "201"), ListPhones(), ListJournal(limit: 100),
            ListRecords(limit: 100), ListEvents(limit: 100), ListControls(), Diagnose(),
        ]
        for command in commands {
            let answer = try await office.run(command)
            let shown = String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
            #expect(!shown.contains(password))
        }
        #expect(!office.notes.texts.joined().contains(password))
    }

    @Test func `an enrolment never shows its password in a log, an error or a dump`() async throws {
        let office = try Office()
        try await office.add("201")
        let phone = try await office.enrol("201")
        let password = phone.enrolment.password.reveal { copy $0 }
        var dumped = ""
        dump([phone], to: &dumped)
        for shown in ["\(phone)", String(reflecting: phone), dumped, "\(phone.enrolment)"] {
            #expect(!shown.contains(password))
            #expect(shown.contains(phone.enrolment.username))
        }
    }

    @Test func `a credential may be narrowed to stronger algorithms`() async throws {
        let office = try Office()
        try await office.add("201")
        let (narrow, wide) = (try await office.enrol("201", minimum: .sha256), try await office.enrol("201"))
        #expect(office.store.snapshot.devices[narrow.enrolment.username]?.minimum == .sha256)
        #expect(office.store.snapshot.devices[wide.enrolment.username]?.minimum == .md5)
    }

    @Test func `list shows each phone, who registered, and how strong its password is`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        let (first, second) = (try await office.enrol("202"), try await office.enrol("201"))
        office.register(first)
        let all = try await office.run(ListPhones())
        #expect(all.map(\.id) == [second.id, first.id])
        #expect(all.map(\.registrations) == [0, 1])
        #expect(all.allSatisfy { $0.passwordBits >= 128 && $0.label == "Phone 1" && $0.enrolledAt == noon })
        let one = try await office.run(ListPhones(extension: "201"))
        #expect(one.map(\.id) == [second.id])
    }

    @Test func `one that is revoked loses its registrations and calls at once, and only it`() async throws {
        let office = try Office()
        try await office.add("201", "202")
        let (phone, other) = (try await office.enrol("201"), try await office.enrol("202"))
        office.register(phone)
        office.register(other)
        office.connect("c1", phone, other)
        let revoked = try await office.run(RevokePhone(id: phone.id.text))
        #expect((revoked.extension.text, revoked.endedCalls, revoked.removedRegistrations) == ("201", 1, 1))
        #expect(await office.engine.live(.registrations).registrations.map(\.phone) == [other.id])
        #expect(office.store.snapshot.devices[phone.enrolment.username] == nil)
        #expect(
            await office.refusal(RevokePhone(id: phone.id.text))?.problem == "Phone '\(phone.id)' does not exist."
        )
    }
}
