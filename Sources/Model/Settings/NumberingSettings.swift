// SPDX-License-Identifier: Apache-2.0

/// How the people of a business dial.
public struct NumberingSettings: Hashable, Sendable, Codable {
    /// Where the business is. As long as nobody has said it, no number outside of it can be called but for help.
    public var home: Region?
    /// What is dialled before a number outside of the business, such as 0 or 9; `nil` for nothing. A number that begins with +
    /// needs none.
    public var outsidePrefix: DigitString?
    /// The area whose numbers can be dialled without area code, as in 30 for Berlin, without the national prefix.
    public var areaCode: DigitString?
    /// What is dialled before a country code instead of the usual prefix of the home country, such as 00.
    public var internationalPrefix: DigitString?

    public init(
        home: Region? = nil,
        outsidePrefix: DigitString? = nil,
        areaCode: DigitString? = nil,
        internationalPrefix: DigitString? = nil
    ) {
        (self.home, self.outsidePrefix) = (home, outsidePrefix)
        (self.areaCode, self.internationalPrefix) = (areaCode, internationalPrefix)
    }
}
