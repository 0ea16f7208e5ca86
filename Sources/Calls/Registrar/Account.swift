// SPDX-License-Identifier: Apache-2.0

import Model
import Primitives
import SIP

/// A user name as Ringfence generates them: exactly 16 ASCII characters, so that a look-up needs no string.
struct Username: Equatable, Sendable {
    private let first: UInt64
    private let second: UInt64

    init?(_ bytes: some Sequence<UInt8>) {
        var words: (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in bytes {
            guard count < 16 else { return nil }
            if count < 8 { words.0 = words.0 << 8 | UInt64(byte) } else { words.1 = words.1 << 8 | UInt64(byte) }
            count += 1
        }
        guard count == 16 else { return nil }
        (first, second) = words
    }

    /// Of no phone: it is no text.
    static let nobody = Username(first: 0, second: 0)

    private init(first: UInt64, second: UInt64) {
        (self.first, self.second) = (first, second)
    }
}

extension Username: Comparable {
    static func < (one: Self, other: Self) -> Bool {
        one.first == other.first ? one.second < other.second : one.first < other.first
    }
}

/// Whose credential it is. A class, so that a proof is handed around without copying what it is about.
final class Owner: Sendable {
    let device: Device
    let subscriber: Extension

    init(_ device: Device, _ subscriber: Extension) {
        (self.device, self.subscriber) = (device, subscriber)
    }
}

/// A device's secrets, ready to verify with.
final class Account: Sendable {
    /// `nil` for the account of every name that does not exist.
    let owner: Owner?
    /// Beside the owner, so that it takes the same time to read where there is none.
    private let minimum: DigestStrength
    let md5: HA1
    private let sha256: HA1
    private let sha512256: HA1

    init?(_ device: Device, _ subscriber: Extension) {
        guard let md5 = device.hashes.md5.reveal({ HA1(algorithm: .md5, hex: $0) }),
            let sha256 = device.hashes.sha256.reveal({ HA1(algorithm: .sha256, hex: $0) }),
            let sha512256 = device.hashes.sha512256.reveal({ HA1(algorithm: .sha512256, hex: $0) })
        else { return nil }
        (owner, minimum) = (Owner(device, subscriber), device.minimum)
        (self.md5, self.sha256, self.sha512256) = (md5, sha256, sha512256)
    }

    /// The account of every name that does not exist.
    init(nobodyIn realm: String, password: String) {
        (owner, minimum) = (nil, .md5)
        md5 = HA1(algorithm: .md5, username: "", realm: realm, password: password)
        sha256 = HA1(algorithm: .sha256, username: "", realm: realm, password: password)
        sha512256 = HA1(algorithm: .sha512256, username: "", realm: realm, password: password)
    }

    /// The secret for an algorithm; `nil` when the credential was narrowed to stronger ones.
    func secret(for algorithm: DigestAlgorithm) -> HA1? {
        switch algorithm {
        case .md5: minimum == .md5 ? md5 : nil
        case .sha256: minimum == .sha512256 ? nil : sha256
        case .sha512256: sha512256
        }
    }
}
