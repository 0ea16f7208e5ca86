// SPDX-License-Identifier: Apache-2.0

import Foundation
import Model
import Primitives
import Testing

@Suite("Values as JSON")
struct CodingTests {
    private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }

    @Test func `a number or a domain that is not valid is not decoded either`() throws {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ExtensionNumber].self, from: Data(#"["2o4"]"#.utf8))
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([DomainName].self, from: Data(#"["a b"]"#.utf8))
        }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([DeviceID].self, from: Data(#"["zz"]"#.utf8)) }
    }

    @Test func `numbers, domains and devices are plain strings`() throws {
        let number = try #require(ExtensionNumber(parsing: "204"))
        #expect(String(decoding: try JSONEncoder().encode([number]), as: UTF8.self) == #"["204"]"#)
    }

    @Test func `a call record comes back as it was, empty fields and full ones`() throws {
        var office = try Office()
        let device = try office.makeDevice(for: "201")
        var record = CallRecord(
            id: "a1",
            startedAt: office.noon,
            caller: .extension(device.number),
            callerDevice: device.id,
            dialled: "202\r\nünicode"
        )
        #expect(try roundTrip(record) == record)
        record.answeredAt = office.noon + .seconds(3)
        record.endedAt = office.noon + .seconds(60)
        record.callee = .extension(try office.number("202"))
        (record.outcome, record.status, record.control) = (.answered, 200, .mediaEncryption)
        record.callerProtection = LegProtection(
            transport: "tls",
            tlsVersion: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            srtpSuite: "AEAD_AES_256_GCM"
        )
        #expect(try roundTrip(record) == record)
    }

    @Test func `a leg is protected only when signalling and audio both are`() {
        #expect(LegProtection(transport: "tls", tlsVersion: "TLSv1.3", srtpSuite: "AEAD_AES_256_GCM").isComplete)
        #expect(!LegProtection(transport: "tls", tlsVersion: "TLSv1.3").isComplete)
        #expect(!LegProtection(transport: "udp", srtpSuite: "AEAD_AES_256_GCM").isComplete)
    }
}

@Suite("Credentials")
struct CredentialTests {
    @Test func `user names are random, 16 characters long and begin with a letter`() {
        var generator = SystemRandomNumberGenerator()
        let names = (0..<1_000).map { _ in Device.generateUsername(using: &generator) }
        #expect(Set(names).count == 1_000)
        for name in names {
            #expect(name.utf8.count == 16)
            #expect(name.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) })
            #expect(name.first.map { ("a"..."z").contains($0) } == true)
        }
    }

    @Test func `identifiers of phones are random and can be read back`() {
        var generator = SystemRandomNumberGenerator()
        let ids = (0..<1_000).map { _ in DeviceID.generate(using: &generator) }
        #expect(Set(ids).count == 1_000)
        #expect(ids.allSatisfy { DeviceID(parsing: $0.text) == $0 })
    }

    @Test func `a phone never shows what it logs in with`() throws {
        var generator = SystemRandomNumberGenerator()
        let secret = "939e7578ed9e3c518a452acee763bce9"
        let device = Device(
            id: .generate(using: &generator),
            extension: try #require(ExtensionNumber(parsing: "201")),
            username: "mufasa",
            hashes: DigestHashes(md5: Redacted(secret), sha256: Redacted(secret), sha512256: Redacted(secret)),
            label: "Phone",
            createdAt: WallTime(milliseconds: 0)
        )
        var dumped = ""
        dump(device, to: &dumped)
        for shown in ["\(device)", String(reflecting: device), dumped, "\(device.hashes)", "\(device.summary)"] {
            #expect(!shown.contains(secret))
        }
        for strength in DigestStrength.allCases {
            #expect(device.hashes[strength].reveal { $0 == secret })
        }
    }

    @Test func `algorithms have an order, weakest first`() {
        #expect(DigestStrength.allCases.sorted() == [.md5, .sha256, .sha512256])
    }
}
