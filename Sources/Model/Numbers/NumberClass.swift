// SPDX-License-Identifier: Apache-2.0

/// What kind of service a telephone number reaches, which says who may be asked to pay for it. The raw value is what an
/// operator types; it never changes.
public enum NumberClass: String, CaseIterable, Codable, Hashable, Sendable {
    /// A place: a home or an office.
    case geographic
    case mobile
    /// One of both: the number does not tell, as everywhere in North America.
    case geographicOrMobile = "geographic-or-mobile"
    /// Paid by who is called.
    case tollFree = "toll-free"
    /// Paid by both, often at a rate of its own.
    case sharedCost = "shared-cost"
    /// Paid to who is called.
    case premium
    /// A number that follows a person, at any price.
    case personal
    case pager
    /// One number of a company for all its places.
    case universalAccess = "universal-access"
    case voip
    case voicemail
    /// A telephone that speaks to a satellite: +870 and +881, and ranges of +882.
    case satellite
    /// A network of no country: +878, +882, +883 and +888.
    case internationalNetwork = "international-network"
    /// Premium of no country: +979.
    case internationalPremium = "international-premium"
    /// No range that is known.
    case unknown

    /// The class for people, as in "calls to premium numbers are refused".
    public var plural: String {
        switch self {
        case .geographic: "landline numbers"
        case .mobile: "mobile numbers"
        case .geographicOrMobile: "landline and mobile numbers"
        case .tollFree: "toll-free numbers"
        case .sharedCost: "shared-cost numbers"
        case .premium: "premium-rate numbers"
        case .personal: "personal numbers"
        case .pager: "pagers"
        case .universalAccess: "company-wide numbers"
        case .voip: "internet telephone numbers"
        case .voicemail: "voicemail access numbers"
        case .satellite: "satellite telephones"
        case .internationalNetwork: "international networks"
        case .internationalPremium: "international premium-rate numbers"
        case .unknown: "numbers of no known range"
        }
    }
}
