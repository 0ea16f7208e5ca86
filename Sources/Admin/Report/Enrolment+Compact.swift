// SPDX-License-Identifier: Apache-2.0

import Crypto
import Foundation
public import Primitives

extension Enrolment {
    /// The content of a QR code: a whole certificate would make a code that no camera reads from a screen, so in its place stands
    /// its fingerprint.
    public var compact: Redacted<String> {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Compact(self)) else { preconditionFailure("texts are JSON") }
        return Redacted(String(decoding: data, as: UTF8.self))
    }

    /// SHA-256 of the root, in hexadecimal; `nil` where phones know it already.
    private var digest: String? {
        guard let ca else { return nil }
        let lines = ca.split(separator: "\n").filter { !$0.hasPrefix("-----") }
        return Base64.decode(Array(lines.joined().utf8)).map { Hex.encode(SHA256.hash(data: $0)) }
    }

    private struct Compact: Encodable {
        let username, password, domain, server, transport, srtp: String
        let ca: String?

        init(_ enrolment: Enrolment) {
            (username, domain, server) = (enrolment.username, enrolment.domain, enrolment.server)
            (transport, srtp) = (enrolment.transport, enrolment.srtp)
            ca = enrolment.digest.map { "sha256:" + $0 }
            password = enrolment.password.reveal { copy $0 }
        }
    }
}
