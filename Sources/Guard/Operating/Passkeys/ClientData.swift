// SPDX-License-Identifier: Apache-2.0

import Primitives

/// What the browser says of a ceremony (WebAuthn Level 3 §5.8.1): its type, the challenge that it answers, and whose page asked.
///
/// It is compared with the one way in which browsers have to write it (§5.8.1.2, limited verification), so no JSON is read:
/// `{"type":"webauthn.get","challenge":"…","origin":"…","crossOrigin":false}`. WebKit leaves out `crossOrigin` where it is false.
struct ClientData: Hashable {
    let ceremony: PasskeyCeremony
    let challenge: [UInt8]
    let origin: String

    init(parsing bytes: [UInt8]) throws(PasskeyFault) {
        guard bytes.count <= Limits.clientData else { throw .malformed }
        var rest = bytes[...]
        let type = try Self.value(after: "{\"type\":\"", &rest)
        let challenge = try Self.value(after: ",\"challenge\":\"", &rest)
        let origin = try Self.value(after: ",\"origin\":\"", &rest)
        guard let ceremony = PasskeyCeremony(rawValue: type) else { throw .otherCeremony }
        guard let challenge = Base64URL.decode(challenge) else { throw .malformed }
        if rest.first == UInt8(ascii: ",") {
            // In a frame of somebody else's page, or written otherwise.
            guard Self.skip(",\"crossOrigin\":false", &rest) else { throw .otherOrigin }
        }
        // Browsers of later may add more behind it.
        guard rest.first == UInt8(ascii: "}") || rest.first == UInt8(ascii: ","), rest.last == UInt8(ascii: "}") else {
            throw .malformed
        }
        (self.ceremony, self.challenge, self.origin) = (ceremony, challenge, origin)
    }

    private static func skip(_ text: String, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    /// A string up to its quotation mark, without escapes: a challenge and an origin of ours need none.
    private static func value(after name: String, _ rest: inout ArraySlice<UInt8>) throws(PasskeyFault) -> String {
        guard skip(name, &rest), let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { throw .malformed }
        let value = rest[..<end]
        guard value.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }) else { throw .malformed }
        rest = rest[(end + 1)...]
        return String(decoding: value, as: UTF8.self)
    }
}

/// What an authenticator is asked for (WebAuthn Level 3 §5.8.1, `type`).
enum PasskeyCeremony: String, Hashable, Sendable {
    case create = "webauthn.create"
    case get = "webauthn.get"
}
