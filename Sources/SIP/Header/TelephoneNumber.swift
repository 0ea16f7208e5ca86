// SPDX-License-Identifier: Apache-2.0

/// What a `tel` URI says (RFC 3966): `tel:+44-20-7946;isub=1`, `tel:102;phone-context=office.example`.
public struct TelephoneNumber: Hashable, Sendable {
    /// Without what stands in it for the eye only (§5.1.1): `+44207946`.
    public let digits: String
    /// Where a local number counts: a domain, or the beginning of a global number (§5.1.5). `nil` where nothing is said.
    public let context: String?

    /// The whole number in one line: no extension has such a name.
    public var text: String { context.map { "\(digits);phone-context=\($0)" } ?? digits }
}

extension SIPURI {
    /// The number of a `tel` URI; `nil` for every other.
    public func telephoneNumber(in bytes: Span<UInt8>) -> TelephoneNumber? {
        guard scheme == .tel else { return nil }
        let separators = Array("-.()".utf8)
        let digits = host.range.map { bytes[$0] }.filter { !separators.contains($0) }
        let context = bytes.parameter("phone-context", in: parameters.range)
        return TelephoneNumber(
            digits: String(decoding: digits, as: UTF8.self),
            context: context.map { range in String(decoding: range.range.map { bytes[$0] }, as: UTF8.self) }
        )
    }
}
