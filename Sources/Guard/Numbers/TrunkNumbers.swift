// SPDX-License-Identifier: Apache-2.0

public import Model

/// Numbers as one provider writes them. What leaves is always made from the canonical number that was judged.
public struct TrunkNumbers: Sendable {
    private let format: Trunk.NumberFormat
    private let home: CountryDialing?
    /// Of a provider that writes numbers as people dial them. Reads without an outside prefix: that is for people.
    private let plan: DialPlan?

    public init(_ format: Trunk.NumberFormat, _ dialing: DialingSettings) {
        self.format = format
        guard format == .national else {
            (home, plan) = (nil, nil)
            return
        }
        var numbering = dialing.numbering
        numbering.outsidePrefix = nil
        home = numbering.home.flatMap { CountryDialing($0) }
        plan = DialPlan(numbering, ranges: dialing.ranges)
    }

    /// - Returns: `+493012345`, `493012345`, or for a provider that writes as the home country dials `03012345` and `00442012345`.
    public func written(_ number: PhoneNumber) -> String {
        switch format {
        case .plus: return number.text
        case .digits: return number.digits
        case .national:
            guard let home else { return number.text }
            let code = String(home.code)
            if number.digits.hasPrefix(code) {
                return (home.nationalPrefix?.text ?? "") + number.digits.dropFirst(code.utf8.count)
            }
            return (home.internationalPrefixes.first?.text ?? "+") + number.digits
        }
    }

    /// - Parameter text: The user part of a URI of the provider's, decoded once. What only parts digits for the eye is not looked
    ///   at (RFC 3966 §5.1.1), so that nobody is another by a hyphen.
    /// - Returns: `nil` for what is no number: a name, an extension, or digits that can mean nothing.
    public func read(_ text: some StringProtocol) -> PhoneNumber? {
        guard text.utf8.contains(where: Self.isSeparator) else { return readPlain(text) }
        return readPlain(String(decoding: text.utf8.filter { !Self.isSeparator($0) }, as: UTF8.self))
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"): true
        default: false
        }
    }

    private func readPlain(_ text: some StringProtocol) -> PhoneNumber? {
        if text.utf8.first == UInt8(ascii: "+") { return PhoneNumber(parsing: text) }
        switch format {
        // Providers that write a plus leave it out now and then, and mean the same.
        case .plus, .digits: return PhoneNumber(digits: text.utf8)
        case .national:
            guard case .outside(let facts)? = plan?.read(String(text)) else { return nil }
            return facts.number
        }
    }
}
