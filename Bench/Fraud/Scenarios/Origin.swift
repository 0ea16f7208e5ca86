// SPDX-License-Identifier: Apache-2.0

/// From where a phone reaches the business.
struct Origin: Hashable {
    /// Which phone, within the business.
    var device: Int
    /// Which address, within the business; 0 is the office.
    var address: Int
    /// ISO 3166 code of the country of the address.
    var country: String
}
