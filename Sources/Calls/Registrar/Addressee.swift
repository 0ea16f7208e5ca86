// SPDX-License-Identifier: Apache-2.0

/// Whom a URI means.
struct Addressee: Sendable {
    /// What `Guard` judges, as it was dialled or as the GRUU says. Not always a number that exists.
    let number: String
    /// The only phone that it is for; `nil` for all of the extension.
    var phone: PhoneInstance?
    /// Whether a code before the number asked that the caller's be withheld.
    var isWithheld = false
}
