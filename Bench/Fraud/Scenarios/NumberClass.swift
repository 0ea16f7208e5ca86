// SPDX-License-Identifier: Apache-2.0

/// What a number is, by the plan of its country. The generator knows; a detector may look for itself.
enum NumberClass: String, CaseIterable {
    case fixed, mobile, tollFree, shared, premium, personal, satellite, internationalNetwork
}

extension NumberClass {
    /// Whether calls to it cost what calls usually cost.
    var isOrdinary: Bool {
        switch self {
        case .fixed, .mobile, .tollFree, .shared: true
        case .premium, .personal, .satellite, .internationalNetwork: false
        }
    }
}
