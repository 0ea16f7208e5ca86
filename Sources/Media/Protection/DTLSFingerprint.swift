// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The hash of a certificate, as `a=fingerprint` has it. One of SHA-1 or MD5 does not exist here: somebody could make another
/// certificate that has it too.
///
/// Source: RFC 8122 §5.
public struct DTLSFingerprint: Hashable, Sendable {
    /// Best first. The raw value is the name in `a=fingerprint`.
    public enum Algorithm: String, Sendable, CaseIterable {
        case sha512 = "sha-512"
        case sha384 = "sha-384"
        case sha256 = "sha-256"

        /// Bytes of the hash.
        public var length: Int {
            switch self {
            case .sha512: 64
            case .sha384: 48
            case .sha256: 32
            }
        }
    }

    public let algorithm: Algorithm
    public let hash: [UInt8]

    /// - Precondition: 32 bytes.
    init(ofSHA256 hash: [UInt8]) {
        precondition(hash.count == Algorithm.sha256.length, "a hash of SHA-256 has 32 bytes")
        (algorithm, self.hash) = (.sha256, hash)
    }

    /// Reads what stands after `a=fingerprint:`; `nil` for another algorithm, and for a hash of another length. RFC 8122 wants capitals;
    /// some phones write small letters.
    init?(parsing value: ArraySlice<UInt8>) {
        var line = LineScanner(value)
        let name = line.word()
        let kind = name.text.lowercased()
        guard let algorithm = Algorithm(rawValue: kind) else { return nil }
        let digits = line.word()
        guard digits.count == algorithm.length * 3 - 1, line.word().isEmpty else { return nil }
        var hash: [UInt8] = []
        for start in stride(from: digits.startIndex, to: digits.endIndex, by: 3) {
            guard let high = Hex.value(digits[start]), let low = Hex.value(digits[start + 1]) else {
                return nil
            }
            if start + 2 < digits.endIndex, digits[start + 2] != UInt8(ascii: ":") { return nil }
            hash.append(high << 4 | low)
        }
        (self.algorithm, self.hash) = (algorithm, hash)
    }
}

extension DTLSFingerprint: CustomStringConvertible {
    /// As it stands after `a=fingerprint:`.
    public var description: String {
        "\(algorithm.rawValue) " + hash.map { Hex.encode([$0]).uppercased() }.joined(separator: ":")
    }
}
