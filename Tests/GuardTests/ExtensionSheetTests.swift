// SPDX-License-Identifier: Apache-2.0

import Guard
import TestKit
import Testing

@Suite("Lists of people from elsewhere")
struct ExtensionSheetTests {
    private func read(_ text: String) throws(Refusal) -> ExtensionSheet {
        try ExtensionSheet(reading: Array(text.utf8))
    }

    private func reason(_ text: String) -> String? {
        do throws(Refusal) {
            _ = try read(text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func `a list of another phone system is read, and its secrets are left out`() throws {
        let sheet = try read(
            "\u{FEFF}Extension;First Name;Last Name;SIP Password;VoiceMail PIN;E-mail\r\n101;Anna;Bauer;1234;0000;a@x\r\n102;;;x;y;z\r\n"
        )
        #expect(sheet.rows.map(\.number) == ["101", "102"] && sheet.rows.map(\.name) == ["Anna Bauer", nil])
        #expect(sheet.secretColumns == ["SIP Password", "VoiceMail PIN"] && sheet.ignoredColumns == ["E-mail"])
    }

    @Test func `quoted fields hold separators, and a formula of our own export comes back as it was`() throws {
        let sheet = try read("number,name,group\n101,\"Bauer, Anna\",sales\n102,'=Anna,\n")
        #expect(sheet.rows.map(\.name) == ["Bauer, Anna", "=Anna"] && sheet.rows.map(\.group) == ["sales", nil])
    }

    @Test func `what cannot be meant is refused with its line`() {
        #expect(reason("")?.contains("names no column") == true)
        #expect(reason("name\nAnna")?.contains("names no column") == true)
        #expect(reason("number\n1\n")?.contains("line 2: '1'") == true)
        #expect(reason("number\n101\n101\n")?.contains("line 3: 101 is in line 2") == true)
        #expect(reason("number,name\n101,\"open")?.contains("line 2") == true)
    }

    @Test func `whatever bytes come, it answers`() {
        var random = SplitMix()
        for _ in 0..<2_000 {
            let noise = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try? ExtensionSheet(reading: Array("number,name\n".utf8) + noise)
        }
    }
}
