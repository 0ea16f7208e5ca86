// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

/// An office of extensions 201 and 202, each with one phone.
struct Office {
    var generator = SystemRandomNumberGenerator()
    let domain: DomainName
    let noon = WallTime(milliseconds: 1_800_000_000_000)

    init() throws {
        domain = try #require(DomainName(parsing: "pbx.example"))
    }

    func number(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }

    func makeExtension(_ text: String, isEnabled: Bool = true) throws -> Extension {
        Extension(number: try number(text), name: "Extension \(text)", isEnabled: isEnabled, createdAt: noon)
    }

    mutating func makeDevice(for text: String, after seconds: Int = 0) throws -> Device {
        Device(
            id: .generate(using: &generator),
            extension: try number(text),
            username: Device.generateUsername(using: &generator),
            hashes: DigestHashes(md5: Redacted("m"), sha256: Redacted("s"), sha512256: Redacted("t")),
            label: "Phone",
            createdAt: noon + .seconds(seconds)
        )
    }
}
