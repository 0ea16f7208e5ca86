// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import Testing

/// The moment `seconds` after the start of a clock that only the test turns.
func at(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds * 1_000_000_000)) }

func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(parsing: text)) }

func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }

extension ExtensionNumber {
    static func parsed(_ text: String) throws -> ExtensionNumber { try #require(ExtensionNumber(parsing: text)) }
}

extension Extension {
    static func numbered(_ text: String, group: String? = nil, isEnabled: Bool = true) throws -> Extension {
        Extension(
            number: try .parsed(text),
            name: text,
            isEnabled: isEnabled,
            pickupGroup: group.flatMap { PickupGroup(parsing: $0) },
            createdAt: WallTime(milliseconds: 0)
        )
    }
}

extension Device {
    /// A phone of an extension, with hashes that fit no password.
    static func enrolled(at text: String) throws -> Device {
        var generator = SystemRandomNumberGenerator()
        return Device(
            id: .generate(using: &generator),
            extension: try .parsed(text),
            username: Device.generateUsername(using: &generator),
            hashes: DigestHashes(md5: Redacted(""), sha256: Redacted(""), sha512256: Redacted("")),
            label: "Phone",
            createdAt: WallTime(milliseconds: 0)
        )
    }
}

extension Snapshot {
    static func office(_ extensions: [Extension], devices: [Device]) throws -> Snapshot {
        Snapshot(
            generation: 1,
            domain: try #require(DomainName(parsing: "pbx.example")),
            extensions: extensions,
            devices: devices
        )
    }
}
