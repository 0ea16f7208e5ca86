// SPDX-License-Identifier: Apache-2.0

/// What the authenticator says of a ceremony (WebAuthn Level 3 §6.1): for which relying party, who was there, and how often it has
/// signed; and of a new credential, its ID and public key.
struct AuthenticatorData: Hashable {
    /// SHA-256 of the relying party's ID.
    let party: [UInt8]
    let isPresent: Bool
    let isVerified: Bool
    let counter: UInt32
    /// Of a new one; `nil` where it signs in.
    let credential: Credential?

    struct Credential: Hashable {
        let id: [UInt8]
        /// x and y on P-256, 32 bytes each. Whether it is a point of the curve is not known yet.
        let key: [UInt8]
    }

    init(parsing bytes: [UInt8]) throws(PasskeyFault) {
        guard (37...Limits.authenticatorData).contains(bytes.count) else { throw .malformed }
        let flags = bytes[32]
        party = Array(bytes[..<32])
        (isPresent, isVerified) = (flags & 0x01 != 0, flags & 0x04 != 0)
        // BS without BE cannot be (§6.1.3).
        guard flags & 0x18 != 0x10 else { throw .malformed }
        counter = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var position = 37
        if flags & 0x40 != 0 {
            credential = try Self.credential(bytes, &position)
        } else {
            credential = nil
        }
        if flags & 0x80 != 0 {
            var reader = CBORReader(bytes, at: position)
            guard case .map = try reader.read() else { throw .malformed }
            position = reader.position
        }
        guard position == bytes.count else { throw .malformed }
    }

    /// AAGUID, length and bytes of the ID, and the public key (§6.5.1).
    private static func credential(_ bytes: [UInt8], _ position: inout Int) throws(PasskeyFault) -> Credential {
        guard bytes.count >= position + 18 else { throw .malformed }
        let length = Int(bytes[position + 16]) << 8 | Int(bytes[position + 17])
        position += 18
        guard Limits.credentialID.contains(length), bytes.count >= position + length else { throw .malformed }
        let id = Array(bytes[position..<position + length])
        var reader = CBORReader(bytes, at: position + length)
        let key = try Self.key(try reader.read())
        position = reader.position
        return Credential(id: id, key: key)
    }

    /// A COSE key of ES256 (RFC 9053 §7.1.1): EC2, P-256, both coordinates.
    static func key(_ value: CBOR) throws(PasskeyFault) -> [UInt8] {
        let (type, algorithm, curve): (Int64, Int64, Int64) = (1, 3, -1)
        guard case .map = value else { throw .malformed }
        guard value[.integer(type)] == .integer(2), value[.integer(algorithm)] == .integer(-7),
            value[.integer(curve)] == .integer(1)
        else { throw .otherAlgorithm }
        guard let x = value[.integer(-2)]?.bytes, let y = value[.integer(-3)]?.bytes, x.count == 32, y.count == 32
        else { throw .malformed }
        return x + y
    }
}
