// SPDX-License-Identifier: Apache-2.0

import Primitives

/// One `a=crypto` line that we can keep: a key that travels in the description, for the sender of the line.
///
/// Lines of other suites, with a key of the wrong length, with a master key identifier, with several keys, with a
/// lifetime that a call could outlive, or with a session parameter that changes the protection do not become one.
///
/// Source: RFC 4568 §9.1 (grammar), §6.1 (keys), §6.3 (session parameters) and RFC 7714 §14 (GCM).
public struct CryptoAttribute: Equatable, Sendable {
    /// 0…999,999,999. The answer repeats the tag of the line that it takes.
    public let tag: Int
    /// What the side that wrote the line protects its packets with.
    public let key: SRTPKey

    public init(tag: Int, key: SRTPKey) {
        self.tag = tag
        self.key = key
    }
}

extension CryptoAttribute {
    /// The tag of a line, or `nil` when it has none of 1 to 9 digits.
    static func tag(of value: ArraySlice<UInt8>) -> Int? {
        var line = LineScanner(value)
        let digits = line.word()
        guard digits.count <= 9 else { return nil }
        return LineScanner.number(digits).map(Int.init)
    }

    /// The suite of a line, if it is one of ours.
    static func suite(of value: ArraySlice<UInt8>) -> SRTPSuite? {
        var line = LineScanner(value)
        _ = line.word()
        return SRTPSuite(named: line.word())
    }

    /// Reads what stands after `a=crypto:`; `nil` for a line that is not acceptable.
    init?(parsing value: ArraySlice<UInt8>) {
        guard let tag = Self.tag(of: value) else { return nil }
        var line = LineScanner(value)
        _ = line.word()
        guard let suite = SRTPSuite(named: line.word()),
            let material = Self.material(line.word()),
            let key = SRTPKey(suite: suite, material: material)
        else { return nil }
        while case let parameter = line.word(), !parameter.isEmpty {
            guard Self.isHarmless(parameter) else { return nil }
        }
        self.init(tag: tag, key: key)
    }

    /// The bytes of `inline:base64` or `inline:base64|lifetime`.
    private static func material(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var line = LineScanner(text)
        guard line.part(before: UInt8(ascii: ":")).isSame(as: "inline"), !line.rest.contains(UInt8(ascii: ";")) else {
            return nil
        }
        let encoded = line.part(before: UInt8(ascii: "|"))
        guard line.isAtEnd || isLongEnough(line.rest) else { return nil }
        return Base64.decode(encoded)
    }

    /// A lifetime in packets, as `2^31` or in full. Our relay does not renew keys, so a short one cannot be honoured;
    /// a master key identifier has a colon and is no number.
    private static func isLongEnough(_ lifetime: ArraySlice<UInt8>) -> Bool {
        if lifetime.starts(with: "2^".utf8) {
            guard let power = LineScanner.number(lifetime.dropFirst(2)) else { return false }
            return DescriptionLimits.keyLifetimeBits.contains(Int(clamping: power))
        }
        guard let packets = LineScanner.number(lifetime) else { return false }
        return packets >= 1 << DescriptionLimits.keyLifetimeBits.lowerBound
            && packets <= 1 << DescriptionLimits.keyLifetimeBits.upperBound
    }

    /// Only a hint about the replay window, and extensions marked as optional, may be ignored (RFC 4568 §6.3.6 and
    /// §6.3.7).
    private static func isHarmless(_ parameter: ArraySlice<UInt8>) -> Bool {
        if parameter.first == UInt8(ascii: "-") { return true }
        var line = LineScanner(parameter)
        guard line.part(before: UInt8(ascii: "=")).isSame(as: "WSH") else { return false }
        return LineScanner.number(line.rest) != nil
    }
}

extension SRTPSuite {
    /// Of its name in any case: what RFC 5234 §2.3 says of literals holds for those of RFC 4568 §9.2.
    fileprivate init?(named text: ArraySlice<UInt8>) { self.init(rawValue: text.text.uppercased()) }
}
