// SPDX-License-Identifier: Apache-2.0

/// Somebody who can be called.
struct Destination: Hashable {
    /// E.164 without the plus: at most fifteen digits.
    var digits: String
    /// ISO 3166 code in capital letters, `001` where no country has the number.
    var country: String
    var numberClass: NumberClass
    var price: Price
}
