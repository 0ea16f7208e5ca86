// SPDX-License-Identifier: Apache-2.0

public import Model

/// Which digest algorithms a challenge offers, the strongest first, chosen from what the request says of its client.
///
/// A client that nobody knows anything of gets SHA-256 and MD5, each in a field of its own (RFC 8760 §2.4): it takes the first
/// that it can compute. Over a connection that is not encrypted MD5 counts for nothing, and nobody is offered it beside
/// SHA-256. Some clients take the first one even if they cannot compute it; what they get stands in a list. The account has no
/// say, so a challenge for a name that exists and for one that does not are the same. A phone that lies about itself gains
/// nothing: what its credential accepts is decided by the account, afterwards.
public enum ClientAlgorithm {
    private struct Client {
        /// What User-Agent begins with, in lower case.
        let prefix: StaticString
        /// The first version that this no longer holds for; `nil` where it holds for all.
        var below: (major: Int, minor: Int)?
        let offer: [DigestStrength]
    }

    /// The first line that fits counts. Each with its source.
    private static let known: [Client] = [
        // libre before 2.0 knows MD5 only and takes the first challenge; seen with 1.0.0. Later ones know SHA-256; seen with
        // 2.0 and 4.10.
        Client(prefix: "baresip v", below: (2, 0), offer: [.md5]),
        Client(prefix: "baresip/", below: (2, 0), offer: [.md5]),
        Client(prefix: "baresip", offer: [.sha256]),
        // 0.21.2 seen: its parser takes one challenge, and MD5 is all it has.
        Client(prefix: "sip.js", offer: [.md5]),
        // DigestAuthentication.js of 3.13.8.
        Client(prefix: "jssip", offer: [.md5]),
        // The first challenge only, and MD5 only, before 2.11: pjsip/pjproject#2408 and #2712.
        Client(prefix: "pjsua v", below: (2, 11), offer: [.md5]),
        // The same stack, and chan_sip: sipsorcery-org/sipsorcery#525, asterisk/asterisk#948. SHA-256 came with 20.12, 21.7
        // and 22.2; MD5 is right for all.
        Client(prefix: "asterisk pbx", below: (22, 2), offer: [.md5]),
        Client(prefix: "fpbx", offer: [.md5]),
        // "Authentication algorithm SHA-256 not supported", with MD5 beside it: LubosD/twinkle#233.
        Client(prefix: "twinkle", offer: [.md5]),
        // As a client it wants MD5 first: sipsorcery-org/sipsorcery#525, with 1.10.6.
        Client(prefix: "freeswitch", offer: [.md5]),
    ]

    // Made once: this is asked for every REGISTER.
    private static let unknown: [DigestStrength] = [.sha256, .md5]
    private static let unknownReadable: [DigestStrength] = [.sha256]

    /// - Parameters:
    ///   - userAgent: The value of User-Agent; empty where there is none.
    ///   - isEncrypted: Whether nobody on the way can read what is computed with MD5.
    /// - Returns: At least one, none twice.
    public static func challenges(userAgent: ArraySlice<UInt8>, isEncrypted: Bool) -> [DigestStrength] {
        for client in known {
            guard let rest = userAgent.dropping(prefix: client.prefix) else { continue }
            guard let below = client.below else { return client.offer }
            if let version = rest.leadingVersion, version < below { return client.offer }
        }
        return isEncrypted ? unknown : unknownReadable
    }
}

extension ArraySlice<UInt8> {
    /// What follows `prefix`, compared without case; `nil` when it does not begin so.
    fileprivate func dropping(prefix: StaticString) -> ArraySlice<UInt8>? {
        guard count >= prefix.utf8CodeUnitCount else { return nil }
        var index = startIndex
        for offset in 0..<prefix.utf8CodeUnitCount {
            guard lowerCased(self[index]) == prefix.byte(at: offset) else { return nil }
            index += 1
        }
        return self[index...]
    }

    /// The version it begins with, after blanks; without a second number, that is 0. `nil` where there is no number, or one of
    /// more than four digits.
    fileprivate var leadingVersion: (major: Int, minor: Int)? {
        let text = drop { $0 == UInt8(ascii: " ") }
        guard let (major, rest) = text.leadingNumber else { return nil }
        guard rest.first == UInt8(ascii: "."), let (minor, _) = rest.dropFirst().leadingNumber else {
            return (major, 0)
        }
        return (major, minor)
    }

    private var leadingNumber: (value: Int, rest: ArraySlice<UInt8>)? {
        let digits = prefix(5).prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard (1...4).contains(digits.count) else { return nil }
        return (digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }, self[digits.endIndex...])
    }
}
