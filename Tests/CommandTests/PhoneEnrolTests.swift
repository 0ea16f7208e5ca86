// SPDX-License-Identifier: Apache-2.0

import Admin
import Foundation
import Guard
import Portal
import Primitives
import Server
import Testing

@testable import ringfence

@Suite("ringfence phone enrol")
struct PhoneEnrolTests {
    private let password = "TestPasswordOf24Letters2"

    @Test func `text shows what a person types into a phone, once`() throws {
        let office = Office([try Sample.enrolled(ca: nil)])
        #expect(
            try parse(PhoneEnrol.self, "101").answer(from: office).text == """
                Phone 00112233445566aa of extension 101 is enrolled. This is shown once and kept nowhere.
                  Server:            pbx.example.com:5061
                  Transport:         TLS, certificate verified
                  Domain:            example.com
                  User name:         a1b2c3d4e5f6g7h8
                  Password:          \(password)
                  Audio:             SRTP (SDES), mandatory
                  Root certificate:  one that phones know already
                """
        )
    }

    @Test func `JSON has exactly the keys a provisioning script reads`() throws {
        let office = Office([try Sample.enrolled(ca: nil)])
        let output = try parse(PhoneEnrol.self, "101", "--format", "json").answer(from: office)
        #expect(
            output.text
                == #"{"ca":null,"domain":"example.com","password":"\#(password)","server":"pbx.example.com:5061","srtp":"sdes","transport":"tls","username":"a1b2c3d4e5f6g7h8"}"#
        )
        #expect(output.hint == nil)
        let flagged = try parse(PhoneEnrol.self, "101", "--json").answer(from: office)
        #expect(flagged.text == output.text && flagged.json == output.text)
    }

    @Test func `the root is there as PEM in JSON and by its fingerprint for people and cameras`() throws {
        let root = try CertificateAuthority(for: "example.com", at: Date()).rootPEM
        let phone = try Sample.enrolled(ca: root)
        let fingerprint = try CertificateFacts(pem: root).fingerprint
        let output = try parse(PhoneEnrol.self, "101").answer(from: Office([phone]))
        #expect(output.text.hasSuffix("Root certificate:  SHA-256 \(fingerprint)"))
        #expect(output.hint?.contains("/tls/ca.pem.") == true)
        let json = try parse(PhoneEnrol.self, "101", "--json").answer(from: Office([phone])).json
        let decoded = try JSONDecoder().decode(Enrolment.self, from: Data(json.utf8))
        #expect(decoded.ca == root)
        let hex = fingerprint.replacing(":", with: "").lowercased()
        #expect(phone.enrolment.compact.reveal { copy $0 }.contains(#""ca":"sha256:\#(hex)""#))
    }

    @Test func `the secret is nowhere but in the answer`() throws {
        let phone = try Sample.enrolled(ca: nil)
        #expect(!"\(phone)".contains(password))
        #expect(!String(reflecting: [phone]).contains(password))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/zbarimg"), "needs the zbar-tools package"))
    func `a camera reads back what is in the code`() throws {
        let content = try Sample.enrolled(ca: nil).enrolment.compact.reveal { copy $0 }
        let code = try #require(QRCode(content))
        let folder = "/tmp/rf-qr-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try code.bitmap(scale: 4).write(to: URL(fileURLWithPath: folder + "/code.pbm"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/zbarimg")
        process.arguments = ["--quiet", "--raw", folder + "/code.pbm"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let read = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(read.trimmingCharacters(in: .newlines) == content)
    }
}

extension QRCode {
    /// Reads the terminal's half blocks back as a picture (PBM), the way a camera sees them: lit is light.
    fileprivate func bitmap(scale: Int) -> Data {
        let lines = text(inColour: false).split(separator: "\n").map { line in
            line.map { glyph -> (Bool, Bool) in
                switch glyph {
                case "\u{2588}": (false, false)
                case "\u{2580}": (false, true)
                case "\u{2584}": (true, false)
                default: (true, true)
                }
            }
        }
        let rows = lines.flatMap { [$0.map(\.0), $0.map(\.1)] }
        let pixels = rows.flatMap { row in
            let line = row.map { String(repeating: $0 ? "1 " : "0 ", count: scale) }.joined() + "\n"
            return Array(repeating: line, count: scale)
        }
        let width = (rows.first?.count ?? 0) * scale
        return Data("P1\n\(width) \(rows.count * scale)\n\(pixels.joined())".utf8)
    }
}

@Suite("QR code in a terminal")
struct QRCodeTests {
    @Test func `it has a quiet zone and is square`() throws {
        let code = try #require(QRCode("ringfence"))
        let lines = code.text(inColour: false).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count == code.width + 8 })
        #expect(lines.count == (code.width + 9) / 2)
        #expect(lines[0].allSatisfy { $0 == "\u{2588}" })
        #expect(lines.allSatisfy { $0.hasPrefix("\u{2588}\u{2588}\u{2588}\u{2588}") })
    }

    @Test func `in colour every line ends with the terminal's own colours`() throws {
        let code = try #require(QRCode("ringfence"))
        for line in code.text(inColour: true).split(separator: "\n") {
            #expect(line.hasPrefix("\u{1B}[40;97m") && line.hasSuffix("\u{1B}[0m"))
        }
    }

    @Test func `what does not fit is no code`() {
        #expect(QRCode(String(repeating: "x", count: 3_000)) == nil)
    }
}
